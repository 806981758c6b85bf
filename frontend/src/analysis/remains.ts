/** What is left of the writes of some steps, and what took the rest: from the losses of a memory (`Held.losses`). */
import type { Mechanism } from "../memory/kinds/base";
import type { Span } from "./question";

/** Steps that follow one another and took more than a part in a hundred each. */
export interface Taking {
  readonly first: number;
  readonly last: number;
  readonly part: number;
}

export interface Remains {
  /** Last step of the writes: from here on all of them are there to be lost. */
  readonly since: number;
  /** Part that is left after step t, from t = `since` on. */
  readonly left: Float64Array;
  /** First step after which half or less is left; null: more than half stays to the end. */
  readonly half: number | null;
  /** What took most, and what it took by the end; null where nothing was lost. */
  readonly most: { readonly mechanism: Mechanism; readonly part: number; readonly taking: Taking | null } | null;
}

/** A step that takes more than this is named. */
const NAMED = 0.01;

/** `losses`: [mechanism · stop]; parts of all that steps first … last wrote. */
export function remainsOf(
  mechanisms: readonly Mechanism[],
  losses: ArrayLike<number>,
  [, last]: Span,
  stop: number,
): Remains {
  const left = new Float64Array(Math.max(0, stop - last));
  let kept = 1;
  let half: number | null = null;
  for (let t = 0; t < stop; t++) {
    for (let m = 0; m < mechanisms.length; m++) kept -= losses[m * stop + t]!;
    if (t < last) continue;
    left[t - last] = kept;
    if (half === null && kept <= 0.5) half = t;
  }
  const taken = mechanisms.map((mechanism, m) => {
    let part = 0;
    for (let t = 0; t < stop; t++) part += losses[m * stop + t]!;
    return { mechanism, part, taking: largest(losses, m * stop, stop) };
  });
  const most = taken.reduce<Remains["most"]>((best, one) => (one.part > (best?.part ?? 0) ? one : best), null);
  return { since: last, left, half, most };
}

/** Part left after step t; null before all of it was written, and after the last step there is. */
export function leftAt({ since, left }: Remains, t: number): number | null {
  return left[t - since] ?? null;
}

/** The run of steps that took most together; null where no step took enough to be named. */
function largest(losses: ArrayLike<number>, from: number, stop: number): Taking | null {
  let best: Taking | null = null;
  let [first, part] = [0, 0];
  for (let t = 0; t < stop; t++) {
    const taken = losses[from + t]!;
    if (taken <= NAMED) {
      [first, part] = [t + 1, 0];
      continue;
    }
    part += taken;
    if (best === null || part > best.part) best = { first, last: t, part };
  }
  return best;
}
