/**
 * The one cursor of a stage: where now is, whether it moves and how fast.
 *
 * Everything that is drawn reads it; nothing else keeps a step of its own. The play loop is one animation frame after
 * another while it plays and nothing at all while it does not.
 */
import { ViewState } from "./view_state.svelte";

/** Animation frames; tests bring their own. `now` in ms. */
export interface Frames {
  request(callback: (now: number) => void): number;
  cancel(handle: number): void;
}

/** Steps per second offered; Infinity = as fast as it can be shown. */
export const SPEEDS: readonly number[] = [0.1, 0.2, 0.5, 1, 2, 4, 8, 15, 24, 36, 50, Infinity];

/** At Infinity: fast to watch, yet every column passes the playhead in a place the eye can follow. */
const MAX_STEPS_PER_FRAME = 12;

/** A longer pause between two frames (a hidden tab, a breakpoint) counts as this many seconds, so that nothing leaps. */
const MAX_FRAME_SECONDS = 0.25;

const browserFrames: Frames = {
  request: (callback) => requestAnimationFrame(callback),
  cancel: (handle) => cancelAnimationFrame(handle),
};

export class Cursor {
  /** Moving by itself through what is held. A live run that is followed moves with the run instead. */
  playing = $state(false);
  /** Ride the newest step of a live run. */
  followLive = $state(false);
  /** Steps held from 0 on without a gap. */
  available = $state(0);
  /** Steps there are, held or not: as far as one can seek. */
  total = $state(0);

  /** A live run: more steps will come by themselves, and playing to the end means following them. */
  growing = false;
  /** Whether a step can be shown; by default, whether it is available. */
  holds: (t: number) => boolean = (t) => t < this.available;
  private readonly moved = new Set<(t: number) => void>();
  private handle: number | null = null;
  private last: number | null = null;
  /** Fraction of a step that is due. */
  private owed = 0;

  constructor(
    private readonly frames: Frames = browserFrames,
    /** What is looked at: the cursor keeps its step, speed and loop there. */
    readonly view = new ViewState(),
  ) {}

  /** Step shown. */
  get t(): number {
    return this.view.t;
  }

  /** Steps per second. */
  get speed(): number {
    return this.view.speed;
  }

  set speed(speed: number) {
    this.view.speed = speed;
  }

  /** First and last step that are repeated. */
  get loop(): readonly [number, number] | null {
    return this.view.loop;
  }

  play(): void {
    if (this.playing) return;
    const [first, last] = this.range();
    if (!this.growing && (this.t >= last || this.t < first)) this.move(first);
    this.playing = true;
    this.followLive = false;
    this.owed = 0;
    this.last = null;
    this.handle = this.frames.request((now) => this.frame(now));
  }

  pause(): void {
    this.playing = false;
    if (this.handle !== null) this.frames.cancel(this.handle);
    this.handle = null;
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  /** Go to step t, or the nearest there is. Lets go of a live run. */
  seek(t: number): void {
    this.followLive = false;
    this.move(t);
  }

  /** `count` steps on, or back where it is negative; stops playing. */
  step(count: number): void {
    this.pause();
    this.seek(this.t + count);
  }

  home(): void {
    this.seek(0);
  }

  end(): void {
    this.seek(this.total - 1);
  }

  /** Follow the newest step again. */
  backToLive(): void {
    this.pause();
    this.followLive = true;
    this.move(this.available - 1);
  }

  faster(): void {
    this.speed = SPEEDS.find((speed) => speed > this.speed) ?? this.speed;
  }

  slower(): void {
    this.speed = SPEEDS.findLast((speed) => speed < this.speed) ?? this.speed;
  }

  /** Repeat from one step to another, both included, in either order. */
  setLoop(a: number, b: number): void {
    const clamp = (t: number): number => Math.max(0, Math.min(Math.max(0, this.total - 1), Math.round(t)));
    this.view.loop = a <= b ? [clamp(a), clamp(b)] : [clamp(b), clamp(a)];
  }

  clearLoop(): void {
    this.view.loop = null;
  }

  /** The recording has grown or has been loaded further. */
  grow(available: number, total: number): void {
    if (available !== this.available) this.available = available;
    const reach = Math.max(available, total);
    if (reach !== this.total) this.total = reach;
    if (this.followLive && available > 0) this.move(available - 1);
    else if (this.t >= reach && reach > 0) this.move(reach - 1);
  }

  /** Calls `listener` whenever `t` changes. Returns the way to stop it. */
  onMove(listener: (t: number) => void): () => void {
    this.moved.add(listener);
    return () => this.moved.delete(listener);
  }

  dispose(): void {
    this.pause();
    this.moved.clear();
  }

  /** First and last step of what is played. */
  private range(): readonly [number, number] {
    return this.loop ?? [0, Math.max(0, this.total - 1)];
  }

  private move(t: number): void {
    const to = Math.max(0, Math.min(Math.max(0, this.total - 1), Math.round(t)));
    if (!Number.isFinite(to) || to === this.t) return;
    this.view.t = to;
    for (const listener of this.moved) listener(to);
  }

  private frame(now: number): void {
    if (!this.playing) return;
    const seconds = this.last === null ? 0 : Math.min(MAX_FRAME_SECONDS, (now - this.last) / 1000);
    this.last = now;
    let due = MAX_STEPS_PER_FRAME;
    if (this.speed !== Infinity) {
      this.owed += seconds * this.speed;
      due = Math.floor(this.owed);
      this.owed -= due;
    }
    this.advance(due);
    if (this.playing) this.handle = this.frames.request((next) => this.frame(next));
  }

  /** Up to `due` steps on, never over one that cannot be shown; round the loop, or to the end and stop. */
  private advance(due: number): void {
    const [first, last] = this.range();
    let t = this.t;
    for (; due > 0; due--) {
      const next = t >= last && this.loop ? first : t + 1;
      if (next > last) {
        this.pause();
        this.followLive = this.growing; // caught up with the run: from here on it leads
        break;
      }
      if (!this.holds(next)) {
        this.owed = 0; // it is being loaded: go on from here at the same speed, do not catch up
        break;
      }
      t = next;
    }
    this.move(t);
  }
}
