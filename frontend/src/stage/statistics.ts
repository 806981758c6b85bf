/** What happened in a selected range of time, in numbers. */

import type { Lane } from "../draw/lane/lane";
import type { StageModel } from "./stage_model";
import type { Tracks } from "./tracks";

export interface Statistics {
  steps: number;
  seconds: number | null;
  /** Of the signal as it was shown; null for bits and where nothing is held. */
  signal: { mean: number; deviation: number; low: number; high: number } | null;
  lanes: readonly LaneStatistics[];
}

export interface LaneStatistics {
  lane: Lane;
  /** Error over the steps asked in here, NaN where none was. */
  error: number;
  /** Mean size of a write here relative to the run's mean; NaN where nothing was ever written. */
  writes: number;
}

/** Over steps a … b, both included; steps that are not held are left out. */
export function statistics(
  model: StageModel,
  tracks: Tracks,
  shown: readonly number[],
  a: number,
  b: number,
): Statistics {
  const { signal } = model;
  const end = Math.min(b, model.log.steps - 1);
  const values: number[] = [];
  for (let t = a; signal.kind === "line" && t <= end; t++) {
    const v = signal.shown(t);
    if (Number.isFinite(v)) values.push(v);
  }
  const rate = signal.sampleRate;
  return {
    steps: b - a + 1,
    seconds: rate ? (b - a + 1) / rate : null,
    signal: values.length ? spread(values) : null,
    lanes: shown.map((stream) => {
      const lane = model.lane(stream);
      const wrote = tracks.writes(lane);
      return {
        lane,
        error: end >= a ? lane.error.within(a, Math.min(end, lane.model.steps - 1)) : NaN,
        writes: average(wrote, a, Math.min(end, wrote.length - 1)) / average(wrote, 0, wrote.length - 1),
      };
    }),
  };
}

/** In two passes: the square of a large offset would leave no digits for what varies on top of it. */
function spread(values: readonly number[]): NonNullable<Statistics["signal"]> {
  const mean = average(values, 0, values.length - 1);
  let [square, low, high] = [0, Infinity, -Infinity];
  for (const v of values) {
    square += (v - mean) ** 2;
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  return { mean, deviation: Math.sqrt(square / values.length), low, high };
}

function average(values: readonly number[], a: number, b: number): number {
  let sum = 0;
  for (let t = a; t <= b; t++) sum += values[t]!;
  return b >= a ? sum / (b - a + 1) : NaN;
}
