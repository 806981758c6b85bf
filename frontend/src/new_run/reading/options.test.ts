import { describe, expect, it } from "vitest";
import { added, changed, holds, plain, touches, without } from "./options";

describe("what is said about a file", () => {
  it("says nothing where it is null, an empty list or the default; that there is no time is said", () => {
    const all = { decimal: null, missing: [], ragged: "refuse", infinite: "missing", time: [], header: false } as const;
    expect(plain({ ...all, missing: [], time: [] })).toEqual({ infinite: "missing", time: [], header: false });
  });

  it("grows by lists, each word once; of the rest the last word holds", () => {
    const said = added(
      { missing: ["x"], text_columns: ["a"], skip: 2 },
      { missing: ["x", "y"], skip: 3, ragged: "skip" },
    );
    expect(said).toEqual({ missing: ["x", "y"], text_columns: ["a"], skip: 3, ragged: "skip" });
  });

  it("can be replaced and taken back", () => {
    expect(changed({ missing: ["x"], skip: 2 }, { missing: [], decimal: "," })).toEqual({ skip: 2, decimal: "," });
    expect(without({ sentinels: [-999, 0], order: "time", skip: 1 }, { sentinels: [-999], order: "time" })).toEqual({
      sentinels: [0],
      skip: 1,
    });
  });

  it("is compared by what it says", () => {
    const said = { sentinels: [-999, 0], time: ["a", "b"] };
    expect(holds(said, { sentinels: [0] })).toBe(true);
    expect(holds(said, { time: ["b", "a"] })).toBe(false);
    expect(holds(said, { decimal: null })).toBe(true);
    expect([touches(said, { time: ["c"] }), touches(said, { decimal: "," })]).toEqual([true, false]);
  });
});
