/**
 * The ledger: what each past write contributes to what is read now (docs/format.md, "Share").
 *
 * In every memory with a linear update the content read at step t is exactly `init + Σ_{s≤t} C_{t,s} ⊙ value_s`. The
 * share of write s is `⟨C_{t,s} ⊙ value_s, r⟩ / ⟨r, r⟩`. A row has t + 2 entries: index 0 the initial content, index
 * s + 1 the write of step s. It sums to 1; one share can be negative (a write that cancels). Where r = 0 it is all zero.
 *
 * The matrix form goes backwards from t with one carrier [slot, width]. Here the carrier has `r / ⟨r, r⟩` folded in, so a
 * share is `Σ_{h,i} w_{s,h}[i] Σ_j U[i,j] v_{s,h}[j]`. Two shortcuts keep a row of 1000 steps within milliseconds:
 *
 * - A slot whose carrier has fallen below PRUNE everywhere is dropped. Decay factors lie in [0, 1], so it can never come
 *   back: what is dropped is at most PRUNE · Σ_i w_s[i] · ‖v_s‖₁ of any share, and PRUNE · ‖M_0‖₁ of the initial one.
 * - A weight below TINY neither contributes nor decays: at most TINY · t relative error of the carrier (1e-7 at t = 1000).
 */
import type { BankSpec } from "../wire/manifest";
import { attentionRow64 } from "./attention";
import { cellState, memoryState, readRow, readVectors, retentionInto, writeRow } from "./banks";
import { LedgerError } from "./errors";
import type { ModelLog } from "./model_log";

export const PRUNE = 1e-9;
export const TINY = 1e-10;

/** Steps between two looks at which slots may be dropped. */
const PRUNE_EVERY = 16;

/** Shares of what read head `head` reads at step t: Float64Array(t + 2). A cell has one head, 0. */
export function sharesAt(model: ModelLog, bank: string | null, head: number, t: number): Float64Array<ArrayBuffer> {
  const spec = model.bank(bank);
  if (head < 0 || head >= (spec.kind === "cell" ? 1 : spec.readHeads)) {
    throw new LedgerError("no-head", `Bank ${spec.name}: wanted read head ${head}, it has ${spec.readHeads}.`);
  }
  const all = readVectors(model, spec.name, t);
  if (spec.kind === "cell") return cellShares(model, spec, all, t);
  const read = all.subarray(head * spec.width, (head + 1) * spec.width);
  if (spec.kind === "append") return appendShares(model, spec, head, read, t);
  return matrixShares(model, spec, readRow(model, spec.name, head, t), read, t);
}

/**
 * Shares of what write head `head` addresses at step t, after its write: of `M_tᵀ w^w_t`, for a cell of the cell itself,
 * for attention of the value just written. Says what a write overwrote and what it added to.
 */
export function writeSharesAt(
  model: ModelLog,
  bank: string | null,
  head: number,
  t: number,
): Float64Array<ArrayBuffer> {
  const spec = model.bank(bank);
  if (spec.kind === "append") return slotOrigins(model, spec.name, t, t);
  if (spec.kind === "cell") {
    const cell = cellState(model, spec.name, t);
    const gain = 1 / dot(cell, cell);
    if (!Number.isFinite(gain)) return new Float64Array(t + 2);
    return cellRow(
      model,
      spec,
      cell.map((c) => c * gain),
      t,
    );
  }
  const weights = writeRow(model, spec.name, head, t);
  const memory = memoryState(model, spec.name, t);
  const content = new Float64Array(spec.width);
  for (let i = 0; i < weights.length; i++) {
    for (let j = 0; j < spec.width; j++) content[j]! += weights[i]! * memory[i * spec.width + j]!;
  }
  return matrixShares(model, spec, weights, content, t);
}

/**
 * Which steps' writes the content of one slot is made of after step t: the same ledger with a one-hot read weighting.
 * For a cell `slot` is a unit; a slot of an attention memory is the write of its own step.
 */
export function slotOrigins(model: ModelLog, bank: string | null, slot: number, t: number): Float64Array<ArrayBuffer> {
  const spec = model.bank(bank);
  const count = spec.kind === "matrix" ? (spec.slots ?? 0) : spec.kind === "cell" ? spec.width : Infinity;
  if (!Number.isInteger(slot) || slot < 0 || slot >= count) {
    throw new LedgerError("no-slot", `Bank ${spec.name}: wanted slot ${slot}, it has ${count}.`);
  }
  const empty = new Float64Array(t + 2);
  if (spec.kind === "append") {
    if (slot <= t) empty[slot + 1] = 1;
    return empty;
  }
  if (spec.kind === "cell") {
    const content = cellState(model, spec.name, t)[slot]!;
    if (!Number.isFinite(1 / content)) return empty;
    const carrier = new Float64Array(spec.width);
    carrier[slot] = 1 / content;
    return cellRow(model, spec, carrier, t);
  }
  const { width } = spec;
  const content = memoryState(model, spec.name, t).slice(slot * width, (slot + 1) * width);
  const weights = new Float32Array(count);
  weights[slot] = 1;
  return matrixShares(model, spec, weights, content, t);
}

/** Backward recursion over a matrix bank: shares of `vector` [width], which is what `weighting` [slot] reads at step t. */
function matrixShares(
  model: ModelLog,
  bank: BankSpec,
  weighting: Float32Array,
  vector: Float32Array | Float64Array,
  t: number,
): Float64Array<ArrayBuffer> {
  const { name, width, writeHeads, deallocation } = bank;
  const slots = bank.slots ?? 0;
  const gain = 1 / dot(vector, vector);
  if (!Number.isFinite(gain)) return new Float64Array(t + 2);
  const carrier = new Float64Array(slots * width);
  for (let i = 0, at = 0; i < slots; i++) {
    for (let j = 0; j < width; j++) carrier[at++] = weighting[i]! * vector[j]! * gain;
  }
  const weights = model.need(name, "write_weights");
  const erases = model.need(name, "erase");
  const vectors = model.need(name, "write_vectors");
  const retention = deallocation ? new Float64Array(slots) : null;
  const rows = Int32Array.from({ length: slots }, (_, i) => i);
  let living = prune(carrier, rows, slots, width);
  const out = new Float64Array(t + 2);
  for (let s = t; s >= 0 && living > 0; s--) {
    const w = weights.at(s);
    const e = erases.at(s);
    const v = vectors.at(s);
    let share = 0;
    for (let n = 0; n < living; n++) {
      const i = rows[n]!;
      const row = i * width;
      if (writeHeads === 1) {
        const wi = w[i]!;
        if (wi < TINY) continue;
        let added = 0;
        for (let j = 0; j < width; j++) {
          const u = carrier[row + j]!;
          added += u * v[j]!;
          carrier[row + j] = u * (1 - wi * e[j]!);
        }
        share += wi * added;
      } else {
        // All heads add to what is left after all have erased, so every contribution sees the same carrier.
        for (let h = 0; h < writeHeads; h++) {
          const wi = w[h * slots + i]!;
          if (wi < TINY) continue;
          let added = 0;
          for (let j = 0; j < width; j++) added += carrier[row + j]! * v[h * width + j]!;
          share += wi * added;
        }
        for (let h = 0; h < writeHeads; h++) {
          const wi = w[h * slots + i]!;
          if (wi < TINY) continue;
          for (let j = 0; j < width; j++) carrier[row + j]! *= 1 - wi * e[h * width + j]!;
        }
      }
    }
    out[s + 1] = share;
    if (retention) {
      retentionInto(model, bank, s, retention);
      for (let n = 0; n < living; n++) {
        const kept = retention[rows[n]!]!;
        if (kept === 1) continue;
        const row = rows[n]! * width;
        for (let j = 0; j < width; j++) carrier[row + j]! *= kept;
      }
    }
    if (s % PRUNE_EVERY === 0) living = prune(carrier, rows, living, width);
  }
  if (living > 0) {
    const initial = initialOf(model, name, "memory");
    let share = 0;
    for (let n = 0; n < living; n++) {
      const row = rows[n]! * width;
      for (let j = 0; j < width; j++) share += carrier[row + j]! * initial[row + j]!;
    }
    out[0] = share;
  }
  return out;
}

/** Moves the rows that still carry something to the front of `rows`; returns how many there are. */
function prune(carrier: Float64Array, rows: Int32Array, living: number, width: number): number {
  let kept = 0;
  for (let n = 0; n < living; n++) {
    const i = rows[n]!;
    for (let j = 0, at = i * width; j < width; j++, at++) {
      if (carrier[at]! > PRUNE || carrier[at]! < -PRUNE) {
        rows[kept++] = i;
        break;
      }
    }
  }
  return kept;
}

/** `C_{t,s} = κ_t ⊙ Π_{k>s} f_k ⊙ i_s` with the secant `κ = o ⊙ tanh(c) / c` (→ o at c = 0), value g_s, read h. */
function cellShares(model: ModelLog, bank: BankSpec, read: Float32Array, t: number): Float64Array<ArrayBuffer> {
  const gain = 1 / dot(read, read);
  if (!Number.isFinite(gain)) return new Float64Array(t + 2);
  const output = model.need(bank.name, "output_gate").at(t);
  const cell = cellState(model, bank.name, t);
  const carrier = new Float64Array(bank.width);
  for (let u = 0; u < carrier.length; u++) {
    const c = cell[u]!;
    carrier[u] = output[u]! * (c === 0 ? 1 : Math.tanh(c) / c) * read[u]! * gain;
  }
  return cellRow(model, bank, carrier, t);
}

function cellRow(model: ModelLog, bank: BankSpec, carrier: Float64Array, t: number): Float64Array<ArrayBuffer> {
  const forget = model.need(bank.name, "forget_gate");
  const input = model.need(bank.name, "input_gate");
  const candidates = model.need(bank.name, "write_vectors");
  const units = carrier.length;
  const out = new Float64Array(t + 2);
  for (let s = t; s >= 0; s--) {
    const f = forget.at(s);
    const i = input.at(s);
    const g = candidates.at(s);
    let share = 0;
    for (let u = 0; u < units; u++) {
      share += carrier[u]! * i[u]! * g[u]!;
      carrier[u]! *= f[u]!;
    }
    out[s + 1] = share;
  }
  out[0] = dot(carrier, initialOf(model, bank.name, "cell"));
  return out;
}

/** C is the attention weight, the value v_s; an attention memory starts empty. */
function appendShares(
  model: ModelLog,
  bank: BankSpec,
  head: number,
  read: Float32Array,
  t: number,
): Float64Array<ArrayBuffer> {
  const out = new Float64Array(t + 2);
  const gain = 1 / dot(read, read);
  if (!Number.isFinite(gain)) return out;
  const weights = attentionRow64(model, bank.name, head, t);
  const values = model.need(bank.name, "values");
  const { width } = bank;
  for (let s = 0; s <= t; s++) {
    const value = values.at(s);
    let along = 0;
    for (let j = 0; j < width; j++) along += value[head * width + j]! * read[j]!;
    out[s + 1] = weights[s]! * along * gain;
  }
  return out;
}

function initialOf(model: ModelLog, bank: string, name: string): Float32Array {
  const found = model.keyframe(0)?.f32(bank, name);
  if (found) return found;
  throw new LedgerError("not-held", `Model ${model.spec.id}: the initial ${name} is not held.`, "step 0");
}

function dot(a: Float32Array | Float64Array, b: Float32Array | Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}
