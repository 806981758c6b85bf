/**
 * What is held of a write where the memory fades element by element (held.ts says what the numbers mean): A_s and every decay are
 * arrays [row · width], so what is left is their product.
 */

import type { Held } from "./base";

/** A carrier below this everywhere is done with: decay factors lie in [0, 1], and nothing can make it grow again. */
export const PRUNE = 1e-9;

export interface Fading {
  /** Slots. */
  readonly rows: number;
  /** Numbers a slot. */
  readonly width: number;
  /** A_s squared, element by element; the array is used again by the next call. */
  squares(s: number): Float64Array<ArrayBuffer>;
  /** `values ⊙= decay_k`. */
  decay(k: number, values: Float64Array): void;
}

/** held(s, t) split over the slots. */
function fadedSlots(memory: Fading, s: number, t: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(memory.rows);
  if (s < 0 || s > t) return out;
  const left = memory.squares(s); // squares of what was written, then of what is left of it
  const total = left.reduce((sum, square) => sum + square, 0);
  if (!(total > 0)) return out;
  for (let k = s + 1; k <= t; k++) memory.decay(k, left);
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
    memory.decay(s, retained);
    // Below PRUNE everywhere, nothing earlier can be held by more than that: decay never grows again.
    if (s % 16 === 0 && retained.every((x) => x < PRUNE)) break;
  }
  return out;
}

/** ‖A_s‖. */
function fadedNorm(memory: Fading, s: number): number {
  return Math.sqrt(memory.squares(s).reduce((sum, square) => sum + square, 0));
}

export function heldFading(memory: Fading): Held {
  return {
    row: (t) => fadedRow(memory, t),
    slots: (s, t) => fadedSlots(memory, s, t),
    norm: (s) => fadedNorm(memory, s),
  };
}
