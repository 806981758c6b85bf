/** The pointer on the stage: look, press, scrub on the axis, select in strip and lanes, pan with Shift; touch looks by resting. */

import type { Target } from "../draw/hit";

/** What gestures ask of the stage and tell it. Coordinates are CSS pixels on the canvas. */
export interface Surface {
  hit(x: number, y: number): Target | null;
  /** Step under x, inside the run; outside the time axis null, or, when dragging, the nearest. */
  step(x: number, dragging?: boolean): number | null;
  look(target: Target | null): void;
  press(target: Target): void;
  seek(t: number): void;
  select(a: number, b: number): void;
  /** Moves the view by pixels from where it was when the drag began. */
  pan(dx: number, begin: boolean): void;
  /** The pointer is down: the view must not move by itself. */
  hold(on: boolean): void;
}

interface Press {
  x: number;
  target: Target | null;
  kind: "scrub" | "select" | "pan" | "none";
  moved: boolean;
}

const SLACK = 3;
const LONG_PRESS = 450;

export class Gestures {
  private held: Press | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly surface: Surface) {}

  /** True when the gesture is ours and wants the pointer. */
  down(x: number, y: number, { touch, shift }: { touch: boolean; shift: boolean }): boolean {
    const { surface } = this;
    const target = surface.hit(x, y);
    const inTime = surface.step(x) !== null;
    if (!target && !inTime) return false;
    const drags = shift ? "pan" : target?.zone === "axis" || touch ? "scrub" : "select";
    this.held = { x, target, kind: inTime ? drags : "none", moved: false };
    surface.hold(true);
    if (target?.zone === "axis" && !shift) this.scrub(x);
    if (touch) {
      this.timer = setTimeout(() => {
        if (!this.held || this.held.moved) return;
        surface.look(target);
        this.held = null; // a long press looks, it does not click
        surface.hold(false);
      }, LONG_PRESS);
    }
    return true;
  }

  move(x: number, y: number, touch: boolean): void {
    const { held, surface } = this;
    if (!held) {
      if (!touch) surface.look(surface.hit(x, y));
      return;
    }
    if (!held.moved && Math.abs(x - held.x) > SLACK) {
      held.moved = true;
      clearTimeout(this.timer);
      if (held.kind === "pan") surface.pan(0, true);
    }
    if (!held.moved) return;
    if (held.kind === "pan") surface.pan(held.x - x, false);
    else if (held.kind === "scrub") this.scrub(x);
    else if (held.kind === "select") {
      const [from, to] = [surface.step(held.x, true), surface.step(x, true)];
      if (from !== null && to !== null) surface.select(from, to);
    }
  }

  up(): void {
    clearTimeout(this.timer);
    const { held, surface } = this;
    this.held = null;
    surface.hold(false);
    if (!held || held.moved || !held.target) return;
    const { target } = held;
    if (target.zone === "signal") surface.seek(target.t);
    else if (target.zone !== "axis") surface.press(target);
  }

  leave(): void {
    if (!this.held) this.surface.look(null);
  }

  private scrub(x: number): void {
    const t = this.surface.step(x, true);
    if (t !== null) this.surface.seek(t);
  }
}
