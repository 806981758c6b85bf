/** Numbers as people read them. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { counted, duration, rateText } from "./format";

const RATES = JSON.parse(readFileSync(new URL("../../../../tests/golden/rates.json", import.meta.url), "utf-8")) as {
  hz: number;
  words: string;
}[];

describe("a rate", () => {
  it("is said in the words of the library", () => {
    for (const { hz, words } of RATES) expect(rateText(hz)).toBe(words);
  });
});

describe("things with their number", () => {
  it("are several unless there is one", () => {
    expect([0, 1, 2, 1240].map((many) => counted(many, "step"))).toEqual([
      "0 steps",
      "1 step",
      "2 steps",
      "1\u2009240 steps",
    ]);
  });
});

describe("a span of time", () => {
  it("is said in days where it has many hours", () => {
    expect([7200, 172_799, 172_800, 10_368_000].map(duration)).toEqual([
      "2 h 00 min",
      "47 h 59 min",
      "2.0 days",
      "120 days",
    ]);
  });
});
