import { describe, expect, it } from "vitest";
import type { Lane } from "../../draw/lane/lane";
import { BeatClock, type Motion } from "./beat_clock";

const lane = { stream: 0, has: () => true, picture: (t: number) => ({ t }) } as unknown as Lane;
const motion = (t: number, extra: Partial<Motion> = {}): Motion => ({
  t,
  playing: false,
  speed: 8,
  still: false,
  ...extra,
});

/** Whether a step from 10 to `t` is shown in beats. */
function moves(extra: Partial<Motion> & { t: number }): boolean {
  const clock = new BeatClock(() => 0);
  clock.follow(motion(10), [lane]);
  clock.follow(motion(extra.t, extra), [lane]);
  return clock.beats() !== null;
}

describe("the clock of the beats", () => {
  it("runs for single steps on, by hand or slowly played, and only where motion is welcome", () => {
    expect(moves({ t: 11 })).toBe(true);
    expect(moves({ t: 11, playing: true, speed: 4 })).toBe(true);
    expect(moves({ t: 11, playing: true, speed: 8 })).toBe(false);
    expect(moves({ t: 11, still: true })).toBe(false);
    expect(moves({ t: 9 })).toBe(false);
    expect(moves({ t: 20 })).toBe(false);
  });

  it("ends by itself and can be skipped", () => {
    let now = 0;
    const clock = new BeatClock(() => now);
    clock.follow(motion(1), [lane]);
    expect(clock.beats()).toBeNull();
    clock.follow(motion(2), [lane]);
    now = 240;
    expect(clock.beats()!.part).toBeCloseTo(0.5, 6);
    now = 481;
    expect(clock.beats()).toBeNull();
    clock.follow(motion(3), [lane]);
    clock.skip();
    expect(clock.beats()).toBeNull();
  });
});
