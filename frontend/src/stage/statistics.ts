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
  let [n, sum, square] = [0, 0, 0];
  for (let t = a; signal.kind === "line" && t <= end; t++) {
    const v = signal.shown(t);
    if (!Number.isFinite(v)) continue;
    n++;
    sum += v;
    square += v * v;
  }
  const mean = sum / n;
  const rate = signal.sampleRate;
  return {
    steps: b - a + 1,
    seconds: rate ? (b - a + 1) / rate : null,
    signal: n ? { mean, deviation: Math.sqrt(Math.max(0, square / n - mean * mean)) } : null,
  };
}
