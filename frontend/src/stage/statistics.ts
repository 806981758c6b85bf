/** The signal in a selected range of time, in numbers. */

import type { StageModel } from "./stage_model";

export interface Statistics {
  steps: number;
  seconds: number | null;
  /** Of the signal as it was shown; null for bits and where nothing is held. */
  signal: { mean: number; deviation: number } | null;
}

/** Over steps a … b, both included; steps that are not held are left out. */
export function statistics({ signal, log }: StageModel, a: number, b: number): Statistics {
  const end = Math.min(b, log.steps - 1);
  const values: number[] = [];
  for (let t = a; signal.kind === "line" && t <= end; t++) {
    const v = signal.shown(t);
    if (Number.isFinite(v)) values.push(v);
  }
  const rate = signal.sampleRate;
  return { steps: b - a + 1, seconds: rate ? (b - a + 1) / rate : null, signal: values.length ? spread(values) : null };
}

/** In two passes: the square of a large offset would leave no digits for what varies on top of it. */
function spread(values: readonly number[]): NonNullable<Statistics["signal"]> {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const square = values.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(square / values.length) };
}
