/** What the painters of the stage are given: one moment of the run, how it is looked at, and the lanes that are there. */

import type { BesideTrack } from "../../analysis/beside";
import type { Failure, TaskEvent } from "../../wire/manifest";
import type { Beat } from "../lane/beats";
import type { BitsSource } from "./bits";
import type { HealthScene } from "./measure_strip";
import type { LensName, Rows, Target } from "../../view/vocabulary";
import type { Lane } from "../lane/lane";
import type { TimeWindow } from "./layout";
import type { Range } from "../../analysis/scale";
import type { ForecastTrack } from "../../analysis/forecast";
import type { SignalTrack } from "../../analysis/signal";
import type { Tape } from "../lane/tape";

/** Ranges of time that are marked over strip and lanes. */
export interface Ranges {
  /** First and last step, both included. */
  selection: readonly [number, number] | null;
  loop: readonly [number, number] | null;
  /** Moments like the one asked about: first step, and how many steps each is long. */
  similar: readonly number[];
  length: number;
}

export interface LaneScene {
  lane: Lane;
  emphasis: "normal" | "alone" | "faded";
  /** What to draw arcs from, of step `readAt`: shares of its read, or how far each step moves its output; null while it is not known. */
  shares: ArrayLike<number> | null;
  /** The row whose numbers stand on the arcs: `shares` themselves, or the row that they are easing to. */
  row: ArrayLike<number> | null;
  readAt: number;
  /** Where `row` is not all of the read yet: sums of whole blocks of steps, as first step, last step, share. */
  blocks?: readonly (readonly [number, number, number])[];
  /** Shares of the read now, for the age bars; while they are computed those of an older step, which is `now.length − 2`. */
  now: ArrayLike<number> | null;
  /** Slot under the pointer. */
  slot: number | null;
  /** Rows that keep the linked moment. */
  linked: readonly number[];
  failure: Failure | null;
  /** Without arcs, answer and ages. */
  muted?: boolean;
  /** Kept on top: the sign of it stands beside that of the menu. */
  top?: boolean;
  /** What stands under the name instead of nothing: parameters and time per step. */
  cost?: string;
}

export interface Scene {
  /** The playhead. */
  t: number;
  window: TimeWindow;
  rows: Rows;
  /** What arcs mean: where what is read was written, or which inputs move the answer. */
  lens: LensName;
  /** How far the step of the widest arc moves the output, one number for all lanes; null where arcs are shares. */
  full: number | null;
  signal: SignalTrack;
  range: Range;
  /** What stands beside answers that are forecasts. */
  forecast?: ForecastTrack | null;
  events: readonly TaskEvent[];
  /** Channels beside the signal, for the strips of the layout. */
  beside?: readonly BesideTrack[];
  lanes: readonly LaneScene[];
  /** Strip of bits, for tasks that have one. */
  bits: { tape: Tape; source: BitsSource } | null;
  /** The moment under the pointer, if it is not now. */
  ghost: number | null;
  /** The past moment that is being talked about (written there). */
  linked: number | null;
  /** The target is held by a click. */
  target: Target | null;
  /** Steps of one period of the task (the stored segment), for the ages of reads. */
  period: number;
  /** Device pixels per CSS pixel. */
  scale: number;
  /** The strip under the lanes, where the layout has room for it. */
  health?: HealthScene;
  /** Selected, repeated and similar ranges of time. */
  ranges?: Ranges;
  /** The step that is being carried out in four beats: how far it is (0 … 1), and its cuts by stream. */
  beats?: { part: number; lanes: ReadonlyMap<number, Beat> };
}

/** Whether a lane will show step t, and only waits for it to arrive: nothing comes after a model has failed or before it began. */
export function awaited({ lane, failure }: LaneScene, t: number): boolean {
  return failure === null && lane.model.steps > 0 && !lane.has(t);
}
