/** The part of the run that is in view, in pixels: what the view state's zoom and first step come to on this canvas. */

import { questionAt } from "../analysis/question";
import { DEFAULT_STEP, fitting, openingWindow, zoom, type StageLayout, type TimeWindow } from "../draw/stage/layout";
import type { ViewState } from "../view/view_state.svelte";
import type { TaskEvent } from "../wire/manifest";

export class Viewport {
  /** Boxes of the last picture: what lies over the canvas is placed by them. */
  box = $state.raw<StageLayout | null>(null);
  /** Steps in view. */
  inView = $state(0);
  /** Phone: the one lane that is shown, as a position among those on the stage; null: nobody has chosen one. */
  phoneLane = $state<number | null>(null);
  /** The step the window last followed: who pans away from the playhead stays there until it moves. */
  followed = -1;
  /** First step in view, fractional while the window glides. */
  private first = $state(0);
  /** Pixels per step that the run opened with. */
  private opening = $state(DEFAULT_STEP);
  /** First step in view and pixels per step. */
  readonly window: TimeWindow = $derived.by(() => ({ first: this.first, step: this.view.zoom ?? this.opening }));

  constructor(
    private readonly view: ViewState,
    /** Of the task: what is asked decides what is in view first. */
    private readonly events: readonly TaskEvent[],
  ) {}

  /** Shows a window chosen by hand: it stays, and the link says it, until the playhead leaves it. */
  show({ first, step }: TimeWindow): void {
    this.first = first;
    this.view.zoom = step === this.opening ? null : step;
    this.view.from = Math.max(0, Math.round(first));
  }

  /** Moves the window along with the playhead. */
  glide(first: number): void {
    this.first = first;
    this.view.from = null;
  }

  /** The last first step there is on a canvas of another width. */
  keepWithin(last: number): void {
    if (this.first <= last) return;
    this.first = last;
    if (this.view.from !== null) this.view.from = last;
  }

  /** One notch closer (+1) or further away, around step t or the middle of the view. */
  zoom(by: 1 | -1, t: number, steps: number): void {
    const { box, window } = this;
    if (!box) return;
    const x = box.time.x + (t - window.first + 0.5) * window.step;
    const inside = x >= box.time.x && x <= box.time.x + box.time.w;
    this.show(zoom(box, window, by, inside ? x : box.time.x + box.time.w / 2, steps));
  }

  /** A quarter of the view on or back. */
  pan(by: 1 | -1, steps: number): void {
    const { box, window } = this;
    if (!box) return;
    const n = box.time.w / window.step;
    const first = Math.round(window.first + (by * n) / 4);
    this.show({ ...window, first: Math.max(0, Math.min(Math.max(0, Math.ceil(steps - n)), first)) });
  }

  fit(a: number, b: number, steps: number): void {
    if (this.box) this.show(fitting(this.box, a, b, steps));
  }

  /** Brings steps a … t into view, with the playhead on t: at this zoom, or where they do not fit from further away. */
  reveal(a: number, t: number, steps: number): void {
    const { box, window } = this;
    if (!box) return;
    const spare = box.time.w / window.step - (t - a + 1);
    const inside = a >= window.first && t < window.first + Math.floor(box.time.w / window.step);
    if (spare < 0) this.show(fitting(box, a, t, steps));
    else if (!inside) {
      const last = Math.max(0, Math.ceil(steps - box.time.w / window.step));
      this.show({ ...window, first: Math.min(last, Math.max(0, Math.round(a - spare / 2))) });
    }
    this.followed = t;
  }

  /** The first time there is a box: as the view state wants it, or on the question that step t belongs to. */
  open(box: StageLayout, t: number, steps: number): void {
    const opening = this.openingAt(box, t, steps);
    this.opening = opening.step;
    this.first = this.view.zoom === null ? opening.first : 0;
    if (this.view.from !== null) this.goTo(this.view.from, t, steps);
  }

  /** The canvas has another width: a window that nobody has chosen shows the question again, where step t is in it. */
  refit(box: StageLayout, t: number, steps: number): void {
    const { first, step } = this.openingAt(box, t, steps);
    this.opening = step;
    const { zoom, from } = this.view;
    if (zoom === null && from === null && t >= first && t < first + box.time.w / step) this.first = first;
  }

  private openingAt(box: StageLayout, t: number, steps: number): TimeWindow {
    return openingWindow(box.time.w, steps, questionAt(this.events, t));
  }

  /**
   * The zoom and first step of a link. Without a first step a new zoom is put around step t. Before there is a box they
   * wait in the view state.
   */
  apply(step: number | null, from: number | null, t: number, steps: number): void {
    const { box, view } = this;
    const zoomed = step !== view.zoom;
    view.zoom = step;
    view.from = from;
    if (!box) return;
    if (zoomed && step === null) this.opening = this.openingAt(box, t, steps).step;
    if (from !== null) this.goTo(from, t, steps);
    else if (zoomed) this.centre(t, steps);
  }

  /** As a run of so many steps opens with step t in view. */
  reset(t: number, steps: number): void {
    const { box } = this;
    if (!box) return;
    this.apply(null, null, t, steps);
    const { first, step } = this.openingAt(box, t, steps);
    this.opening = step;
    if (t >= first && t < first + box.time.w / step) this.first = first;
    else this.centre(t, steps);
  }

  private goTo(from: number, t: number, steps: number): void {
    const n = this.box ? this.box.time.w / this.window.step : 0;
    this.first = Math.max(0, Math.min(Math.max(0, Math.ceil(steps - n)), from));
    this.followed = t;
  }

  private centre(t: number, steps: number): void {
    const n = this.box!.time.w / this.window.step;
    this.first = Math.round(Math.max(0, Math.min(Math.max(0, steps - n), t - n * 0.5)));
  }
}
