/** Series of numbers over the steps that the stage derives from a lane and keeps: writes, turns of the read, health. */

import { HealthTrack, type Measure } from "../analysis/measures";
import type { Lane } from "../draw/lane/lane";
import { eventsOf, SignalPeaks, turns, writes, type EventKind, type Series } from "../analysis/events";
import { best, shapeLikeness, stateLikeness, type Likeness } from "../analysis/similar";
import type { StageModel } from "./stage_model";

export class Tracks {
  // By lane, not by stream: another bank of a model is another lane with other numbers.
  private readonly written = new WeakMap<Lane, Series>();
  private readonly readTurns = new WeakMap<Lane, Series>();
  private readonly healths = new WeakMap<Lane, HealthTrack>();
  private readonly peaks: SignalPeaks;
  /** Asked for, and not known of all steps yet. */
  private readonly pending = new Set<Series>();

  constructor(private readonly model: StageModel) {
    this.peaks = new SignalPeaks(model.signal, () => model.log.steps);
  }

  health(lane: Lane): HealthTrack {
    return cached(this.healths, lane, () => new HealthTrack(lane.model, lane.memory, this.model.signal, lane.error));
  }

  /** Computes the measure of these lanes until the clock passes `deadline`; true when nothing is left to do. */
  extend(measure: Measure, lanes: readonly Lane[], deadline: number): boolean {
    let done = true;
    lanes.forEach((lane, k) => {
      const now = performance.now();
      done = this.health(lane).extend(measure, now + (deadline - now) / (lanes.length - k)) && done;
    });
    return done;
  }

  /** Steps have arrived: goes on with what was asked for and needs steps of a long run that come again. */
  follow(): void {
    for (const series of this.pending) {
      series.values();
      if (series.whole) this.pending.delete(series);
    }
  }

  /** Steps of a kind of event: the task's own, those of the signal, or those of these lanes together. */
  events(kind: EventKind, lanes: readonly Lane[]): readonly number[] {
    if (kind === "peak") return this.peaks.steps();
    if (kind === "task") return sortedOnce(this.model.log.manifest.task.events.map((event) => event.step));
    const steps = lanes.flatMap((lane) => {
      const make = kind === "write" ? writes : turns;
      const series = cached(kind === "write" ? this.written : this.readTurns, lane, () =>
        make(lane.model, lane.memory),
      );
      const values = series.values();
      if (series.whole) return eventsOf(kind, values);
      this.pending.add(series);
      return []; // of a part of a run the next one might be skipped
    });
    return sortedOnce(steps);
  }

  /**
   * Moments whose memory points where that of step t does: its content, or where there is none what is read. Of a long run among the
   * steps that are held.
   */
  similarStates(lane: Lane, t: number): Likeness[] {
    const { model, memory } = lane;
    return best(
      stateLikeness(model.steps, (s) => (memory.has(s) ? memory.signature(s) : null), t),
      t,
      8,
    );
  }

  /** Parts of the signal shaped like steps a … b. */
  similarShapes(a: number, b: number): Likeness[] {
    const { signal, log } = this.model;
    const values = Float64Array.from({ length: log.steps }, (_, t) => signal.shown(t));
    const n = b - a + 1;
    return best(shapeLikeness(values, a, n), a, n);
  }
}

function cached<T>(map: WeakMap<Lane, T>, lane: Lane, make: () => T): T {
  let found = map.get(lane);
  if (!found) map.set(lane, (found = make()));
  return found;
}

function sortedOnce(steps: readonly number[]): number[] {
  return [...new Set(steps)].sort((a, b) => a - b);
}
