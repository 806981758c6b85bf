/**
 * What is held of a write where the memory fades element by element (held.ts says what the numbers mean): A_s and every decay are
 * arrays [row · width], so what is left is their product.
 */

import type { Held, Mechanism } from "./base";
import { allWithin, sumOf } from "./reading";

/** A carrier below this everywhere is done with: decay factors lie in [0, 1], and nothing can make it grow again. */
export const PRUNE = 1e-9;

export interface Fading {
  /** Slots. */
  readonly rows: number;
  /** Numbers a slot. */
  readonly width: number;
  /** A_s squared, element by element; the array is used again by the next call. */
  squares(s: number): Float64Array<ArrayBuffer>;
  /** What makes up decay_k, one after another: `values ⊙=` its part. */
  readonly decays: readonly Decay[];
}

export interface Decay {
  readonly mechanism: Mechanism;
  apply(k: number, values: Float64Array): void;
}

function decay({ decays }: Fading, k: number, values: Float64Array): void {
  for (const one of decays) one.apply(k, values);
}

/** What steps first … last leave of what they find, number by number. */
export function leftOf(memory: Fading, first: number, last: number): Float32Array<ArrayBuffer> {
  const left = new Float64Array(memory.rows * memory.width).fill(1);
  for (let k = first; k <= last; k++) decay(memory, k, left);
  return Float32Array.from(left);
}

/** held(s, t) split over the slots. */
function fadedSlots(memory: Fading, s: number, t: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(memory.rows);
  if (s < 0 || s > t) return out;
  const left = memory.squares(s); // squares of what was written, then of what is left of it
  const total = sumOf(left);
  if (!(total > 0)) return out;
  for (let k = s + 1; k <= t; k++) decay(memory, k, left);
  for (let at = 0; at < left.length; at++) out[Math.floor(at / memory.width)]! += left[at]! / total;
  return out;
}

/** held(s, t) of every s = 0 … t. */
function fadedRow(memory: Fading, t: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(t + 1);
  const retained = new Float64Array(memory.rows * memory.width).fill(1);
  for (let s = t; s >= 0; s--) {
    const squares = memory.squares(s);
    let total = 0;
    let left = 0;
    for (let at = 0; at < squares.length; at++) {
      total += squares[at]!;
      left += squares[at]! * retained[at]!;
    }
    out[s] = total > 0 ? left / total : 0;
    decay(memory, s, retained);
    // Below PRUNE everywhere, nothing earlier can be held by more than that: decay never grows again.
    if (s % 16 === 0 && allWithin(retained, PRUNE)) break;
  }
  return out;
}

/** ‖A_s‖. */
function fadedNorm(memory: Fading, s: number): number {
  return Math.sqrt(sumOf(memory.squares(s)));
}

/** Decay acts on all squares alike, so that what is left of many writes is carried as one sum. */
function fadedLosses(memory: Fading, first: number, last: number, stop: number): Float64Array<ArrayBuffer> {
  const { decays } = memory;
  const out = new Float64Array(decays.length * stop);
  const left = new Float64Array(memory.rows * memory.width);
  let whole = 0;
  let before = 0;
  for (let k = first; k < stop; k++) {
    if (k > last && before <= PRUNE * whole) break; // nothing is left to lose: of a long run most steps need not be looked at
    for (let m = 0; before > 0 && m < decays.length; m++) {
      decays[m]!.apply(k, left);
      let after = 0;
      for (let at = 0; at < left.length; at++) after += left[at]!;
      out[m * stop + k] = before - after;
      before = after;
    }
    if (k > last) continue;
    const squares = memory.squares(k);
    for (let at = 0; at < left.length; at++) {
      left[at]! += squares[at]!;
      before += squares[at]!;
      whole += squares[at]!;
    }
  }
  return whole > 0 ? out.map((part) => part / whole) : out.fill(0);
}

export function heldFading(memory: Fading): Held {
  return {
    mechanisms: memory.decays.map(({ mechanism }) => mechanism),
    losses: (first, last, stop) => fadedLosses(memory, first, last, stop),
    row: (t) => fadedRow(memory, t),
    slots: (s, t) => fadedSlots(memory, s, t),
    norm: (s) => fadedNorm(memory, s),
  };
}
