import { describe, expect, it } from "vitest";
import { Cursor } from "./cursor.svelte";

/** Frames that come when the test says so. */
class Clock {
  now = 0;
  private callbacks = new Map<number, (now: number) => void>();
  private handles = 0;

  request = (callback: (now: number) => void): number => {
    this.callbacks.set(++this.handles, callback);
    return this.handles;
  };

  cancel = (handle: number): void => void this.callbacks.delete(handle);

  get waiting(): number {
    return this.callbacks.size;
  }

  /** Runs frames of `ms` each for `seconds`. */
  run(seconds: number, ms = 1000 / 60): void {
    for (let i = 0; i < Math.round((seconds * 1000) / ms); i++) {
      this.now += ms;
      const due = [...this.callbacks.values()];
      this.callbacks.clear();
      for (const callback of due) callback(this.now);
    }
  }
}

function cursor(available: number, total = available): { cursor: Cursor; clock: Clock; seen: number[] } {
  const clock = new Clock();
  const made = new Cursor(clock);
  made.grow(available, total);
  const seen: number[] = [];
  made.onMove((t) => seen.push(t));
  return { cursor: made, clock, seen };
}

describe("playing", () => {
  it.each([
    [0.5, 10, 5],
    [8, 5, 40],
    [60, 5, 300],
    [50, 5, 250],
  ])("at %d steps/s for %d s moves %d steps, whatever the frame rate", (speed, seconds, steps) => {
    for (const ms of [1000 / 60, 1000 / 144, 40]) {
      const { cursor: now, clock } = cursor(1000);
      now.speed = speed;
      now.play();
      clock.run(ms / 1000, ms); // the first frame starts the clock
      clock.run(seconds, ms);
      expect(Math.abs(now.t - steps)).toBeLessThanOrEqual(1);
    }
  });

  it("never skips a step that cannot be shown, and goes on at its speed when it can", () => {
    const { cursor: now, clock, seen } = cursor(100, 1000);
    now.speed = 60;
    now.play();
    clock.run(5);
    expect(now.t).toBe(99);
    expect(now.playing).toBe(true);
    now.grow(1000, 1000);
    clock.run(1);
    expect(Math.abs(now.t - 159)).toBeLessThanOrEqual(2); // no leap for the time it waited
    expect(seen.every((t, i) => i === 0 || t - seen[i - 1]! <= 2)).toBe(true);
  });

  it("at full speed goes a bounded number of steps per frame", () => {
    const { cursor: now, clock, seen } = cursor(1000);
    now.speed = Infinity;
    now.play();
    clock.run(0.5);
    expect(seen.every((t, i) => i === 0 || t - seen[i - 1]! <= 12)).toBe(true);
    clock.run(2);
    expect(now.t).toBe(999);
    expect(now.playing).toBe(false);
    expect(clock.waiting).toBe(0); // nothing moves: no frames are asked for
  });

  it("does not leap after the tab was hidden", () => {
    const { cursor: now, clock } = cursor(1000);
    now.speed = 8;
    now.play();
    clock.run(1);
    const before = now.t;
    clock.run(60, 60_000);
    expect(now.t - before).toBeLessThanOrEqual(3);
  });

  it("stops at the end, and starts over when played again", () => {
    const { cursor: now, clock } = cursor(20);
    now.speed = 60;
    now.play();
    clock.run(2);
    expect([now.t, now.playing, now.followLive]).toEqual([19, false, false]);
    now.play();
    expect(now.t).toBe(0);
    clock.run(0.1);
    expect(now.t).toBeGreaterThan(2);
    now.toggle();
    expect(clock.waiting).toBe(0);
  });

  it("repeats a loop, all of it, step by step", () => {
    const { cursor: now, clock, seen } = cursor(100);
    now.setLoop(30, 25);
    expect(now.loop).toEqual([25, 30]);
    now.speed = 60;
    now.play();
    clock.run(0.5);
    expect(new Set(seen)).toEqual(new Set([25, 26, 27, 28, 29, 30]));
    now.clearLoop();
    clock.run(1);
    expect(now.t).toBeGreaterThan(30);
  });

  it("of a live run to its end becomes following it", () => {
    const { cursor: now, clock } = cursor(50);
    now.growing = true;
    now.seek(40);
    now.speed = 60;
    now.play();
    clock.run(1);
    expect([now.t, now.playing, now.followLive]).toEqual([49, false, true]);
    now.grow(70, 80);
    expect(now.t).toBe(69);
    now.seek(10);
    now.grow(90, 90);
    expect([now.t, now.followLive]).toEqual([10, false]);
    now.backToLive();
    expect(now.t).toBe(89);
  });
});

describe("moving", () => {
  it("stays between the first and the last step there is", () => {
    const { cursor: now } = cursor(10, 100);
    for (const [to, at] of [
      [-5, 0],
      [50, 50],
      [1e9, 99],
      [3.6, 4],
      [NaN, 4],
    ] as const) {
      now.seek(to);
      expect(now.t).toBe(at);
    }
    now.home();
    now.step(-1);
    expect(now.t).toBe(0);
    now.end();
    now.step(10);
    expect(now.t).toBe(99);
    now.grow(10, 20); // never shrinks in practice; must not point outside
    expect(now.t).toBe(19);
  });

  it("of an empty recording is no movement", () => {
    const { cursor: now, clock } = cursor(0);
    now.seek(5);
    now.play();
    clock.run(1);
    expect([now.t, now.playing]).toEqual([0, false]);
  });

  it("changes speed along the scale", () => {
    const { cursor: now } = cursor(10);
    now.faster();
    expect(now.speed).toBe(15);
    now.speed = 7;
    now.slower();
    expect(now.speed).toBe(4);
    now.speed = Infinity;
    now.faster();
    expect(now.speed).toBe(Infinity);
    now.speed = 0.1;
    now.slower();
    expect(now.speed).toBe(0.1);
  });
});
