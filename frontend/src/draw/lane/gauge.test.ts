/** What stands above and over a raster: bars, rows of gates, and the lines where a phase turns. */
import { describe, expect, it } from "vitest";
import { DARK, makeInks } from "../ink/tokens";
import { layout } from "../stage/layout";
import { drawingOf, points, type Shape } from "../testdrawing";
import { GateRow, paintGauges, paintPhases, type Gauge, type Phase } from "./gauge";

const inks = makeInks(DARK, true);
const box = layout(1184, 752, 1);
const { raster } = box.lanes[0]!;
const window = { first: 0, step: 5 };

function gauged(gauges: readonly Gauge[], t = 9, steps = 10): Shape[] {
  const drawing = drawingOf(1184, 752);
  paintGauges(drawing.ctx, inks, box, raster, window, t, steps, gauges);
  return drawing.shapes();
}

describe("gauges", () => {
  it("are bars as high as their number, none where it is next to nothing, none after now", () => {
    const shapes = gauged([{ name: "halting", at: (t) => (t === 3 ? 0.01 : t / 10) }], 7);
    const steps = [1, 2, 4, 5, 6, 7];
    expect(shapes.map((s) => [s.x, s.width, s.height])).toEqual(steps.map((t) => [raster.x + 5 * t, 4, Math.round(6 * t * 10) / 100])); // prettier-ignore
    expect(shapes.every((s) => Math.abs(s.y + s.height - (raster.y - 1)) < 0.01 && s.fill === inks.t3)).toBe(true);
    expect(gauged([])).toEqual([]);
  });

  it("of gates are rows in the inks of their actions, between the lowest and the highest of the run", () => {
    const write = new GateRow("input", "wf", (t) => 0.4 + t / 100);
    const erase = new GateRow("forget", "ef", () => 0.9);
    const shapes = gauged([write, erase]);
    const rows = [shapes.filter((s) => s.fill === inks.wf), shapes.filter((s) => s.fill === inks.ef)] as const;
    expect(rows.map((row) => [row.length, row[0]!.y, row[0]!.height])).toEqual([[10, raster.y - 7, 3], [10, raster.y - 4, 3]]); // prettier-ignore
    expect(rows[0].map(({ opacity }) => opacity)).toEqual(Array.from({ length: 10 }, (_, t) => Math.round((0.1 + (0.9 * t) / 9) * 100) / 100)); // prettier-ignore
    expect(new Set(rows[1].map(({ opacity }) => opacity))).toEqual(new Set([0.1])); // it never moves
  });

  it("of gates know only the steps that are there", () => {
    const row = new GateRow("input", "wf", (t) => t);
    expect(row.strength(1, 3)).toBeCloseTo(0.55, 9);
    expect(row.strength(1, 11)).toBeCloseTo(0.19, 9);
  });
});

describe("phases", () => {
  const phases: Phase[] = [
    { step: 0, label: "writes" },
    { step: 20, label: "reads" },
    { step: 22, label: "rests" },
  ];
  function turned(t: number, height = raster.h): { lines: number[]; words: string[] } {
    const drawing = drawingOf(1184, 752);
    paintPhases(drawing.ctx, inks, box, { ...raster, h: height }, window, t, phases);
    const lines = drawing.shapes().filter((s) => s.stroke).map(({ d }) => points(d)[0]![0]); // prettier-ignore
    return { lines, words: drawing.words() };
  }
  const x = (t: number): number => raster.x + 5 * t + 0.5;

  it("are lines from the second on, up to now, with words where they fit", () => {
    expect(turned(100)).toEqual({ lines: [x(20), x(22)], words: ["writes", "rests"] });
    expect(turned(21)).toEqual({ lines: [x(20)], words: ["writes"] });
    expect(turned(3)).toEqual({ lines: [], words: [] }); // no room yet
    expect(turned(100, 39).words).toEqual([]);
  });
});
