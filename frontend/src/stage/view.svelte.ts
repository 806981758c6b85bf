/** How the stage is looked at, apart from the cursor: zoom and pan, kind of rows, how lanes stand, what is selected. */

import type { Measure } from "../analysis/measures";
import { DEFAULT_STEP, fitting, openingStep, zoom, type StageLayout, type TimeWindow } from "../draw/stage/layout";
import type { EventKind } from "../analysis/events";
import type { Likeness } from "../analysis/similar";
import type { Rows } from "../view/vocabulary";
import { moved, placed, laneOrderOf, toggled, type LaneOrder, type LaneSet } from "../view/lane_order";

/** Moments like one, as they were looked for. */
export interface Similar {
  /** "shape": of the signal; else the label of the model whose state was compared. */
  of: string;
  /** The moment itself: first step, and steps it is long. */
  t: number;
  length: number;
  hits: readonly Likeness[];
}

export class StageView {
  /** First step in view (fractional while it glides) and pixels per step. */
  window = $state.raw<TimeWindow>({ first: 0, step: DEFAULT_STEP });
  /** Pixels per step that the run opened with; null until the stage has been laid out. */
  private opening = $state<number | null>(null);
  /** Pixels per step wanted by a link, for the time before the stage has been laid out. */
  private wanted: number | null = null;
  private readonly step = $derived(this.window.step); // a window that glides keeps its step
  /** Pixels per step where they are not those the run opens with. */
  readonly zoomed: number | null = $derived(
    this.opening === null ? this.wanted : this.step === this.opening ? null : this.step,
  );
  /** Steps in view. */
  inView = $state(0);
  /** Boxes of the last picture: what lies over the canvas is placed by them. */
  box = $state.raw<StageLayout | null>(null);
  rows = $state<Rows>("slots");
  laneOrder = $state.raw<LaneOrder>(laneOrderOf([]));
  /** What the health strip shows; null: no strip. */
  health = $state<Measure | null>(null);
  /** First and last step selected. */
  selection = $state.raw<readonly [number, number] | null>(null);
  similar = $state.raw<Similar | null>(null);
  /** What "next event" goes to. */
  events = $state<EventKind>("task");
  /** Phone: the one lane that is shown, as a position among those on the stage. */
  phoneLane = $state(0);

  constructor(streams: readonly number[]) {
    this.laneOrder = laneOrderOf(streams);
  }

  toggle(set: LaneSet, stream: number): void {
    this.laneOrder = toggled(this.laneOrder, set, stream);
  }

  move(stream: number, by: 1 | -1): void {
    this.laneOrder = moved(this.laneOrder, stream, by);
  }

  place(stream: number, at: number): void {
    this.laneOrder = placed(this.laneOrder, stream, at);
  }

  /** One notch closer (+1) or further away, around step t or the middle of the view. */
  zoom(by: 1 | -1, t: number, steps: number): void {
    const { box, window } = this;
    if (!box) return;
    const x = box.time.x + (t - window.first + 0.5) * window.step;
    const inside = x >= box.time.x && x <= box.time.x + box.time.w;
    this.window = zoom(box, window, by, inside ? x : box.time.x + box.time.w / 2, steps);
  }

  /** A quarter of the view on or back. */
  pan(by: 1 | -1, steps: number): void {
    const { box, window } = this;
    if (!box) return;
    const n = box.time.w / window.step;
    const first = Math.round(window.first + (by * n) / 4);
    this.window = { ...window, first: Math.max(0, Math.min(Math.max(0, Math.ceil(steps - n)), first)) };
  }

  fit(a: number, b: number, steps: number): void {
    if (this.box) this.window = fitting(this.box, a, b, steps);
  }

  /** The first time there is a box: as wide as the link wants it, or as a run of so many steps opens. */
  open(box: StageLayout, steps: number): void {
    this.opening = openingStep(box.time.w, steps);
    this.window = { first: 0, step: this.wanted ?? this.opening };
  }

  /** As wide as a link wants it, around step t; null: as a run of so many steps opens. */
  zoomTo(step: number | null, t: number, steps: number): void {
    this.wanted = step;
    const { box } = this;
    if (!box || step === this.zoomed) return;
    if (step === null) return this.reset(t, steps);
    const n = box.time.w / step;
    this.window = { step, first: Math.round(Math.max(0, Math.min(Math.max(0, steps - n), t - n * 0.5))) };
  }

  /** As a run of so many steps opens, around step t. */
  reset(t: number, steps: number): void {
    if (!this.box) return;
    const step = openingStep(this.box.time.w, steps);
    const n = this.box.time.w / step;
    this.opening = step;
    this.window = { step, first: Math.round(Math.max(0, Math.min(Math.max(0, steps - n), t - n * 0.5))) };
  }
}
