import { describe, expect, it } from "vitest";
import { BEATS_MS, beatAt, beatsTime, between } from "./beats";
import type { NowPicture } from "./kinds/base";

/** A memory of two slots, two numbers wide; the step erases half of slot 0, writes into it and reads slot 1. */
function picture(values: number[], usage: number[], t: number): NowPicture {
  return {
    t,
    rows: 2,
    per: 1,
    filled: 2,
    blocks: [
      {
        name: "memory",
        columns: 2,
        weight: 1,
        map: "signed",
        values: Float32Array.from(values),
        changes: "write",
        keeps: (i: number) => (i < 2 ? 0.5 : 1),
      },
    ],
    writes: [Float32Array.from([1, 0])],
    reads: [Float32Array.from([0, 1])],
    usage: Float32Array.from(usage),
    erase: Float32Array.from([0.5, 0.5]),
    add: Float32Array.from([2, 0]),
    dials: [],
  } as unknown as NowPicture;
}
const beat = { before: picture([4, 4, 1, 1], [0.2, 1], 6), after: picture([4, 2, 1, 1], [1, 0.4], 7) };
const memory = (p: number): number[] => [...between(beat, p).blocks[0]!.values];

describe("the four beats of a step", () => {
  it("come in order: free, erase, write, read", () => {
    const names = Array.from({ length: 101 }, (_, k) => beatAt(k / 100).name);
    expect([...new Set(names)]).toEqual(["free", "erase", "write", "read"]);
    expect(beatAt(0).done).toEqual({ free: 0, erase: 0, write: 0, read: 0 });
    expect(beatAt(1).done).toEqual({ free: 1, erase: 1, write: 1, read: 1 });
  });

  it("show the memory before, then erased, then written; at the end exactly what the log says", () => {
    expect(memory(0)).toEqual([4, 4, 1, 1]);
    expect(memory(0.4599).map((v) => Math.round(v * 100) / 100)).toEqual([2, 2, 1, 1]);
    expect(memory(0.7299).map((v) => Math.round(v * 100) / 100)).toEqual([4, 2, 1, 1]);
    expect(between(beat, 1)).toBe(beat.after);
  });

  it("frees before it writes, and reads last", () => {
    const freed = between(beat, 0.21);
    expect(freed.usage[1]).toBeCloseTo(0.4, 6);
    expect(freed.usage[0]).toBeCloseTo(0.2, 6);
    expect(freed.writes[0]![0]).toBe(0);
    expect(between(beat, 0.7).reads[0]![1]).toBe(0);
    expect(between(beat, 0.99).reads[0]![1]).toBeGreaterThan(0.9);
  });

  it("are over before the next step comes", () => {
    expect(beatsTime(false, 8)).toBe(BEATS_MS);
    for (const speed of [0.1, 1, 2, 4]) expect(beatsTime(true, speed)).toBeLessThan(1000 / speed);
  });
});
