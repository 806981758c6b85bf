import { describe, expect, it } from "vitest";
import { fitting, leastSteps, rounds, suggested } from "./plan";

describe("the plan of signal-recall, as tasks.SignalRecall lays it out", () => {
  it("puts rounds one after another, at most 16 steps apart", () => {
    expect(rounds(300, 16, 24, 30, 2)).toEqual([
      { step: 16, until: 40, kind: "store" },
      { step: 70, until: 94, kind: "recall" },
      { step: 110, until: 134, kind: "store" },
      { step: 164, until: 188, kind: "recall" },
    ]);
    expect(rounds(300, 0, 24, 30, 1)[0]!.step).toBe(0);
  });

  it("fits as many rounds as the signal has room for, and none into a signal too short for one", () => {
    expect(leastSteps(16, 24, 30)).toBe(94);
    expect(fitting(94, 16, 24, 30)).toBe(1);
    expect(fitting(93, 16, 24, 30)).toBe(0);
    expect(fitting(420, 16, 24, 30)).toBe(4);
  });

  it("suggests 36 Hz for a fast series in millivolts, and leaves others as they are", () => {
    expect(suggested(21_600, 360, "mV")).toEqual({ resample: 36, stop: 4000 });
    expect(suggested(320, 36, "mV")).toEqual({ resample: null, stop: 320 });
    expect(suggested(30_000, 100, "uV")).toEqual({ resample: null, stop: 400 });
    expect(suggested(10_320, null, null)).toEqual({ resample: null, stop: 400 });
  });
});
