/**
 * The pointer on the stage: look, press, scrub on the axis, select in strip and lanes, pan with Shift. A finger looks by
 * resting; two fingers zoom and pan, and nothing that the first did on the way there counts.
 */

import type { Target } from "../../view/vocabulary";
import type { Fingers } from "../../draw/stage/pinch";

/** What gestures ask of the stage and report to it. Coordinates are CSS pixels on the canvas. */
export interface Surface {
  hit(x: number, y: number): Target | null;
  /** Step under x, inside the run; outside the time axis null, or, when dragging, the nearest. */
  step(x: number, dragging?: boolean): number | null;
  /** Step of the playhead. */
  now(): number;
  look(target: Target | null): void;
  press(target: Target): void;
  seek(t: number): void;
  select(a: number, b: number): void;
  /** Moves the view by pixels from where it was when the drag began. */
  pan(dx: number, begin: boolean): void;
  /** Moves and zooms the view with two fingers from where it was when they took hold. */
  pinch(fingers: Fingers, begin: boolean): void;
  /** The pointer is down: the view must not move by itself. */
  hold(on: boolean): void;
}

/** One pointer of the browser's, mouse or finger. */
export interface Pointed {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  /** Anything but a mouse: it looks by resting, for it does not hover. */
  readonly touch: boolean;
}

interface Press {
  x: number;
  target: Target | null;
  kind: "scrub" | "select" | "pan" | "none";
  moved: boolean;
  /** When it began, and where the playhead was then. */
  since: number;
  from: number;
}

const SLACK = 3;
const LONG_PRESS = 450;
/** A second finger that comes this soon was meant from the start: what the first has scrubbed is taken back. */
const TOGETHER = 300;

export class Gestures {
  private held: Press | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Fingers on the stage, in the order they came. */
  private readonly fingers = new Map<number, Pointed>();

  constructor(private readonly surface: Surface) {}

  /** Whether a finger is on the screen. */
  get touched(): boolean {
    return this.fingers.size > 0;
  }

  /** True when the gesture is ours and wants the pointer. */
  down(at: Pointed, shift = false): boolean {
    const { surface, fingers } = this;
    const { x, y, touch } = at;
    if (touch) fingers.set(at.id, at);
    if (fingers.size > 1) {
      if (fingers.size === 2) this.take();
      return true;
    }
    const target = surface.hit(x, y);
    const inTime = surface.step(x) !== null;
    if (!target && !inTime) return false;
    const drags = shift ? "pan" : target?.zone === "axis" || touch ? "scrub" : "select";
    const kind = inTime ? drags : "none";
    this.held = { x, target, kind, moved: false, since: performance.now(), from: surface.now() };
    surface.hold(true);
    if (target?.zone === "axis" && !shift) this.scrub(x);
    if (touch) {
      this.timer = setTimeout(() => {
        if (!this.held || this.held.moved) return;
        surface.look(target);
        // A long press looks, and selects where it goes on from there; it does not click.
        if (this.held.kind === "none") {
          this.held = null;
          surface.hold(false);
        } else this.held = { ...this.held, target: null, kind: "select" };
      }, LONG_PRESS);
    }
    return true;
  }

  move(at: Pointed): void {
    const { held, surface, fingers } = this;
    const { x, y, touch } = at;
    if (fingers.has(at.id)) fingers.set(at.id, at);
    if (fingers.size > 1) {
      surface.pinch(this.grip(), false);
      return;
    }
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

  up(id: number): void {
    clearTimeout(this.timer);
    const { held, surface, fingers } = this;
    const pinching = fingers.size > 1;
    fingers.delete(id);
    if (pinching) {
      if (fingers.size > 1) this.take(); // two others go on
      return; // the finger that stays does nothing more
    }
    this.held = null;
    surface.hold(false);
    if (!held || held.moved || !held.target) return;
    const { target } = held;
    if (target.zone !== "axis") surface.press(target);
  }

  /** The browser took the pointer, to scroll the page: that was no press. */
  cancel(id: number): void {
    this.held = null;
    this.up(id);
  }

  leave(): void {
    if (!this.held && !this.fingers.size) this.surface.look(null);
  }

  /** Two fingers take hold of time: what one of them had begun is over. */
  private take(): void {
    clearTimeout(this.timer);
    const { held, surface } = this;
    this.held = null;
    if (held && performance.now() - held.since < TOGETHER && surface.now() !== held.from) surface.seek(held.from);
    surface.hold(true);
    surface.pinch(this.grip(), true);
  }

  private grip(): Fingers {
    const [one, other] = [...this.fingers.values()] as [Pointed, Pointed];
    return { x: (one.x + other.x) / 2, spread: Math.hypot(one.x - other.x, one.y - other.y) };
  }

  private scrub(x: number): void {
    const t = this.surface.step(x, true);
    if (t !== null) this.surface.seek(t);
  }
}

/** Pixels of a wheel that are one notch; of a trackpad's pinch (Ctrl and a wheel of 100 ln scale) a scale of 1.4. */
const NOTCH = 32;
const LINE = 16;

/** Turns of a wheel as notches: those of a mouse are one each, the many small ones of a trackpad add up. */
export class Notches {
  private scrolled = 0;

  /** 1 towards the user, −1 away from them, 0: not yet. */
  turn({ deltaY, deltaMode }: Pick<WheelEvent, "deltaY" | "deltaMode">): -1 | 0 | 1 {
    const by = deltaMode === 0 ? deltaY : deltaY * LINE;
    this.scrolled = (Math.sign(by) === Math.sign(this.scrolled) ? this.scrolled : 0) + by;
    if (Math.abs(this.scrolled) < NOTCH) return 0;
    this.scrolled = 0;
    return by > 0 ? 1 : -1;
  }
}
