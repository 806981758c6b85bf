/** Moments worth going to: events of the task, steps that write much, steps where the read turns. */

import { readVectors } from "../ledger/banks";
import { writeNorm } from "../ledger/held";
import type { ModelLog } from "../ledger/log";
import type { BankSpec } from "../wire/manifest";

export type EventKind = "task" | "write" | "read";

export const EVENT_KINDS: readonly { value: EventKind; label: string; says: string }[] = [
  { value: "task", label: "Events", says: "Where the task stores, asks or labels something." },
  {
    value: "write",
    label: "Write peaks",
    says: "Steps whose write is the largest around, of at least a third of the largest of the run.",
  },
  {
    value: "read",
    label: "Read jumps",
    says: "Steps whose read vector points elsewhere than the one before: cosine below 0.5.",
  },
];

/** A read vector that turns by more than this (1 − cosine) has jumped. */
const JUMP = 0.5;

/** A number per step, computed once and in order. */
export class Series {
  private readonly known: number[] = [];

  constructor(
    private readonly of: (t: number) => number,
    private readonly steps: () => number,
  ) {}

  /** All that can be known now. */
  values(): readonly number[] {
    const end = this.steps();
    while (this.known.length < end) {
      const v = this.of(this.known.length);
      this.known.push(Number.isFinite(v) ? v : 0);
    }
    return this.known;
  }
}

/** How much each step wrote: the size ‖A_s‖ of its write. */
export function writes(model: ModelLog, bank: BankSpec): Series {
  return new Series(
    (t) => writeNorm(model, bank.name, t),
    () => model.steps,
  );
}

/** How far each step's read vectors turned from those before: 1 − cosine. */
export function turns(model: ModelLog, bank: BankSpec): Series {
  let before: Float32Array | null = null;
  return new Series(
    (t) => {
      const now = Float32Array.from(readVectors(model, bank.name, t));
      const turn = before ? 1 - cosine(now, before) : 0;
      before = now;
      return turn;
    },
    () => model.steps,
  );
}

/** Steps of a model's own events of a kind, in order. */
export function eventsOf(kind: "write" | "read", values: readonly number[]): number[] {
  if (kind === "read") return peaks(values, JUMP, 2);
  return peaks(values, values.reduce((most, v) => Math.max(most, v), 0) / 3, 4);
}

/** Local maxima of at least `least`, no two closer than `apart` steps; of two that are, the larger stays. */
export function peaks(values: readonly number[], least: number, apart: number): number[] {
  const found: number[] = [];
  for (let t = 0; t < values.length; t++) {
    const v = values[t]!;
    if (!(v >= least) || v <= 0 || v < (values[t - 1] ?? -Infinity) || v <= (values[t + 1] ?? -Infinity)) continue;
    const last = found.at(-1);
    if (last === undefined || t - last >= apart) found.push(t);
    else if (v > values[last]!) found[found.length - 1] = t;
  }
  return found;
}

/** The step after (or before) t among sorted steps. */
export function neighbour(steps: readonly number[], t: number, direction: 1 | -1): number | undefined {
  return direction > 0 ? steps.find((step) => step > t) : steps.findLast((step) => step < t);
}

export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let k = 0; k < a.length; k++) {
    dot += a[k]! * b[k]!;
    aa += a[k]! ** 2;
    bb += b[k]! ** 2;
  }
  return aa > 0 && bb > 0 ? dot / Math.sqrt(aa * bb) : aa === bb ? 1 : 0;
}
