/** Words beside the stage follow every step that can be read, and no more than some seven a second. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Answers } from "./answers.svelte";
import { SettledStep } from "./settled_step.svelte";
import type { Session } from "../recording/session.svelte";

let frames: (() => void)[];
beforeEach(() => {
  frames = [];
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  vi.stubGlobal("requestAnimationFrame", (callback: () => void) => frames.push(callback));
  vi.stubGlobal("cancelAnimationFrame", (handle: number) => (frames[handle - 1] = () => undefined));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
const frame = (): void => frames.splice(0).forEach((callback) => callback());

function following(): {
  session: { cursor: { t: number; speed: number }; playing: boolean; grown: number };
  of: SettledStep;
} {
  const session = { cursor: { t: 3, speed: 8 }, playing: false, grown: 2 };
  return { session, of: new SettledStep(session as unknown as Session, () => 10) };
}

describe("now, as it is read", () => {
  it("follows in the next frame while nothing plays, or plays slowly", () => {
    const { session, of } = following();
    expect(of.t).toBe(3);
    session.cursor.t = 4;
    of.follow();
    of.follow();
    expect([of.t, frames.length]).toEqual([3, 1]);
    frame();
    expect([of.t, of.answers]).toEqual([4, 12]);
    Object.assign(session, { playing: true, cursor: { t: 5, speed: 4 } });
    of.follow();
    frame();
    expect(of.t).toBe(5);
  });

  it("waits for a step that is on its way, and says so where that takes long", () => {
    const session = { cursor: { t: 3, speed: 8 }, playing: false, grown: 2 };
    const held = new Set([3, 5]);
    const of = new SettledStep(session as unknown as Session, () => 10, (t) => held.has(t)); // prettier-ignore
    const go = (t: number): void => {
      session.cursor.t = t;
      of.follow();
      frame();
    };
    go(4);
    expect([of.t, of.late]).toEqual([3, false]);
    go(5); // it has gone on to one that is there
    expect([of.t, of.late]).toEqual([5, false]);
    go(6);
    vi.advanceTimersByTime(140);
    expect([of.t, of.late]).toEqual([6, true]);
    held.add(6);
    go(6);
    expect([of.t, of.late]).toEqual([6, false]);
  });

  it("follows every 140 ms while it plays faster than anyone reads", () => {
    const { session, of } = following();
    session.playing = true;
    for (session.cursor.t = 4; session.cursor.t < 12; session.cursor.t++) {
      of.follow();
      vi.advanceTimersByTime(20);
    }
    expect([of.t, frames.length]).toEqual([10, 0]);
    of.follow();
    of.stop();
    vi.advanceTimersByTime(1000);
    expect(of.t).toBe(10);
  });
});

describe("answers of the ledger", () => {
  it("are counted once a frame, however many arrive", () => {
    let heard = (): void => undefined;
    let quiet = 0;
    const listen = (listener: unknown): (() => void) => {
      heard = listener as () => void;
      return () => quiet++;
    };
    const answers = new Answers({ onAnswer: listen });
    heard();
    heard();
    expect(answers.count).toBe(0);
    frame();
    expect(answers.count).toBe(1);
    heard();
    answers.stop();
    frame();
    expect([answers.count, quiet]).toEqual([1, 1]);
  });
});
