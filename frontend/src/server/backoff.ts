/** When what was not answered is asked again. */

/** Milliseconds before the k-th try (k from 1): 0.25 s doubling to 8 s, ±20 % so that watchers do not come back as one. */
export function backoff(k: number, random: () => number = Math.random): number {
  return Math.min(8000, 250 * 2 ** Math.min(k - 1, 10)) * (0.8 + 0.4 * random());
}
