/** What is left of the writes of some steps, and what took the rest: from the losses of a memory (`Held.losses`). */
import type { Mechanism } from "../memory/kinds/base";
import type { Span } from "./question";

/** The steps that took it, and what they took together. */
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
  readonly most: { readonly mechanism: Mechanism; readonly part: number; readonly taking: Taking } | null;
}

/** A step that takes more than this is named. */
const NAMED = 0.01;
/** Of a loss that is spread over many steps this part is left out at either end. */
const EDGE = 0.05;

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
  let [most, part] = [-1, 0];
  mechanisms.forEach((_, m) => {
    let taken = 0;
    for (let t = 0; t < stop; t++) taken += losses[m * stop + t]!;
    if (taken > part) [most, part] = [m, taken];
  });
  if (most < 0) return { since: last, left, half, most: null };
  const taking = takingOf(losses, most * stop, stop, part);
  return { since: last, left, half, most: { mechanism: mechanisms[most]!, part, taking } };
}

/** Part left after step t; null before all of it was written, and after the last step there is. */
export function leftAt({ since, left }: Remains, t: number): number | null {
  return left[t - since] ?? null;
}

/**
 * Which steps took it: those that follow one another and take more than a part in a hundred each, where they took most of it; else all
 * from the first to the last but for a twentieth of it at either end (in Python: mnemoscope.reading.segment.taking).
 */
function takingOf(losses: ArrayLike<number>, from: number, stop: number, part: number): Taking {
  let run: Taking | null = null;
  let [first, taken] = [0, 0];
  for (let t = 0; t < stop; t++) {
    if (losses[from + t]! <= NAMED) {
      [first, taken] = [t + 1, 0];
      continue;
    }
    taken += losses[from + t]!;
    if (run === null || taken > run.part) run = { first, last: t, part: taken };
  }
  if (run !== null && run.part > part / 2) return run;
  let whole = 0;
  for (let t = 0; t < stop; t++) whole += Math.max(0, losses[from + t]!);
  const reached = (wanted: number): number => {
    let gone = 0;
    for (let t = 0; t < stop; t++) if ((gone += Math.max(0, losses[from + t]!)) >= wanted) return t;
    return stop - 1;
  };
  const [a, b] = [reached(EDGE * whole), reached((1 - EDGE) * whole)];
  let between = 0;
  for (let t = a; t <= b; t++) between += losses[from + t]!;
  return { first: a, last: b, part: between };
}
