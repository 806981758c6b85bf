/** Shares of the banks that are not matrices: states of units, attention, associative memories. Backwards from t. */
import type { BankSpec } from "../wire/manifest";
import { attentionRow64 } from "./attention";
import { cellState } from "./banks";
import { LedgerError } from "./errors";
import type { ModelLog } from "./model_log";

/** A carrier below this everywhere is done with, where decay factors lie in [0, 1] and nothing can make it grow again. */
export const PRUNE = 1e-9;

/** What lets a cell out: the secant `κ = o ⊙ tanh(c) / c` (→ o at c = 0), or 1 where the cell itself is read. */
export function cellGain(model: ModelLog, bank: BankSpec, t: number): Float64Array {
  if (bank.direct) return new Float64Array(bank.width).fill(1);
  const output = model.need(bank.name, "output_gate").at(t);
  return cellState(model, bank.name, t).map((c, u) => output[u]! * (c === 0 ? 1 : Math.tanh(c) / c));
}

/**
 * Shares [t + 2] of the writes in `carrier · state_t` of a cell or a recurrent bank; the carrier [unit] is used up.
 *
 *   cell       share of s = u · (i_s ⊙ g_s), then u ← u ⊙ f_s
 *   recurrent  u ← u ⊙ ρ_s, share of s = u · d_s, then u ← Wᵀ u      (h = ρ ⊙ (W h + d))
 */
export function unitShares(
  model: ModelLog,
  bank: BankSpec,
  carrier: Float64Array,
  t: number,
): Float64Array<ArrayBuffer> {
  return bank.kind === "cell" ? cellShares(model, bank, carrier, t) : recurrentShares(model, bank, carrier, t);
}

function cellShares(model: ModelLog, bank: BankSpec, carrier: Float64Array, t: number): Float64Array<ArrayBuffer> {
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
    if (s % 64 === 0 && carrier.every((u) => Math.abs(u) < PRUNE)) return out;
  }
  out[0] = dot(carrier, initialOf(model, bank.name, "cell"));
  return out;
}

function recurrentShares(model: ModelLog, bank: BankSpec, carrier: Float64Array, t: number): Float64Array<ArrayBuffer> {
  const slopes = model.need(bank.name, "slopes");
  const vectors = model.need(bank.name, "write_vectors");
  const weights = initialOf(model, bank.name, "recurrent_weights");
  const units = carrier.length;
  const out = new Float64Array(t + 2);
  const before = new Float64Array(units);
  for (let s = t; s >= 0; s--) {
    const rho = slopes.at(s);
    const d = vectors.at(s);
    let share = 0;
    before.fill(0);
    for (let u = 0, row = 0; u < units; u++, row += units) {
      const x = carrier[u]! * rho[u]!;
      share += x * d[u]!;
      if (x !== 0) for (let from = 0; from < units; from++) before[from]! += x * weights[row + from]!;
    }
    out[s + 1] = share;
    carrier.set(before);
  }
  out[0] = dot(carrier, initialOf(model, bank.name, "hidden"));
  return out;
}

/** What one head of an associative memory finds with a query [key]: vector [width] = S_tᵀ query. */
export interface Sought {
  readonly head: number;
  readonly query: ArrayLike<number>;
  readonly vector: ArrayLike<number>;
}

/**
 * Shares [t + 2] of the writes in the vectors sought, side by side. Per head backwards from u = query: the contribution of s is
 * `(u·k_s)(w_s ⊙ v_s)`, then `u ← α_s ⊙ (u − (b_s ⊙ k_s)(k_s·u))`; what is left reads the initial memory.
 */
export function associativeShares(
  model: ModelLog,
  bank: BankSpec,
  sought: readonly Sought[],
  t: number,
): Float64Array<ArrayBuffer> {
  const out = new Float64Array(t + 2);
  const norm = sought.reduce((sum, { vector }) => sum + dot(vector, vector), 0);
  if (!Number.isFinite(1 / norm)) return out;
  const { name, width } = bank;
  const size = bank.slots ?? 0;
  const names = ["keys", "retention", "erase", "write_gate", "write_vectors"];
  const readers = names.map((tensor) => model.need(name, tensor));
  const initial = initialOf(model, name, "memory");
  for (const { head, query, vector } of sought) {
    const carrier = Float64Array.from(query, (q) => q / norm);
    const from = head * size;
    for (let s = t; s >= 0; s--) {
      const [k, a, b, w, v] = readers.map((reader) => reader.at(s));
      let match = 0;
      for (let i = 0; i < size; i++) match += carrier[i]! * k![from + i]!;
      let along = 0;
      for (let j = 0, at = head * width; j < width; j++, at++) along += w![at]! * v![at]! * vector[j]!;
      out[s + 1]! += match * along;
      for (let i = 0, at = from; i < size; i++, at++) {
        carrier[i] = a![at]! * (carrier[i]! - b![at]! * k![at]! * match);
      }
    }
    for (let i = 0; i < size; i++) {
      const row = (from + i) * width;
      for (let j = 0; j < width; j++) out[0]! += carrier[i]! * initial[row + j]! * vector[j]!;
    }
  }
  return out;
}

/** C is the attention weight, the value v_s; an attention memory starts empty. */
export function appendShares(
  model: ModelLog,
  bank: BankSpec,
  head: number,
  read: Float32Array,
  t: number,
): Float64Array<ArrayBuffer> {
  const out = new Float64Array(t + 2);
  const gain = 1 / dot(read, read);
  const weights = attentionRow64(model, bank.name, head, t);
  const values = model.need(bank.name, "values");
  const { width } = bank;
  for (let s = 0; s <= t; s++) {
    if (weights[s] === 0) continue;
    const value = values.at(s);
    let along = 0;
    for (let j = 0; j < width; j++) along += value[head * width + j]! * read[j]!;
    out[s + 1] = weights[s]! * along * gain;
  }
  return out;
}

export function initialOf(model: ModelLog, bank: string, name: string): Float32Array {
  const found = model.keyframe(0)?.f32(bank, name);
  if (found) return found;
  throw new LedgerError("not-held", `Model ${model.spec.id}: the initial ${name} is not held.`, "step 0");
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}
