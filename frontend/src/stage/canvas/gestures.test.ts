import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Target } from "../../view/vocabulary";
import { layout, xOfStep } from "../../draw/stage/layout";
import { pinched } from "../../draw/stage/pinch";
import { Gestures, Notches, type Pointed } from "./gestures";

const mouse = (x: number, y: number): Pointed => ({ id: 1, x, y, touch: false });
const finger = (x: number, y: number, id = 2): Pointed => ({ id, x, y, touch: true });
const lane: Target = { zone: "lane", stream: 1, t: 10, slot: 4 };

/** A stage of 10 px per step: axis above y = 10, a lane below, the cut through now right of x = 500. */
function stage() {
  const said: unknown[][] = [];
  const say =
    (name: string) =>
    (...args: unknown[]): void =>
      void said.push([name, ...args]);
  let now = 7;
  const gestures = new Gestures({
    hit: (x, y) => (x > 500 ? lane : y < 10 ? { zone: "axis", t: Math.floor(x / 10) } : lane),
    step: (x) => (x <= 500 ? Math.floor(x / 10) : null),
    look: say("look"),
    now: () => now,
    press: say("press"),
    seek: (t) => {
      now = t;
      say("seek")(t);
    },
    select: say("select"),
    pan: say("pan"),
    pinch: say("pinch"),
    hold: say("hold"),
  });
  return {
    gestures,
    said: () => said.filter(([name]) => name !== "hold"),
    held: () => said.findLast(([name]) => name === "hold")?.[1],
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the pointer", () => {
  it("presses what it was on when it hardly moved", () => {
    const { gestures, said } = stage();
    gestures.down(mouse(100, 50));
    gestures.move(mouse(102, 50));
    gestures.up(1);
    expect(said()).toEqual([["press", lane]]);
  });

  it("selects in a lane, scrubs on the axis, pans with Shift", () => {
    const { gestures, said } = stage();
    gestures.down(mouse(100, 50));
    gestures.move(mouse(160, 50));
    gestures.move(mouse(70, 50));
    gestures.up(1);
    expect(said().splice(0)).toEqual([
      ["select", 10, 16],
      ["select", 10, 7],
    ]);
    const axis = stage();
    axis.gestures.down(mouse(100, 5));
    axis.gestures.move(mouse(130, 5));
    axis.gestures.up(1);
    expect(axis.said()).toEqual([
      ["seek", 10],
      ["seek", 13],
    ]);
    const pan = stage();
    pan.gestures.down(mouse(100, 50), true);
    pan.gestures.move(mouse(80, 50));
    pan.gestures.up(1);
    expect(pan.said()).toEqual([
      ["pan", 0, true],
      ["pan", 20, false],
    ]);
  });

  it("a finger scrubs, looks when it rests, and selects when it moves on after that", () => {
    const { gestures, said } = stage();
    gestures.down(finger(100, 50));
    gestures.move(finger(140, 50));
    gestures.up(2);
    expect(said()).toEqual([["seek", 14]]);
    const rest = stage();
    rest.gestures.down(finger(100, 50));
    vi.advanceTimersByTime(500);
    rest.gestures.up(2);
    expect(rest.said()).toEqual([["look", lane]]);
    const select = stage();
    select.gestures.down(finger(100, 50));
    vi.advanceTimersByTime(500);
    select.gestures.move(finger(160, 50));
    select.gestures.up(2);
    expect(select.said()).toEqual([
      ["look", lane],
      ["select", 10, 16],
    ]);
    expect(select.held()).toBe(false);
  });

  it("does not select in the cut through now", () => {
    const { gestures, said } = stage();
    gestures.down(mouse(600, 50));
    gestures.move(mouse(640, 50));
    gestures.up(1);
    expect(said()).toEqual([]);
  });
});

describe("two fingers", () => {
  it("take hold of time, move with it and spread it, until one of them leaves", () => {
    const { gestures, said, held } = stage();
    gestures.down(finger(100, 50));
    gestures.down(finger(200, 50, 3));
    gestures.move(finger(80, 50));
    gestures.move(finger(240, 80, 3));
    expect(said()).toEqual([
      ["pinch", { x: 150, spread: 100 }, true],
      ["pinch", { x: 140, spread: 120 }, false],
      ["pinch", { x: 160, spread: Math.hypot(160, 30) }, false],
    ]);
    expect(held()).toBe(true);
    gestures.up(3);
    gestures.move(finger(20, 50)); // the finger that stays scrubs nothing
    vi.advanceTimersByTime(1000);
    gestures.up(2);
    gestures.leave();
    expect(said().slice(3)).toEqual([["look", null]]);
    expect(held()).toBe(false);
    gestures.down(finger(100, 50)); // and the next one is a finger like any other
    gestures.up(2);
    expect(said().slice(4)).toEqual([["press", lane]]);
  });

  it("press nothing and look at nothing, however short or long they rest", () => {
    for (const ms of [10, 1000]) {
      const { gestures, said } = stage();
      gestures.down(finger(100, 50));
      gestures.down(finger(200, 50, 3));
      vi.advanceTimersByTime(ms);
      gestures.up(2);
      gestures.up(3);
      expect(said().map(([name]) => name)).toEqual(["pinch"]);
    }
  });

  it("take back what the first one scrubbed while the second was on its way, not what it scrubbed before", () => {
    const { gestures, said } = stage();
    gestures.down(finger(100, 5)); // on the axis
    vi.advanceTimersByTime(120);
    gestures.move(finger(130, 5));
    gestures.down(finger(200, 5, 3));
    expect(said().slice(0, 3)).toEqual([
      ["seek", 10],
      ["seek", 13],
      ["seek", 7],
    ]);
    const late = stage();
    late.gestures.down(finger(100, 50));
    late.gestures.move(finger(130, 50));
    vi.advanceTimersByTime(2000);
    late.gestures.down(finger(200, 50, 3));
    expect(late.said().filter(([name]) => name === "seek")).toEqual([["seek", 13]]);
  });

  it("may be joined by a third, and the two that stay go on from where they are", () => {
    const { gestures, said } = stage();
    gestures.down(finger(100, 50));
    gestures.down(finger(200, 50, 3));
    gestures.down(finger(400, 50, 4));
    gestures.up(2);
    expect(said()).toEqual([
      ["pinch", { x: 150, spread: 100 }, true],
      ["pinch", { x: 300, spread: 200 }, true],
    ]);
  });

  it("a finger that the browser takes to scroll the page presses nothing", () => {
    const { gestures, said, held } = stage();
    gestures.down(finger(100, 50));
    gestures.cancel(2);
    expect(said()).toEqual([]);
    expect(held()).toBe(false);
  });

  const box = layout(820, 700, 2);
  const from = { first: 100, step: 3 };
  const middle = xOfStep(box, from, 150);
  const began = { x: middle, spread: 100 };

  it("keep the step they took hold of between them, at widths there are", () => {
    for (const [spread, moved] of [
      [100, 60],
      [140, 0],
      [280, -40],
      [60, 30],
      [9000, 0],
    ] as const) {
      const now = { x: middle + moved, spread };
      const window = pinched(box, { from, began, now }, from.step, 1000);
      expect([1.5, 2, 3, 4, 6, 8, 12, 16]).toContain(window.step);
      expect(Math.abs(xOfStep(box, window, 150) - now.x)).toBeLessThanOrEqual(window.step / 2 + 0.001);
    }
    expect(pinched(box, { from, began, now: { x: middle, spread: 200 } }, 3, 1000).step).toBe(6);
    expect(pinched(box, { from, began, now: { x: middle, spread: 50 } }, 3, 1000).step).toBe(1.5);
  });

  it("do not make the picture tremble between two widths, nor leave the run", () => {
    const between = { x: middle, spread: 100 * Math.sqrt(4 / 3) };
    expect(pinched(box, { from, began, now: between }, 3, 1000).step).toBe(3);
    expect(pinched(box, { from, began, now: between }, 4, 1000).step).toBe(4);
    expect(pinched(box, { from, began, now: { x: middle + 5000, spread: 100 } }, 3, 1000).first).toBe(0);
    const end = pinched(box, { from, began, now: { x: middle - 5000, spread: 100 } }, 3, 1000);
    expect(end.first).toBe(Math.ceil(1000 - box.time.w / 3));
  });
});

describe("the wheel", () => {
  const turn = (notches: Notches, ...by: number[]): number[] =>
    by.map((deltaY) => notches.turn({ deltaY, deltaMode: 0 }));

  it("turns by notches; the small turns of a trackpad's pinch add up", () => {
    expect(turn(new Notches(), 120, 120, -100)).toEqual([1, 1, -1]);
    expect(new Notches().turn({ deltaY: -3, deltaMode: 1 })).toBe(-1);
    expect(turn(new Notches(), -8, -8, -8, -8, -8)).toEqual([0, 0, 0, -1, 0]);
    expect(turn(new Notches(), 20, -20, 20, 20)).toEqual([0, 0, 0, 1]);
  });
});
