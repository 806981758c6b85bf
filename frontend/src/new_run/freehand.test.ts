import { describe, expect, it } from "vitest";
import { csvOf, stroke, whole } from "./freehand";

const blank = (n: number): null[] => Array.from({ length: n }, () => null);

describe("a line drawn by hand", () => {
  it("fills every step a stroke passes, in either direction, inside the pad", () => {
    const right = stroke(blank(6), { step: 1, value: 0 }, { step: 4, value: 0.9 });
    expect(right.map((v) => v?.toFixed(1) ?? null)).toEqual([null, "0.0", "0.3", "0.6", "0.9", null]);
    expect(stroke(blank(6), { step: 4, value: 0.9 }, { step: 1, value: 0 })).toEqual(right);
    expect(stroke(blank(3), { step: -2, value: -4 }, { step: 9, value: 4 })).toHaveLength(3);
    expect(Math.max(...whole(stroke(blank(3), { step: -2, value: 3 }, { step: 9, value: 4 })))).toBe(1);
    expect(stroke(blank(3), { step: 1.2, value: 0.5 }, { step: 0.9, value: 0.7 })).toEqual([null, 0.7, null]);
  });

  it("joins strokes by straight lines and leaves out what lies before and after", () => {
    expect(whole([null, 0, null, null, 0.6, null])).toEqual([0, 0.6 / 3, (2 * 0.6) / 3, 0.6]);
    expect(whole(blank(4))).toEqual([]);
    expect(whole([null, 0.5, null])).toEqual([0.5]);
  });

  it("travels as a CSV of one column", () => {
    expect(csvOf([0, -0.5])).toBe("drawn\n0.0000\n-0.5000\n");
  });
});
