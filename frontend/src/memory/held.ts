/**
 * How much of a moment is still held: what erasing has left of the write of step s, at step t.
 *
 * The write of step s put `A_s` into the bank and later steps multiplied it by `D = Π_{k=s+1..t} decay_k`; both follow
 * from the log, like the shares. Held is the part of the write that is still there, in the inner product the shares use:
 *
 *     held(s, t) = ⟨A_s ⊙ D, A_s⟩ / ⟨A_s, A_s⟩          1 right after the write, never above 1, 0 once overwritten
 *
 *   matrix       A_s[i, j] = Σ_h w_{s,h}[i] v_{s,h}[j]   decay_k = ψ_k Π_h (1 − w_h e_hᵀ)
 *   cell         A_s[u] = i_s[u] g_s[u]                  decay_k = f_k
 *   append       never erased: 1 (0 where a gated bank wrote nothing)
 *
 * Two kinds of bank do not only fade what they hold but turn it, so D is a product of matrices and held is what is left along
 * the direction in which it was written: it may be negative or grow again.
 *
 *   recurrent    A_s = ρ_s ⊙ d_s                         D = Π diag(ρ_k) W
 *   associative  A_s = k_s (w_s ⊙ v_s)ᵀ of all heads     D = Π (I − k_k (b_k ⊙ k_k)ᵀ) Diag(α_k)
 *
 * It says nothing about how large the write was (writeNorm does), nor whether anybody reads it (the shares do).
 */
import type { BankSpec } from "../wire/manifest";
import { actedAt, retentionInto } from "./banks";
import { turnedRow, turnedSlots, turnedWrite } from "./held_turned";
import type { ModelLog } from "./model_log";
import { PRUNE } from "./shares_kinds";

/** Banks whose updates mix what they hold. */
function turns(bank: BankSpec): boolean {
  return bank.kind === "recurrent" || bank.kind === "associative";
}

/** held(s, t) of one moment. 0 for s > t, and where the step wrote nothing. */
export function heldShare(model: ModelLog, bank: string | null, s: number, t: number): number {
  return heldSlots(model, bank, s, t).reduce((sum, part) => sum + part, 0);
}

/**
 * Where it is held: the same number split over the slots (units of a cell or recurrent state; for attention, slots 0 … t; for
 * an associative memory, rows of its key axis over all heads). Their sum is heldShare.
 */
export function heldSlots(model: ModelLog, bank: string | null, s: number, t: number): Float64Array<ArrayBuffer> {
  const spec = model.bank(bank);
  if (spec.kind === "append") {
    const out = new Float64Array(t + 1);
    if (s >= 0 && s <= t && actedAt(model, spec, s).write) out[s] = 1;
    return out;
  }
  if (turns(spec)) return turnedSlots(model, spec, s, t);
  const write = new Written(model, spec);
  const out = new Float64Array(write.rows);
  if (s < 0 || s > t) return out;
  const left = write.of(s); // squares of what was written, then of what is left of it
  const total = left.reduce((sum, square) => sum + square, 0);
  if (!(total > 0)) return out;
  for (let k = s + 1; k <= t; k++) write.decay(k, left);
  for (let at = 0; at < left.length; at++) out[Math.floor(at / write.width)]! += left[at]! / total;
  return out;
}

/** held(s, t) of every moment s = 0 … t at once: Float64Array(t + 1). Costs about one row of shares. */
export function heldRow(model: ModelLog, bank: string | null, t: number): Float64Array<ArrayBuffer> {
  const spec = model.bank(bank);
  const out = new Float64Array(t + 1);
  if (spec.kind === "append") return out.map((_, s) => (actedAt(model, spec, s).write ? 1 : 0));
  if (turns(spec)) return turnedRow(model, spec, t);
  const write = new Written(model, spec);
  const kept = new Float64Array(write.rows * write.width).fill(1);
  for (let s = t; s >= 0; s--) {
    const squares = write.of(s);
    let total = 0;
    let left = 0;
    for (let at = 0; at < squares.length; at++) {
      total += squares[at]!;
      left += squares[at]! * kept[at]!;
    }
    out[s] = total > 0 ? left / total : 0;
    write.decay(s, kept);
    // Below PRUNE everywhere, nothing earlier can be held by more than that: decay never grows again.
    if (s % 16 === 0 && kept.every((x) => x < PRUNE)) break;
  }
  return out;
}

/** ‖A_s‖: how much step s wrote. Held shares of a write near zero mean little; compare with the largest of the run. */
export function writeNorm(model: ModelLog, bank: string | null, s: number): number {
  const spec = model.bank(bank);
  if (turns(spec)) return turnedWrite(model, spec, s);
  if (spec.kind === "append") {
    return actedAt(model, spec, s).write ? Math.hypot(...model.need(spec.name, "values").at(s)) : 0;
  }
  return Math.sqrt(new Written(model, spec).of(s).reduce((sum, square) => sum + square, 0));
}

/** Writes and decays of a matrix or cell bank, element by element over [rows · width]. */
class Written {
  readonly rows: number;
  readonly width: number;
  private readonly squares: Float64Array<ArrayBuffer>;
  private readonly retention: Float64Array | null;

  constructor(
    private readonly model: ModelLog,
    private readonly bank: BankSpec,
  ) {
    this.rows = bank.kind === "matrix" ? (bank.slots ?? 0) : bank.width;
    this.width = bank.kind === "matrix" ? bank.width : 1;
    this.squares = new Float64Array(this.rows * this.width);
    this.retention = bank.deallocation ? new Float64Array(this.rows) : null;
  }

  /** A_s squared; the array is used again by the next call. */
  of(s: number): Float64Array<ArrayBuffer> {
    const { model, bank, squares, rows, width } = this;
    const vectors = model.need(bank.name, "write_vectors").at(s);
    if (bank.kind === "cell") {
      const input = model.need(bank.name, "input_gate").at(s);
      for (let u = 0; u < rows; u++) squares[u] = (input[u]! * vectors[u]!) ** 2;
      return squares;
    }
    const weights = model.need(bank.name, "write_weights").at(s);
    for (let i = 0, at = 0; i < rows; i++) {
      for (let j = 0; j < width; j++, at++) {
        let sum = 0;
        for (let h = 0; h < bank.writeHeads; h++) sum += weights[h * rows + i]! * vectors[h * width + j]!;
        squares[at] = sum * sum;
      }
    }
    return squares;
  }

  /** `values ⊙= decay_k`. */
  decay(k: number, values: Float64Array): void {
    const { model, bank, retention, rows, width } = this;
    if (bank.kind === "cell") {
      const forget = model.need(bank.name, "forget_gate").at(k);
      for (let u = 0; u < rows; u++) values[u]! *= forget[u]!;
      return;
    }
    const weights = model.need(bank.name, "write_weights").at(k);
    const erase = model.need(bank.name, "erase").at(k);
    if (retention) retentionInto(model, bank, k, retention);
    for (let i = 0; i < rows; i++) {
      const row = i * width;
      if (retention) for (let j = 0; j < width; j++) values[row + j]! *= retention[i]!;
      for (let h = 0; h < bank.writeHeads; h++) {
        const w = weights[h * rows + i]!;
        if (w !== 0) for (let j = 0; j < width; j++) values[row + j]! *= 1 - w * erase[h * width + j]!;
      }
    }
  }
}
