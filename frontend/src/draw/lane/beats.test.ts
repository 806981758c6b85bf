import { describe, expect, it, vi } from "vitest";
import { DARK, makeInks } from "../ink/tokens";
import { layout } from "../stage/layout";
import { drawingOf, points, stubCanvases, type Shape } from "../testdrawing";
import { BEATS_MS, beatAt, beatInk, beatsTime, between, paintBeats } from "./beats";
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

describe("what moves while a step is carried out", () => {
  const inks = makeInks(DARK, true);
  const box = layout(1184, 752, 1).lanes[0]!.now;
  const { matrix } = box;
  const middle = (row: number): number => matrix.y + (row + 0.5) * (matrix.h / 2);

  function moving(p: number): Shape[] {
    stubCanvases();
    const drawing = drawingOf(1184, 752);
    paintBeats(drawing.ctx, inks, box, beat, p, 1);
    vi.unstubAllGlobals();
    return drawing.shapes();
  }

  it("first a hatch over what is freed: the slot whose usage falls", () => {
    const [freed, ...more] = moving(0.1);
    expect(more).toEqual([]);
    const bar = matrix.h / 2 - 1;
    expect([freed!.y, freed!.height, freed!.fill]).toEqual([middle(1) - bar / 2, bar, "url(#tile0)"]);
    expect(freed!.width).toBeCloseTo(beat.before.usage[1]! * box.usage!.w, 1);
  });

  it("then a hatch that grows over the slot that is erased", () => {
    const [half] = moving(0.33);
    expect([half!.x, half!.y]).toEqual([matrix.x, middle(0) - (matrix.h / 2 - 1) / 2]);
    expect([half!.width, half!.opacity]).toEqual([matrix.w / 2, 0.8]); // 0.3 + weight 1 · mean erase 0.5
  });

  it("then the write's way in, along the foot and up to its slot, and only then into it", () => {
    const way = (p: number): [number, number][] => points(moving(p)[0]!.d);
    const foot = matrix.y + matrix.h + 3;
    expect(way(0.46)[0]).toEqual([matrix.x + 2, foot]);
    expect(way(0.46).at(-1)).toEqual([box.writeX - 6, foot]);
    const late = way(0.7299);
    expect(late.length).toBe(4);
    expect(late.at(-1)![1]).toBeCloseTo(middle(0), 0);
    expect(late.at(-1)![0]).toBeCloseTo(box.writeX + matrix.w, 0);
    expect(moving(0.5)[0]!.stroke).toBe(inks.wf);
  });

  it("at last the reads' way out, from the slot that is read", () => {
    const [read, ...more] = moving(0.999);
    expect(more).toEqual([]);
    expect([read!.stroke, points(read!.d)[1]]).toEqual([inks.rf, [box.readX + 4, middle(1)]]);
    expect(points(read!.d)[0]![0]).toBeCloseTo(matrix.x, 0);
    expect(points(read!.d).length).toBe(4); // and down to the output
    expect(points(moving(0.75)[0]!.d).length).toBe(2);
  });

  it("each in the ink of its action", () => {
    expect((["free", "erase", "write", "read"] as const).map((name) => beatInk(inks, name))).toEqual([inks.e, inks.e, inks.w, inks.r]); // prettier-ignore
  });
});
