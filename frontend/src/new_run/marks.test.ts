/** Names, delay and steps of the picture of a signal. */
import { describe, expect, it } from "vitest";
import { bandNames, delayMark, stepTicks } from "./marks";

const EVENTS = [
  { kind: "label", step: 3, until: 4, label: "odd beat" },
  { kind: "store", step: 40, until: 64, label: "store" },
  { kind: "recall", step: 94, until: 118, label: "recall" },
  { kind: "store", step: 130, until: 154, label: "store" },
  { kind: "recall", step: 160, until: 184, label: "recall" },
];

describe("the picture of a signal", () => {
  it("names the first band of either kind where it begins", () => {
    expect(bandNames(EVENTS, 200, 400)).toEqual([
      { kind: "store", x: 80, text: "store, 24 steps" },
      { kind: "recall", x: 188, text: "recall" },
    ]);
    expect(bandNames([{ kind: "store", step: 2, until: 3, label: "context" }], 10, 10)).toEqual([
      { kind: "store", x: 2, text: "context, 1 step" },
    ]);
    expect(bandNames([], 200, 400)).toEqual([]);
  });

  it("says how long has to be waited, in time where the rate is known", () => {
    expect(delayMark(EVENTS, 200, 400, null)).toEqual({ x: 128, to: 188, texts: ["delay 30 steps", "30"] });
    expect(delayMark(EVENTS, 200, 400, 36)!.texts[0]).toBe("delay 30 steps = 0.83 s");
    const touching = [EVENTS[1]!, { kind: "recall", step: 64, until: 88, label: "recall" }];
    expect(delayMark(touching, 200, 400, null)).toBeNull();
    const amid = [EVENTS[1]!, { kind: "recall", step: 50, until: 52, label: "recall" }, EVENTS[2]!];
    expect(delayMark(amid, 200, 400, null)).toEqual(delayMark(EVENTS, 200, 400, null)); // not asked while it is stored
    expect(delayMark([EVENTS[2]!, EVENTS[3]!], 200, 400, null)).toBeNull(); // asked before anything is stored
  });

  it("has round steps that do not crowd", () => {
    expect(stepTicks(184, 700).map(({ text }) => text)).toEqual(["0", "50", "100", "150"]);
    expect(stepTicks(5, 700).map(({ text }) => text)).toEqual(["0", "1", "2", "3", "4"]);
    expect(stepTicks(4096, 300).map(({ text }) => text)).toEqual(["0", "2000", "4000"]);
    expect(stepTicks(100, 0)).toHaveLength(1);
  });
});
