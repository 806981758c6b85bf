/** Moments worth going to: events of the task, steps that write much, steps where the read turns, peaks of the signal. */

import type { ModelLog } from "../memory/log";
import type { Memory } from "../memory/kinds/base";
import type { SignalTrack } from "./signal";

export const EVENT_NAMES = ["task", "write", "read", "peak"] as const;
export type EventKind = (typeof EVENT_NAMES)[number];

const EVENT_KINDS: readonly { value: EventKind; label: string; says: string }[] = [
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
  { value: "peak", label: "Signal peaks", says: "Where the signal peaks: the R-peaks of an ECG." },
];

/** The kinds of a recording: bits have no peaks. */
export function kindsOf({ kind, coded }: SignalTrack): typeof EVENT_KINDS {
  return kind === "line" && !coded ? EVENT_KINDS : EVENT_KINDS.filter(({ value }) => value !== "peak");
}

/** A read vector that turns by more than this (1 − cosine) has jumped. */
const JUMP = 0.5;

/**
 * Part of the signal's height that a peak rises above the median, and falls again before the next. At 36 Hz an R-peak
 * that lies between two steps keeps less than half of its height.
 */
const RISE = 0.4;

/** Shortest time between two peaks: a heart that has beaten does not beat again so early. */
const REFRACTORY = { seconds: 0.25, steps: 4 };

/** A T-wave follows its R-peak within so many refractory times and climbs less than this part as steeply. */
const T_WAVE = { within: 1.5, steep: 0.5 };

/** A number per step, computed once and in order. */
export class Series {
  private readonly known: number[] = [];

  constructor(
    private readonly of: (t: number) => number,
    private readonly steps: () => number,
    private readonly ready: (t: number) => boolean = () => true,
  ) {}

  /** Whether every step there is now has been looked at: of a long run some come again first. */
  get whole(): boolean {
    return this.known.length >= this.steps();
  }

  /** All that can be known now. */
  values(): readonly number[] {
    const end = this.steps();
    while (this.known.length < end && this.ready(this.known.length)) {
      const v = this.of(this.known.length);
      this.known.push(Number.isFinite(v) ? v : 0);
    }
    return this.known;
  }
}

/** How much each step wrote: the size ‖A_s‖ of its write. */
export function writes(model: ModelLog, memory: Memory): Series {
  return new Series(
    (t) => memory.held.norm(t),
    () => model.steps,
    (t) => model.ready(t),
  );
}

/** How far each step's read vectors turned from those before: 1 − cosine. */
export function turns(model: ModelLog, memory: Memory): Series {
  let before: Float32Array | null = null;
  return new Series(
    (t) => {
      const now = Float32Array.from(memory.reads(t));
      const turn = before ? 1 - cosine(now, before) : 0;
      before = now;
      return turn;
    },
    () => model.steps,
    (t) => model.ready(t),
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

/** Peaks of the signal of a log that grows, looked for anew only when steps have arrived. */
export class SignalPeaks {
  private readonly shown: Series;
  private found: { readonly of: number; readonly steps: readonly number[] } = { of: 0, steps: [] };

  constructor(
    private readonly signal: SignalTrack,
    steps: () => number,
  ) {
    this.shown = new Series((t) => signal.shown(t), steps);
  }

  steps(): readonly number[] {
    const values = this.shown.values();
    if (values.length !== this.found.of) {
      this.found = { of: values.length, steps: signalPeaks(values, refractory(this.signal.sampleRate)) };
    }
    return this.found.steps;
  }
}

/** Steps that two peaks of a signal of this rate lie apart at least. */
export function refractory(sampleRate: number | null): number {
  return sampleRate ? Math.max(2, Math.round(REFRACTORY.seconds * sampleRate)) : REFRACTORY.steps;
}

/**
 * Local maxima that rise above the rest, whatever the signal's offset and scale. No two are closer than `apart` steps or
 * without a fall between them: of two that are, the larger stays. T-waves are none, and neither are the first and the last
 * step, which may still rise.
 */
export function signalPeaks(values: readonly number[], apart: number): number[] {
  const sorted = Float64Array.from(values).sort();
  const at = (part: number): number => sorted[Math.floor(part * (sorted.length - 1))] ?? 0;
  const median = at(0.5);
  // Height is that of many peaks, not of one artefact; of peaks rarer than that it is half of the largest.
  const rise = RISE * Math.max(at(0.99) - median, (at(1) - median) / 2);
  const found: number[] = [];
  if (!(rise > 0)) return found;
  let lowest = Infinity; // since the last peak
  for (let t = 1; t < values.length - 1; t++) {
    const v = values[t]!;
    lowest = Math.min(lowest, v);
    if (v < median + rise || v < values[t - 1]! || v <= values[t + 1]!) continue;
    const last = found.at(-1);
    if (last === undefined) found.push(t);
    else if (t - last < T_WAVE.within * apart && climb(values, t, apart) < T_WAVE.steep * climb(values, last, apart)) {
      continue;
    } else if (t - last >= apart && lowest <= Math.min(v, values[last]!) - rise) found.push(t);
    else if (v > values[last]!) found[found.length - 1] = t;
    else continue;
    lowest = v;
  }
  return found;
}

/** The largest rise from one step to the next on the way up to step t, over half of `apart` steps. */
function climb(values: readonly number[], t: number, apart: number): number {
  let most = 0;
  for (let s = Math.max(1, t - (apart >> 1) + 1); s <= t; s++) most = Math.max(most, values[s]! - values[s - 1]!);
  return most;
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
