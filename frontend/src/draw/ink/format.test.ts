/** Numbers as people read them. */
import { describe, expect, it } from "vitest";
import { rateText } from "./format";

describe("a rate", () => {
  it("is in Hz, and of slow series a step in so much time", () => {
    expect([36, 0.5, 1 / 10].map(rateText)).toEqual(["36 Hz", "0.5 Hz", "0.1 Hz"]);
    expect([1 / 30, 1 / 1800, 1 / 3600, 1 / 86_400].map(rateText)).toEqual([
      "1 per 30 s",
      "1 per 30 min",
      "1 per 1 h",
      "1 per 1 d",
    ]);
  });
});
