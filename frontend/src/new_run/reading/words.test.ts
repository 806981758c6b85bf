import { describe, expect, it } from "vitest";
import { dateWords, hzOf, missingOf, missingText, rateParts, swapped } from "./words";

describe("what is typed and read about a file", () => {
  it("says dates without the words of programmers", () => {
    expect(dateWords("%d.%m.%Y %H:%M:%S.%f")).toBe("day.month.year hour:minute:second");
    expect(dateWords("%Y-%m-%dT%H:%M")).toBe("year-month-day hour:minute");
    expect(dateWords("%m/%d/%y %I:%M %p")).toBe("month/day/year (2 digits) hour (12):minute am/pm");
  });

  it("turns day and month round where both are numbers", () => {
    expect([swapped("%d/%m/%Y"), swapped("%Y-%m-%d"), swapped("%d %b %Y")]).toEqual(["%m/%d/%Y", "%Y-%d-%m", null]);
  });

  it("takes a rate as people say it, in both directions", () => {
    for (const [hz, number, unit] of [
      [360, "360", "Hz"],
      [0.5, "0.5", "Hz"],
      [1 / 10, "10", "s apart"],
      [1 / 1800, "30", "min apart"],
      [1 / 5400, "90", "min apart"],
      [1 / 86_400, "1", "days apart"],
      [1 / 2_629_746, "1", "months apart"],
    ] as const) {
      expect(rateParts(hz)).toEqual({ number, unit });
      expect(hzOf(number, unit)).toBeCloseTo(hz, 12);
    }
    expect(hzOf("2,5", "ms apart")).toBeCloseTo(400, 9);
    expect(["", "x", "0", "-1"].map((text) => hzOf(text, "Hz"))).toEqual([null, null, null, null]);
  });

  it("tells words for missing from numbers, and writes them as they were typed", () => {
    expect(missingOf("n/a, −999,  x y;0")).toEqual({ missing: ["n/a", "x y"], sentinels: [-999, 0] });
    expect(missingText({ missing: ["n/a"], sentinels: [-999] })).toBe("n/a, −999");
    expect(missingOf("")).toEqual({ missing: [], sentinels: [] });
  });
});
