/** What a run on the bridge comes to: how far its two streams are apart, and how well each answers. */

import type { RecordingLog } from "../memory/log";
import { ErrorTrack, SignalTrack } from "../analysis/signal";
import { departure, outputGaps, outputScale, partGap, type Compared, type Gap } from "./compare";

export interface Differences {
  /** Largest difference of any output, by step. */
  readonly gaps: Float64Array;
  readonly largest: number;
  /** Step of the largest. */
  readonly step: number;
  /** Largest absolute output of the Transformer. */
  readonly scale: number;
  /** First step seen to differ; −1: none. */
  readonly departs: number;
  /** What each answered in the task's measure, over the whole run: "0 wrong bits". */
  readonly scores: readonly [string, string];
  readonly parts: Readonly<Record<Compared, Gap | null>>;
}

export function differencesOf(log: RecordingLog): Differences {
  const [a, b] = [log.model(0), log.model(1)];
  const gaps = outputGaps(a, b);
  const scale = outputScale(a);
  let step = 0;
  gaps.forEach((gap, t) => {
    if (gap > gaps[step]!) step = t;
  });
  const signal = new SignalTrack(log);
  const score = (model: typeof a): string => {
    const steps = model.steps;
    return (steps ? new ErrorTrack(signal, model).at(steps - 1)?.label : null) ?? "nothing asked";
  };
  return {
    gaps,
    largest: gaps[step] ?? 0,
    step,
    scale,
    departs: departure(gaps, scale),
    scores: [score(a), score(b)],
    parts: {
      values: partGap(a, b, "values"),
      keys: partGap(a, b, "keys"),
      reads: partGap(a, b, "reads"),
      emitted: partGap(a, b, "emitted"),
    },
  };
}
