/** Who overwrote a write: the step that took most of what was left of it. */

/**
 * `erase` is how much each step erased of the slot (0 … 1). Of the write of step `source`, what is left after k is the
 * product of 1 − erase over the steps since. Null where no step up to `t` took at least a twentieth of it.
 */
export function overwritten(
  erase: ArrayLike<number>,
  source: number,
  t: number,
): { step: number; part: number } | null {
  let left = 1;
  let most = { step: -1, part: 0.05 };
  for (let k = source + 1; k <= t && k < erase.length; k++) {
    const taken = left * erase[k]!;
    if (taken > most.part) most = { step: k, part: taken };
    left -= taken;
  }
  return most.step < 0 ? null : most;
}
