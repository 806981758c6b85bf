import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { leftAt, remainsOf } from "./remains";

/** Rows of losses, and which steps took them: the same file as in tests/golden/test_golden.py. */
const GOLDEN = JSON.parse(
  readFileSync(new URL("../../../tests/golden/taking.json", import.meta.url), "utf-8"),
) as readonly { name: string; lost: number[]; first: number; last: number; share: number }[];

/** Losses of one mechanism, by step. */
function lost(stop: number, at: Record<number, number>): number[] {
  return Array.from({ length: stop }, (_, t) => at[t] ?? 0);
}

describe("what is left of some writes", () => {
  it("is all of them until something is taken, and half where half has gone", () => {
    const remains = remainsOf(["overwritten"], lost(20, { 10: 0.3, 11: 0.25, 15: 0.4 }), [2, 5], 20);
    expect(remains.since).toBe(5);
    expect([leftAt(remains, 4), leftAt(remains, 5), leftAt(remains, 20)]).toEqual([null, 1, null]);
    expect(leftAt(remains, 10)).toBeCloseTo(0.7);
    expect(leftAt(remains, 19)).toBeCloseTo(0.05);
    expect(remains.half).toBe(11);
  });

  it("names the steps that took most together, and counts what was lost while it was still written", () => {
    const { most } = remainsOf(
      ["overwritten"],
      lost(20, { 3: 0.1, 10: 0.25, 11: 0.2, 12: 0.005, 15: 0.3 }),
      [2, 5],
      20,
    );
    expect(most).toMatchObject({ mechanism: "overwritten", taking: { first: 10, last: 11 } });
    expect(most!.part).toBeCloseTo(0.855);
    expect(most!.taking.part).toBeCloseTo(0.45);
    expect(leftAt(remainsOf(["faded"], lost(9, { 3: 0.1 }), [2, 5], 9), 5)).toBeCloseTo(0.9);
  });

  it("is told apart by mechanism; a slow one from its beginning to its end", () => {
    const slow = lost(100, Object.fromEntries(Array.from({ length: 81 }, (_, k) => [k + 10, 0.008])));
    const remains = remainsOf(["freed", "faded"], [...lost(100, { 50: 0.2 }), ...slow], [0, 3], 100);
    expect(remains.most).toMatchObject({ mechanism: "faded", taking: { first: 14, last: 86 } });
    expect(remains.most!.part).toBeCloseTo(0.648);
  });

  it.each(GOLDEN)("is dated as in Python: $name", ({ lost: row, first, last, share }) => {
    const { taking } = remainsOf(["overwritten"], row, [0, 0], row.length).most!;
    expect([taking.first, taking.last]).toEqual([first, last]);
    expect(taking.part).toBeCloseTo(share, 10);
  });

  it("stays whole where a memory has no way to lose it", () => {
    const remains = remainsOf([], [], [2, 5], 9);
    expect([remains.half, remains.most, leftAt(remains, 8)]).toEqual([null, null, 1]);
  });
});
