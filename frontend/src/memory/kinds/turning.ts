/**
 * What is held of a write where the memory turns what it holds (held.ts says what the numbers mean): D is a product of matrices, and
 * held is what is left along the direction in which it was written.
 *
 * A write is one vector per head, with a weight; a step is a linear map of such vectors.
 */

import type { Held, Mechanism } from "./base";
import { dot } from "./reading";

/** The law of one head, for vectors of `size` numbers. */
export interface Turn {
  readonly size: number;
  /** What step s wrote, into `out`; returns its weight. */
  written(s: number, out: Float64Array): number;
  /** The map of step k in its parts, one after another: x ← its part, in the order of the mechanisms. */
  readonly maps: readonly ((k: number, x: Float64Array) => void)[];
  /** P ← P · (the map of step k), for a matrix P [size, size]. */
  compose(k: number, matrix: Float64Array): void;
}

/** held(s, t) split over units or key rows. */
function turnedSlots(turns: readonly Turn[], s: number, t: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(turns[0]!.size);
  if (s < 0 || s > t) return out;
  let total = 0;
  for (const turn of turns) {
    const x = new Float64Array(turn.size);
    const weight = turn.written(s, x);
    const first = x.slice();
    for (let k = s + 1; k <= t; k++) for (const map of turn.maps) map(k, x);
    for (let i = 0; i < turn.size; i++) {
      out[i]! += weight * first[i]! * x[i]!;
      total += weight * first[i]! * first[i]!;
    }
  }
  return total > 0 ? out.map((part) => part / total) : out.fill(0);
}

/** held(s, t) of every s = 0 … t: costs t · size³ of a recurrent state, t · size² of each head of an associative memory. */
function turnedRow(turns: readonly Turn[], t: number): Float64Array<ArrayBuffer> {
  const left = new Float64Array(t + 1);
  const total = new Float64Array(t + 1);
  for (const turn of turns) {
    const { size } = turn;
    const product = new Float64Array(size * size);
    for (let i = 0; i < size; i++) product[i * size + i] = 1;
    const x = new Float64Array(size);
    for (let s = t; s >= 0; s--) {
      const weight = turn.written(s, x);
      for (let i = 0; i < size; i++) {
        let now = 0;
        for (let j = 0; j < size; j++) now += product[i * size + j]! * x[j]!;
        left[s]! += weight * x[i]! * now;
        total[s]! += weight * x[i]! * x[i]!;
      }
      turn.compose(s, product);
    }
  }
  return left.map((part, s) => (total[s]! > 0 ? part / total[s]! : 0));
}

/** ‖A_s‖. */
function turnedNorm(turns: readonly Turn[], s: number): number {
  let square = 0;
  for (const turn of turns) {
    const x = new Float64Array(turn.size);
    const weight = turn.written(s, x);
    square += weight * dot(x, x);
  }
  return Math.sqrt(square);
}

/** Along the direction of every write by itself: costs (stop − s) · size of an associative head, · size² of a recurrent state. */
function turnedLosses(turns: readonly Turn[], first: number, last: number, stop: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array((turns[0]?.maps.length ?? 0) * stop);
  let whole = 0;
  for (const turn of turns) {
    const x = new Float64Array(turn.size);
    for (let s = first; s <= Math.min(last, stop - 1); s++) {
      const weight = turn.written(s, x);
      const along = x.slice();
      let before = weight * dot(along, x);
      whole += before;
      for (let k = s + 1; k < stop; k++) {
        turn.maps.forEach((map, m) => {
          map(k, x);
          const after = weight * dot(along, x);
          out[m * stop + k]! += before - after;
          before = after;
        });
      }
    }
  }
  return whole > 0 ? out.map((part) => part / whole) : out.fill(0);
}

/** `turns`: a law a head, asked for when it is needed, since it may come with a keyframe. */
export function heldTurning(mechanisms: readonly Mechanism[], turns: () => readonly Turn[]): Held {
  return {
    mechanisms,
    losses: (first, last, stop) => turnedLosses(turns(), first, last, stop),
    row: (t) => turnedRow(turns(), t),
    slots: (s, t) => turnedSlots(turns(), s, t),
    norm: (s) => turnedNorm(turns(), s),
  };
}
