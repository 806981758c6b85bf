/**
 * Shares of a matrix bank, backwards from t with one carrier [slot, width].
 *
 * The carrier has `r / ⟨r, r⟩` folded in, so a share is `Σ_{h,i} w_{s,h}[i] Σ_j U[i,j] v_{s,h}[j]`. Two shortcuts keep a row of
 * 1000 steps within milliseconds:
 *
 * - A slot whose carrier has fallen below PRUNE everywhere is dropped. Decay factors lie in [0, 1], so it can never come
 *   back: what is dropped is at most PRUNE · Σ_i w_s[i] · ‖v_s‖₁ of any share, and PRUNE · ‖M_0‖₁ of the initial one.
 * - A weight below TINY neither contributes nor decays: at most TINY · t relative error of the carrier (1e-7 at t = 1000).
 */
import type { BankSpec } from "../../wire/manifest";
import type { BankLog, Shares } from "./base";
import { PRUNE } from "./fading";
import type { Back } from "./fading_blocks";
import type { Retention } from "./matrix_laws";
import { dot, initialOf } from "./reading";

const TINY = 1e-10;

/** Steps between two looks at which slots may be dropped. */
const PRUNE_EVERY = 16;

/** Shares of `vector` [width], which is what `weighting` [slot] reads at step t. */
export function matrixShares(
  log: BankLog,
  bank: BankSpec,
  weighting: Float32Array,
  vector: Float32Array | Float64Array,
  t: number,
  retention: Retention | null,
): Shares {
  const out = new Float64Array(t + 2);
  const carrier = matrixCarrier(weighting, vector);
  if (carrier && matrixBack(log, bank, retention)(carrier, t, 0, out)) {
    out[0] = dot(carrier, initialOf(log, bank.name, "memory"));
  }
  return out;
}

/** What a read of `vector` by `weighting` takes of each number [slot, width]; null where nothing is read. */
export function matrixCarrier(weighting: Float32Array, vector: Float32Array | Float64Array): Float64Array | null {
  const [slots, width] = [weighting.length, vector.length];
  const gain = 1 / dot(vector, vector);
  if (!Number.isFinite(gain)) return null;
  const carrier = new Float64Array(slots * width);
  for (let i = 0, at = 0; i < slots; i++) {
    for (let j = 0; j < width; j++) carrier[at++] = weighting[i]! * vector[j]! * gain;
  }
  return carrier;
}

/** The backward recursion over a matrix bank. Rows that carry nothing any more become 0. */
export function matrixBack(log: BankLog, bank: BankSpec, retention: Retention | null): Back {
  const { name, width, writeHeads } = bank;
  const slots = bank.slots ?? 0;
  const weights = log.need(name, "write_weights");
  const erases = log.need(name, "erase");
  const vectors = log.need(name, "write_vectors");
  const psi = retention && retention.values;
  return (carrier, last, first, out) => {
    const rows = Int32Array.from({ length: slots }, (_, i) => i);
    let living = prune(carrier, rows, slots, width);
    for (let s = last; s >= first && living > 0; s--) {
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
      if (retention && psi) {
        retention.at(s);
        for (let n = 0; n < living; n++) {
          const retained = psi[rows[n]!]!;
          if (retained === 1) continue;
          const row = rows[n]! * width;
          for (let j = 0; j < width; j++) carrier[row + j]! *= retained;
        }
      }
      if (s % PRUNE_EVERY === 0) living = prune(carrier, rows, living, width);
    }
    return living > 0;
  };
}

/** Moves the rows that still carry something to the front of `rows`, and empties the others; returns how many there are. */
function prune(carrier: Float64Array, rows: Int32Array, living: number, width: number): number {
  let count = 0;
  for (let n = 0; n < living; n++) {
    const i = rows[n]!;
    const [from, end] = [i * width, (i + 1) * width];
    let at = from;
    while (at < end && carrier[at]! <= PRUNE && carrier[at]! >= -PRUNE) at++;
    if (at < end) rows[count++] = i;
    else carrier.fill(0, from, end);
  }
  return count;
}
