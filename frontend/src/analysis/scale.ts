/** Fixed colour limits and line ranges: they depend on the recording, never on what is in view. */

/** Smaller numbers have no part in a limit; twice the log2 of this one is above −LOWEST. */
const NOTHING = 1e-6;
const LOWEST = 40;
/** Powers of √2 from 2^(−LOWEST / 2) to the largest number there is. */
const POWERS = LOWEST + 2 * 1024 + 1;

/**
 * Limit of a map: the smallest power of √2 that holds 98 % of the values that are not zero (the rest take the last
 * colour). A limit that only takes such steps, and while a run is live only upwards, does not flicker, and live and
 * replay end up with the same picture.
 */
export function fixedLimit(samples: readonly ArrayLike<number>[], least = 0.0625): number {
  // Tens of thousands of numbers, of which only the power that holds each matters: they are counted, not sorted.
  const held = new Uint32Array(POWERS);
  let count = 0;
  for (const sample of samples) {
    for (let i = 0; i < sample.length; i++) {
      const size = Math.abs(sample[i]!);
      if (!(size > NOTHING && size < Infinity)) continue;
      held[LOWEST + Math.ceil(2 * Math.log2(size) - 1e-6)]!++;
      count++;
    }
  }
  if (!count) return least;
  let power = 0;
  for (let below = held[0]!; below <= Math.floor(count * 0.98);) below += held[++power]!;
  return Math.max(least, 2 ** ((power - LOWEST) / 2));
}

/** Entry of a diverging ramp: −limit → 0, 0 → the middle, limit → 255. */
export function divergingEntry(value: number, limit: number): number {
  const v = value / limit;
  return v !== v ? 128 : Math.max(0, Math.min(255, Math.round(127.5 + 127.5 * v)));
}

export interface Range {
  low: number;
  high: number;
}

/** Range of a line with 6 % air, over all values seen; NaN and infinity are left out. */
export function rangeOf(values: Iterable<number>, fallback: Range = { low: -1, high: 1 }): Range {
  let low = Infinity;
  let high = -Infinity;
  for (const v of values) {
    if (!Number.isFinite(v)) continue;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  if (low > high) return fallback;
  if (high - low < 1e-9) return { low: low - 1, high: high + 1 };
  const air = (high - low) * 0.06;
  return { low: low - air, high: high + air };
}
