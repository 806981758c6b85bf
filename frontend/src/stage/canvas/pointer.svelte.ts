/** Pointer, fingers and wheel on the stage's canvas: what lies there, and what a gesture does to cursor and window. */

import { targetAt, type HitScene } from "../../draw/stage/hit";
import { sameTarget, type Target } from "../../view/vocabulary";
import { stepAtX, zoom, type StageLayout, type TimeWindow } from "../../draw/stage/layout";
import { pinched, type Fingers } from "../../draw/stage/pinch";
import type { StageController } from "../controller.svelte";
import { Gestures, Notches, type Pointed } from "./gestures";

/** What only the canvas knows. */
export interface Ground {
  /** Boxes of the last picture; null: there has been none. */
  readonly box: () => StageLayout | null;
  /** Streams of its lanes, from the top. */
  readonly streams: () => readonly number[];
  /** The window is moved by hand: it is not to glide on to where now is. */
  readonly halt: () => void;
  /** CSS pixels per unit of the boxes. */
  readonly scale: () => number;
}

/** What Safari calls a pinch: WebKit's own events, which no other browser has. */
type GestureEvent = Event & { readonly clientX: number; readonly scale: number };

/** Pixels that fingers on a trackpad are taken to be apart; only their ratio counts. */
const PAD = 100;

/** Whether something around an element scrolls up and down. */
function inScroller(target: EventTarget | null): boolean {
  let element = (target as Element | null)?.parentElement ?? null;
  for (; element; element = element.parentElement)
    if (element.scrollHeight > element.clientHeight && /auto|scroll/.test(getComputedStyle(element).overflowY))
      return true;
  return false;
}

export class StagePointer {
  /** The cursor's shape, as CSS calls it. */
  shape = $state("default");
  /** A gesture is going on that the window must not move under. */
  holding = false;
  private panFrom = 0;
  private grip: { from: TimeWindow; began: Fingers } | null = null;
  private readonly notches = new Notches();
  private readonly gestures: Gestures;

  constructor(
    private readonly controller: StageController,
    private readonly ground: Ground,
  ) {
    const { cursor, viewport } = controller;
    this.gestures = new Gestures({
      hit: (x, y) => this.hit(x, y),
      look: (found) => this.look(found),
      step: (x, dragging = false) => this.step(x, dragging),
      now: () => cursor.t,
      press: (found) => controller.press(found),
      seek: (t) => cursor.seek(t), // no further than there are steps
      select: (a, b) => controller.select(a, b),
      pan: (dx, begin) => {
        if (begin) this.panFrom = viewport.window.first;
        this.pan(this.panFrom + dx / viewport.window.step);
      },
      pinch: (now, begin) => this.pinch(now, begin),
      hold: (on) => (this.holding = on),
    });
  }

  readonly down = (event: PointerEvent): void => {
    if (event.button === 0 && this.gestures.down(this.pointed(event), event.shiftKey))
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
  };
  readonly move = (event: PointerEvent): void => this.gestures.move(this.pointed(event));
  readonly up = (event: PointerEvent): void => this.gestures.up(event.pointerId);
  readonly cancel = (event: PointerEvent): void => this.gestures.cancel(event.pointerId);
  readonly double = (event: MouseEvent): void => {
    const { x } = this.pointed(event);
    const t = this.step(x, false);
    if (t !== null) this.controller.go(t);
  };
  readonly leave = (): void => this.gestures.leave();

  readonly wheel = (event: WheelEvent): void => {
    const box = this.ground.box();
    if (!box) return;
    const along = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    // In a page that scrolls the wheel is the page's, as over everything else in it.
    if (!event.ctrlKey && !along && inScroller(event.currentTarget)) return;
    event.preventDefault();
    const { viewport, model } = this.controller;
    const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
    if (!event.ctrlKey && along) {
      this.pan(viewport.window.first + sideways / viewport.window.step);
      return;
    }
    const notch = this.notches.turn(event);
    if (!notch) return;
    this.ground.halt();
    viewport.show(zoom(box, viewport.window, notch > 0 ? -1 : 1, this.pointed(event).x, model.signal.planned));
  };

  /**
   * Safari reports the pinch of a trackpad by events of its own, and no wheel; of fingers on a screen too, but those are heard as
   * pointers already. Either way the browser does not see it, which would zoom the page.
   */
  readonly trackpad = (canvas: HTMLElement): (() => void) => {
    const pinch = (event: Event): void => {
      event.preventDefault();
      if (this.gestures.touched) return;
      const { clientX, scale } = event as GestureEvent;
      const x = (clientX - canvas.getBoundingClientRect().left) / this.ground.scale();
      this.pinch({ x, spread: PAD * scale }, event.type === "gesturestart");
    };
    const kinds = ["gesturestart", "gesturechange", "gestureend"];
    for (const kind of kinds) canvas.addEventListener(kind, pinch);
    return () => {
      for (const kind of kinds) canvas.removeEventListener(kind, pinch);
    };
  };

  private pointed(event: MouseEvent): Pointed {
    const bounds = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const scale = this.ground.scale();
    return {
      x: (event.clientX - bounds.left) / scale,
      y: (event.clientY - bounds.top) / scale,
      id: event instanceof PointerEvent ? event.pointerId : 0,
      touch: event instanceof PointerEvent && event.pointerType !== "mouse",
    };
  }

  private hit(x: number, y: number): Target | null {
    const box = this.ground.box();
    if (!box) return null;
    const { model, view, viewport, cursor, session } = this.controller;
    const { available: steps } = session;
    const scene: HitScene = {
      t: cursor.t,
      last: model.signal.planned - 1,
      slots: view.rows === "slots",
      lanes: this.ground.streams().map((stream) => {
        const lane = model.lane(stream);
        return {
          stream,
          rows: lane.fold.rows,
          lagged: lane.lagged,
          dials: lane.dials,
          cellAt: (width: number, at: number) => lane.cellAt(width, at),
          slotAt: (row: number, step: number) => lane.slotAt(row, step),
        };
      }),
    };
    const found = targetAt(box, viewport.window, scene, x, y);
    return found && "t" in found && found.t >= steps && !model.log.has(found.t, found.t)
      ? { ...found, t: Math.max(0, steps - 1) }
      : found;
  }

  private look(found: Target | null): void {
    const { controller } = this;
    if (!sameTarget(found, controller.target)) controller.hover = found;
    this.shape = !found
      ? "default"
      : found.zone === "axis"
        ? "ew-resize"
        : found.zone === "signal"
          ? "crosshair"
          : "pointer";
  }

  private step(x: number, dragging: boolean): number | null {
    const box = this.ground.box();
    if (!box) return null;
    const { time } = box;
    if (!dragging && (x < time.x || x >= time.x + time.w)) return null;
    const inside = Math.max(time.x, Math.min(time.x + time.w - 1, x));
    const { cursor, viewport } = this.controller;
    return Math.max(0, Math.min(cursor.total - 1, stepAtX(box, viewport.window, inside)));
  }

  private pan(first: number): void {
    const box = this.ground.box();
    if (!box) return;
    const { viewport, model } = this.controller;
    const last = Math.max(0, Math.ceil(model.signal.planned - box.time.w / viewport.window.step));
    this.ground.halt();
    viewport.show({ ...viewport.window, first: Math.round(Math.max(0, Math.min(last, first))) });
  }

  private pinch(now: Fingers, begin: boolean): void {
    const box = this.ground.box();
    const { viewport, model } = this.controller;
    this.ground.halt();
    if (begin) this.grip = { from: viewport.window, began: now };
    else if (box && this.grip)
      viewport.show(pinched(box, { ...this.grip, now }, viewport.window.step, model.signal.planned));
  }
}
