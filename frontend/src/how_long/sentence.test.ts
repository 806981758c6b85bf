import { describe, expect, it } from "vitest";
import { COARSE, plain, scope, sentence } from "./sentence";
import { measurementOf } from "./testmeasurement";

const FOUR = {
  transformer: { 10: 0.03, 40: 0.04, 60: 0.32, 120: 0.72, 200: 0.85 },
  ntm: { 10: 0.03, 40: 0.03, 60: 0.03, 120: 1.06, 200: 1.22 },
  dnc: { 10: 0.01, 40: 0.01, 60: 0.01, 120: 0.02, 200: 0.7 },
  lstm: { 10: 0.24, 40: 0.23, 60: 0.21, 120: 0.27, 200: 0.4 },
  deltanet: { 10: 0.25, 40: 0.22, 60: 0.22, 120: 0.19, 200: 0.18 },
  gru: { 10: 0.46, 40: 0.45, 60: 0.43, 120: 0.47, 200: 0.75 },
};
const said = (...args: Parameters<typeof measurementOf>): string => plain(sentence(measurementOf(...args)));

describe("the first line", () => {
  it("says between which measured delays the exact ones end, and who outlives them", () => {
    expect(said(FOUR)).toBe(
      "The exact memories end at a cliff: the error passes 0.1 between 40 and 60 steps for TRANSFORMER, 60 and 120 for NTM, " +
        "120 and 200 for DNC. At 200, DELTANET (0.18) and LSTM (0.40) answer better than all of these.",
    );
  });

  it("sets the names of models apart", () => {
    expect(sentence(measurementOf(FOUR)).filter((part) => typeof part !== "string")).toEqual(
      ["TRANSFORMER", "NTM", "DNC", "DELTANET", "LSTM"].map((model) => ({ model })),
    );
  });

  it("names those together that end together", () => {
    const same = { 10: 0.02, 40: 0.03, 60: 0.9 };
    expect(said({ a: same, b: same, c: same })).toBe(
      "The exact memories end at a cliff: the error passes 0.1 between 40 and 60 steps for A, B and C.",
    );
  });

  it("never names a number between two measured delays", () => {
    const numbers = said(FOUR).match(/\b\d+(?:\.\d+)?\b/g)!.map(Number).filter((number) => number > 5); // prettier-ignore
    expect(numbers.every((number) => [10, 40, 60, 120, 200].includes(number))).toBe(true);
  });

  it("says how far one that shows no end was measured", () => {
    expect(said({ edc: { 10: 0.01, 400: 0.02 } })).toBe("EDC stays exact up to 400.");
    expect(said({ a: { 10: 0.01, 400: 0.02 }, b: { 10: 0.02, 400: 0.02 } })).toBe("A and B stay exact up to 400.");
  });

  it("says seconds where the rate is known", () => {
    const line = said({ dnc: { 10: 0.01, 150: 0.04, 200: 0.7 } }, { sample_rate: 36 });
    expect(line).toBe("The error passes 0.1 between 150 and 200 steps (5.6 s) for DNC.");
  });

  it("takes a band that reaches over the level for not exact", () => {
    expect(said({ ntm: { 10: 0.098, 40: 0.099 } })).toBe(
      "No model is exact, not even at 10 steps; NTM comes closest (0.10).",
    );
  });

  it("says which are no better than answering 0", () => {
    expect(said({ dnc: { 10: 0.01, 40: 0.01 }, rnn: { 10: 0.97, 40: 1 } })).toBe(
      "DNC stays exact up to 40. RNN is no better than answering 0.",
    );
    expect(said({ rnn: { 10: 0.97, 40: 1 } })).toMatch(/^No model here remembers this signal/);
  });

  it("makes no comparison of fewer than eight windows, and says so", () => {
    expect(said(FOUR, { n: 3 })).not.toContain("better than");
    expect(said(FOUR, { n: 3 })).toMatch(/3 windows: rank only, no band\.$/);
    expect(said(FOUR, { n: 1 })).toMatch(/One window: rank only, no band\.$/);
  });

  it("makes no comparison where bands overlap", () => {
    expect(said(FOUR, {}, 0.6)).not.toContain("DELTANET");
  });

  it("waits for the last point", () => {
    expect(said(FOUR, { status: "running" })).toBe(COARSE);
    expect(said({}, { status: "stopped" })).toBe("It was stopped before the first delay was measured.");
    expect(said({}, { status: "failed", reason: "the worker process ended" })).toBe(
      "This could not be measured: the worker process ended.",
    );
  });
});

describe("the scope", () => {
  it("counts delays, models and windows", () => {
    expect(scope(measurementOf(FOUR))).toBe("5 delays × 6 models, 32 windows, 9.6 s");
    expect(scope(measurementOf({ a: { 10: 1 } }, { n: 1, seconds: 28.4 }))).toBe("1 delay × 1 model, 1 window, 28 s");
  });
});
