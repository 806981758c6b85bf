/** Moments like this one: nearest states of a memory, nearest shapes of the signal. */

import { cosine } from "./events";

export interface Likeness {
  /** Step of the moment; of a shape its first step. */
  t: number;
  /** 1 = the same; cosine of states, correlation of shapes. */
  likeness: number;
}

/** The `most` best of a likeness per step, no two within `apart` steps, none within `apart` of `self`. */
export function best(likeness: ArrayLike<number>, self: number, apart: number, most = 5): Likeness[] {
  const order = Array.from({ length: likeness.length }, (_, t) => t)
    .filter((t) => Math.abs(t - self) >= apart && Number.isFinite(likeness[t]))
    .sort((a, b) => likeness[b]! - likeness[a]! || a - b);
  const out: Likeness[] = [];
  for (const t of order) {
    if (out.length >= most) break;
    if (out.every((other) => Math.abs(other.t - t) >= apart)) out.push({ t, likeness: likeness[t]! });
  }
  return out;
}

/** Cosine of each of `count` states with that of step t, NaN where `state` has none; it may hand out the same array every time. */
export function stateLikeness(count: number, state: (t: number) => ArrayLike<number> | null, t: number): Float64Array {
  const here = Float64Array.from(state(t) ?? []);
  return Float64Array.from({ length: count }, (_, s) => {
    const there = state(s);
    return there ? cosine(there, here) : NaN;
  });
}

/**
 * Correlation of every window of n values with the one that begins at `start`: both shifted and scaled to mean 0 and
 * deviation 1, so that a shape is found at any height. 1 − correlation is half their z-normalised squared distance / n.
 */
export function shapeLikeness(values: ArrayLike<number>, start: number, n: number): Float64Array {
  const out = new Float64Array(Math.max(0, values.length - n + 1)).fill(NaN);
  const mine = normalised(values, start, n);
  if (!mine) return out;
  for (let s = 0; s < out.length; s++) {
    const other = normalised(values, s, n);
    if (!other) continue;
    let dot = 0;
    for (let k = 0; k < n; k++) dot += mine[k]! * other[k]!;
    out[s] = dot / n;
  }
  return out;
}

/** Null where the window is flat or has holes: it has no shape. */
function normalised(values: ArrayLike<number>, start: number, n: number): Float64Array | null {
  let [sum, square] = [0, 0];
  for (let k = start; k < start + n; k++) {
    const v = values[k]!;
    sum += v;
    square += v * v;
  }
  const mean = sum / n;
  const deviation = Math.sqrt(Math.max(0, square / n - mean * mean));
  if (!(deviation > 1e-9)) return null;
  return Float64Array.from({ length: n }, (_, k) => (values[start + k]! - mean) / deviation);
}
