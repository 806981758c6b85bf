import { describe, expect, it } from "vitest";
import { matching } from "./palette";

const all = ["Play or pause", "Fold the lane", "Find similar moments", "Go to step 41", "Isolate NTM"].map((says) => ({
  says,
}));
const found = (query: string): string[] => matching(all, query).map(({ says }) => says);

describe("the palette", () => {
  it("offers everything until something is typed", () => {
    expect(found(" ")).toHaveLength(5);
  });

  it("finds words, beginnings before middles, and letters in their order", () => {
    expect(found("fi")[0]).toBe("Find similar moments");
    expect(found("ntm")).toEqual(["Isolate NTM"]);
    expect(found("fsm")[0]).toBe("Find similar moments");
    expect(found("pause")).toEqual(["Play or pause"]);
    expect(found("xyz")).toEqual([]);
  });

  it("offers the step of a number before everything that has the number in it", () => {
    const step = { says: "Go to step 4", exact: true };
    expect(matching([{ says: "Speed: 4 steps per second" }, step, { says: "4" }], "4")[0]).toBe(step);
  });
});
