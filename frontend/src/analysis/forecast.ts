/** What stands beside a forecast: the baseline that it has to beat, and the band that its own errors make. */

import { FORECAST } from "../wire/task_names";
import type { Manifest } from "../wire/manifest";
import type { SignalTrack } from "./signal";

export interface Band {
  readonly below: number;
  readonly above: number;
}

/** Forecasts before a step that its band is made of where there was no fit, and the fewest that make one. */
export const RECENT = 64;
export const FEWEST = 16;

export class ForecastTrack {
  /** "AR(32)" where one was fitted to this series, else "persistence". */
  readonly name: string;
  private readonly ar32: readonly number[] | null;
  private readonly offset: number;
  private readonly scale: number;
  /** From here on models hear themselves: a baseline that hears the signal is no measure for them. */
  private readonly until: number;
  private readonly bands: Map<number, Band>[] = [];

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
   * How far below and above the answer of a stream at step t the value lay in 90 % of cases, in the unit of the signal: of the steps
   * held back from its fit, and of a model without one of its last forecasts before t. Null where too few are known.
   */
  band(stream: number, t: number): Band | null {
    return this.heldBack(stream) ?? (t >= this.until ? null : this.recent(stream, t));
  }

  /** What the band of a stream is of: "fit", the part held back from its fit, or "run", its last forecasts in this run. */
  bandOf(stream: number): "fit" | "run" {
    return this.heldBack(stream) ? "fit" : "run";
  }

  private heldBack(stream: number): Band | null {
    const { fit, checkpoint } = this.manifest.models[stream]!;
    const of = this.manifest.models.find((model) => model.fit?.of && model.fit.of === checkpoint?.sha256)?.fit;
    const found = fit?.residuals["after"] ?? of?.residuals["before"];
    return found?.length === 2 ? { below: found[0]! * this.scale, above: found[1]! * this.scale } : null;
  }

  /** Of its forecasts whose values are known at step t. What was computed once stays: a log only grows. */
  private recent(stream: number, t: number): Band | null {
    const known = (this.bands[stream] ??= new Map<number, Band>());
    const before = known.get(t);
    if (before) return before;
    const missed: number[] = [];
    for (let step = t - 1; step >= 0 && missed.length < RECENT && this.signal.asked(step); step--) {
      const error = this.signal.target(step) - this.signal.output(stream, step);
      if (Number.isNaN(error)) break;
      missed.push(error);
    }
    if (missed.length < FEWEST) return null;
    missed.sort((a, b) => a - b);
    const band = { below: quantile(missed, 0.05), above: quantile(missed, 0.95) };
    known.set(t, band);
    return band;
  }
}

/** Of numbers in ascending order, straight between neighbours. */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  return sorted[low]! + (at - low) * (sorted[Math.min(low + 1, sorted.length - 1)]! - sorted[low]!);
}
