/** Channels of the same file beside the signal: what was measured on the same steps, and no model heard. */

import type { RecordingLog } from "../memory/log";
import type { BesideSpec } from "../wire/manifest";
import { rangeOf, type Range } from "./scale";

/** One of them over all steps. Grows with the log. */
export class BesideTrack {
  readonly name: string;
  readonly unit: string;
  private readonly offset: number;
  private seen = 0;
  private extremes: Range = { low: Infinity, high: -Infinity };

  constructor(
    private readonly log: RecordingLog,
    /** Its place among the numbers of a frame. */
    private readonly place: number,
    spec: BesideSpec | undefined,
  ) {
    this.name = spec?.channel ?? `channel ${place + 1}`;
    this.unit = spec?.unit ?? "";
    this.offset = spec?.offset ?? 0;
  }

  /** In its unit; NaN where nothing was measured or the step is not held. */
  at(t: number): number {
    const source = t < 0 ? undefined : this.log.models.find((model) => model.hasStep(t));
    return (source?.f32(null, "beside")?.at(t)[this.place] ?? NaN) + this.offset;
  }

  /** Smallest and largest number so far; null before there is one. */
  get bounds(): Range | null {
    for (; this.log.models.some((model) => model.hasStep(this.seen)); this.seen++) {
      const v = this.at(this.seen);
      if (v < this.extremes.low) this.extremes.low = v;
      if (v > this.extremes.high) this.extremes.high = v;
    }
    return this.extremes.low > this.extremes.high ? null : { ...this.extremes };
  }

  /** Range of its line. */
  get range(): Range {
    const { bounds } = this;
    return rangeOf(bounds ? [bounds.low, bounds.high] : [], { low: 0, high: 1 });
  }
}

/** All of a recording, in the order in which they were asked for. */
export function besideOf(log: RecordingLog): readonly BesideTrack[] {
  const { models, signal } = log.manifest;
  const spec = models[0]?.frame.tensors.find(({ bank, name }) => bank === null && name === "beside");
  return Array.from({ length: spec?.size ?? 0 }, (_, place) => new BesideTrack(log, place, signal?.beside[place]));
}
