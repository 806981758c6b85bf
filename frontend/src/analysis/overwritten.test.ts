import { describe, expect, it } from "vitest";
import { overwritten } from "./overwritten";

describe("who overwrote a write", () => {
  it("is the step that took most of what was left", () => {
    expect(overwritten([0, 0, 0.3, 0.9, 0.9], 0, 4)).toEqual({ step: 3, part: 0.7 * 0.9 });
    expect(overwritten([0, 0, 0.3, 0.9], 0, 2)).toEqual({ step: 2, part: 0.3 });
  });

  it("is nobody where next to nothing was taken, or only before the write", () => {
    expect(overwritten([0, 0.9, 0.01, 0.01], 1, 3)).toBeNull();
    expect(overwritten([], 0, 5)).toBeNull();
  });
});
