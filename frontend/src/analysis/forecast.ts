/** What stands beside a forecast: the baseline that it has to beat, and the band that its own errors make. */

import { FORECAST } from "../wire/task_names";
import type { Manifest } from "../wire/manifest";
import type { SignalTrack } from "./signal";

export class ForecastTrack {
  /** "AR(32)" where one was fitted to this series, else "persistence". */
  readonly name: string;
  private readonly ar32: readonly number[] | null;
  private readonly offset: number;
  private readonly scale: number;
  /** From here on models hear themselves: a baseline that hears the signal is no measure for them. */
  private readonly until: number;

  private constructor(
    private readonly manifest: Manifest,
    private readonly signal: SignalTrack,
  ) {
    this.ar32 = manifest.models.find(({ fit }) => fit)?.fit?.ar32 ?? null;
    this.name = this.ar32 ? "AR(32)" : "persistence";
    ({ offset: this.offset, scale: this.scale } = manifest.signal?.scaling ?? { offset: 0, scale: 1 });
    const free = manifest.task.params["free"];
    this.until = typeof free === "number" && free > 0 ? free : Infinity;
  }

  /** Null for a recording of another task. */
  static of(manifest: Manifest, signal: SignalTrack): ForecastTrack | null {
    return manifest.task.name === FORECAST ? new ForecastTrack(manifest, signal) : null;
  }

  /** What the baseline says at step t of the value after it, in the unit of the signal; NaN where it says nothing. */
  baseline(t: number): number {
    if (t >= this.until) return NaN;
    if (!this.ar32) return this.signal.input(t);
    const order = this.ar32.length - 1;
    if (t < order - 1) return NaN;
    let sum = this.ar32[order]!;
    for (let k = 0; k < order; k++) sum += this.ar32[k]! * ((this.signal.input(t - k) - this.offset) / this.scale);
    return sum * this.scale + this.offset;
  }

  /**
   * How far below and above the answer of a stream the value lay in 90 % of the steps held back from its fit, in the unit of the
   * signal; null where there was no fit.
   */
  band(stream: number): { below: number; above: number } | null {
    const { fit, checkpoint } = this.manifest.models[stream]!;
    const of = this.manifest.models.find((model) => model.fit?.of && model.fit.of === checkpoint?.sha256)?.fit;
    const found = fit?.residuals["after"] ?? of?.residuals["before"];
    return found?.length === 2 ? { below: found[0]! * this.scale, above: found[1]! * this.scale } : null;
  }
}
