import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Target } from "../draw/hit";
import { Gestures } from "./gestures";

const MOUSE = { touch: false, shift: false };
const lane: Target = { zone: "lane", stream: 1, t: 10, slot: 4 };

/** A stage of 10 px per step: axis above y = 10, a lane below, the cut through now right of x = 500. */
function stage() {
  const said: unknown[][] = [];
  const say =
    (name: string) =>
    (...args: unknown[]): void =>
      void said.push([name, ...args]);
  const gestures = new Gestures({
    hit: (x, y) => (x > 500 ? lane : y < 10 ? { zone: "axis", t: Math.floor(x / 10) } : lane),
    step: (x) => (x <= 500 ? Math.floor(x / 10) : null),
    look: say("look"),
    press: say("press"),
    seek: say("seek"),
    select: say("select"),
    pan: say("pan"),
    hold: say("hold"),
  });
  return { gestures, said: () => said.filter(([name]) => name !== "hold") };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the pointer", () => {
  it("presses what it was on when it hardly moved", () => {
    const { gestures, said } = stage();
    gestures.down(100, 50, MOUSE);
    gestures.move(102, 50, false);
    gestures.up();
    expect(said()).toEqual([["press", lane]]);
  });

  it("selects in a lane, scrubs on the axis, pans with Shift", () => {
    const { gestures, said } = stage();
    gestures.down(100, 50, MOUSE);
    gestures.move(160, 50, false);
    gestures.move(70, 50, false);
    gestures.up();
    expect(said().splice(0)).toEqual([
      ["select", 10, 16],
      ["select", 10, 7],
    ]);
    const axis = stage();
    axis.gestures.down(100, 5, MOUSE);
    axis.gestures.move(130, 5, false);
    axis.gestures.up();
    expect(axis.said()).toEqual([
      ["seek", 10],
      ["seek", 13],
    ]);
    const pan = stage();
    pan.gestures.down(100, 50, { touch: false, shift: true });
    pan.gestures.move(80, 50, false);
    pan.gestures.up();
    expect(pan.said()).toEqual([
      ["pan", 0, true],
      ["pan", 20, false],
    ]);
  });

  it("a finger scrubs, and looks when it rests", () => {
    const { gestures, said } = stage();
    gestures.down(100, 50, { touch: true, shift: false });
    gestures.move(140, 50, true);
    gestures.up();
    expect(said()).toEqual([["seek", 14]]);
    const rest = stage();
    rest.gestures.down(100, 50, { touch: true, shift: false });
    vi.advanceTimersByTime(500);
    rest.gestures.up();
    expect(rest.said()).toEqual([["look", lane]]);
  });

  it("does not select in the cut through now", () => {
    const { gestures, said } = stage();
    gestures.down(600, 50, MOUSE);
    gestures.move(640, 50, false);
    gestures.up();
    expect(said()).toEqual([]);
  });
});
