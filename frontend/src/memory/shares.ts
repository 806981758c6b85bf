/**
 * The ledger: what each past write contributes to what is read now (docs/format.md, "Share").
 *
 * In every memory with a linear update the content read at step t is exactly `init + Σ_{s≤t} C_{t,s} ⊙ value_s`. The
 * share of write s is `⟨C_{t,s} ⊙ value_s, r⟩ / ⟨r, r⟩`. A row has t + 2 entries: index 0 the initial content, index
 * s + 1 the write of step s. It sums to 1; one share can be negative (a write that cancels). Where r = 0 it is all zero.
 */
import { isSingle } from "../wire/layout";
import type { BankSpec } from "../wire/manifest";
import { actedAt, associationState, cellState, memoryState, readRow, readVectors, unitsAt, writeRow } from "./banks";
import { LedgerError } from "./errors";
import type { ModelLog } from "./model_log";
import { appendShares, associativeShares, cellGain, dot, unitShares } from "./shares_kinds";
import type { Sought } from "./shares_kinds";
import { matrixShares } from "./shares_matrix";

/** Shares of what read head `head` reads at step t: Float64Array(t + 2). A cell and a recurrent state have one head, 0. */
export function sharesAt(model: ModelLog, bank: string | null, head: number, t: number): Float64Array<ArrayBuffer> {
  const spec = model.bank(bank);
  if (head < 0 || head >= spec.readHeads) {
    throw new LedgerError("no-head", `Bank ${spec.name}: wanted read head ${head}, it has ${spec.readHeads}.`);
  }
  const all = readVectors(model, spec.name, t);
  const read = isSingle(spec) ? all : all.subarray(head * spec.width, (head + 1) * spec.width);
  const norm = dot(read, read);
  if (!Number.isFinite(1 / norm)) return new Float64Array(t + 2);
  if (spec.kind === "cell") {
    const gain = cellGain(model, spec, t);
    return unitShares(
      model,
      spec,
      gain.map((kappa, u) => (kappa * read[u]!) / norm),
      t,
    );
  }
  if (spec.kind === "recurrent") {
    return unitShares(
      model,
      spec,
      Float64Array.from(read, (h) => h / norm),
      t,
    );
  }
  if (spec.kind === "associative")
    return associativeShares(model, spec, [sought(model, spec, "queries", head, t, read)], t);
  if (spec.kind === "append") return appendShares(model, spec, head, read, t);
  return matrixShares(model, spec, readRow(model, spec.name, head, t), read, t);
}

/**
 * Shares in all heads' read vectors side by side: Σ_h share_h ‖r_h‖² / Σ_h ‖r_h‖², from the row of each head. This is the share of
 * the concatenated read vector, so it too sums to 1; all zero where nothing was read.
 */
export function combineHeads(
  model: ModelLog,
  bank: BankSpec,
  rows: readonly Float64Array[],
  t: number,
): Float64Array<ArrayBuffer> {
  const reads = readVectors(model, bank.name, t);
  const powers = rows.map((_, h) => {
    const read = reads.subarray(h * bank.width, (h + 1) * bank.width);
    return dot(read, read);
  });
  const total = powers.reduce((sum, p) => sum + p, 0);
  const out = new Float64Array(t + 2);
  if (!(total > 0)) return out;
  rows.forEach((row, h) => {
    const weight = powers[h]! / total;
    if (weight > 0) for (let i = 0; i < out.length; i++) out[i]! += weight * row[i]!;
  });
  return out;
}

/**
 * Shares of what stands, after step t, where write head `head` wrote: of `M_tᵀ w^w_t`, for a cell of the cell itself, for a
 * recurrent state of that state, for attention of the value just written, for an associative memory of `S_tᵀ k_t`. Says
 * what a write overwrote and what it added to.
 */
export function writeSharesAt(
  model: ModelLog,
  bank: string | null,
  head: number,
  t: number,
): Float64Array<ArrayBuffer> {
  const spec = model.bank(bank);
  if (spec.kind === "append") return slotOrigins(model, spec.name, t, t);
  if (isSingle(spec)) {
    const state = spec.kind === "cell" ? cellState(model, spec.name, t) : unitsAt(model, spec.name, t);
    const gain = 1 / dot(state, state);
    if (!Number.isFinite(gain)) return new Float64Array(t + 2);
    return unitShares(
      model,
      spec,
      Float64Array.from(state, (x) => x * gain),
      t,
    );
  }
  if (spec.kind === "associative") return associativeShares(model, spec, [sought(model, spec, "keys", head, t)], t);
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
 * For a cell or a recurrent state `slot` is a unit; a slot of an attention memory is the write of its own step; one of an
 * associative memory is a row of its key axis, over all heads.
 */
export function slotOrigins(model: ModelLog, bank: string | null, slot: number, t: number): Float64Array<ArrayBuffer> {
  const spec = model.bank(bank);
  const count = isSingle(spec) ? spec.width : (spec.slots ?? Infinity);
  if (!Number.isInteger(slot) || slot < 0 || slot >= count) {
    throw new LedgerError("no-slot", `Bank ${spec.name}: wanted slot ${slot}, it has ${count}.`);
  }
  const empty = new Float64Array(t + 2);
  if (spec.kind === "append") {
    if (slot <= t && actedAt(model, spec, slot).write) empty[slot + 1] = 1;
    return empty;
  }
  if (isSingle(spec)) {
    const content = spec.kind === "cell" ? cellState(model, spec.name, t)[slot]! : unitsAt(model, spec.name, t)[slot]!;
    if (!Number.isFinite(1 / content)) return empty;
    const carrier = new Float64Array(spec.width);
    carrier[slot] = 1 / content;
    return unitShares(model, spec, carrier, t);
  }
  const { width } = spec;
  const weights = new Float32Array(count);
  weights[slot] = 1;
  if (spec.kind === "associative") {
    const state = associationState(model, spec.name, t).slice();
    const rows = Array.from({ length: spec.readHeads }, (_, head): Sought => {
      const row = (head * count + slot) * width;
      return { head, query: weights, vector: state.subarray(row, row + width) };
    });
    return associativeShares(model, spec, rows, t);
  }
  const content = memoryState(model, spec.name, t).slice(slot * width, (slot + 1) * width);
  return matrixShares(model, spec, weights, content, t);
}

/** What one head finds in an associative memory after step t with its query, or with the key it has just written to. */
function sought(
  model: ModelLog,
  bank: BankSpec,
  name: "queries" | "keys",
  head: number,
  t: number,
  read?: Float32Array,
): Sought {
  const size = bank.slots ?? 0;
  const query = model
    .need(bank.name, name)
    .at(t)
    .subarray(head * size, (head + 1) * size);
  if (read) return { head, query, vector: read };
  const state = associationState(model, bank.name, t);
  const vector = new Float64Array(bank.width);
  query.forEach((q, i) => {
    const row = (head * size + i) * bank.width;
    for (let j = 0; j < bank.width; j++) vector[j]! += q * state[row + j]!;
  });
  return { head, query, vector };
}
