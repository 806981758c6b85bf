/** What is drawn under the two lanes of the bridge: outputs one over the other, and how far they are apart. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SignalTrack } from "../analysis/signal";
import { fixedLimit } from "../analysis/scale";
import { DARK, makeInks } from "../draw/ink/tokens";
import { layout, xOfStep } from "../draw/stage/layout";
import { drawingOf, points, stubCanvases, type Shape, type SmallCanvas } from "../draw/testdrawing";
import { loaded, makeLog } from "../memory/testlog";
import { goldenLog } from "../memory/testgolden";
import type { Cut } from "./compare";
import { imagesOf, limitsOf } from "./content_image";
import { differencesOf } from "./differences";
import { paintTape, places, type TapeScene } from "./difference_painter";

const inks = makeInks(DARK, true);
const STEPS = 40;
const WIDE = layout(1184, 752, 2);
const PHONE = layout(390, 640, 2);
const window = { first: 0, step: 8 };

const bits = new SignalTrack(loaded(makeLog(STEPS, [{ units: 2 }, { units: 3 }], 5, { width: 4, half: 20 })));
const golden = goldenLog("memories");
const line = new SignalTrack(golden);

function scene(gaps: number[], more: Partial<TapeScene> = {}): TapeScene {
  return { t: 10, ghost: null, window, signal: bits, gaps, scale: 1.5, departs: -1, ...more };
}
const flat = (gap: number, length = STEPS): number[] => Array.from({ length }, () => gap);

function painted(of: TapeScene, box = WIDE): { shapes: Shape[]; words: string[] } {
  const drawing = drawingOf(box.W, 400);
  paintTape(drawing.ctx, inks, box, of);
  return { shapes: drawing.shapes(), words: drawing.words() };
}
const round = (v: number): number => Math.round(100 * v) / 100;

describe("the strip of differences", () => {
  const box = places(WIDE, bits).difference;
  const bars = (shapes: Shape[]): Shape[] => shapes.filter((s) => s.tag === "rect" && s.width === 7 && round(s.y + s.height) === box.y + box.h - 1); // prettier-ignore

  it("has a bar a step on a logarithmic axis from 10⁻⁸ up to the decade of the largest", () => {
    const gaps = flat(0);
    [gaps[5], gaps[6], gaps[7], gaps[8]] = [1e-2, 1e-5, 1e-8, 1e-12];
    const { shapes, words } = painted(scene(gaps));
    const room = box.h - 3;
    expect(bars(shapes).map((s) => [s.x, s.height])).toEqual(
      [[5, 1], [6, 0.5], [7, 0.04], [8, 0.04]].map(([t, part]) => [WIDE.time.x + 8 * t!, round(part! * room)]), // prettier-ignore
    );
    expect(words).toEqual(expect.arrayContaining(["10", "−2", "−8"]));
    // One power of ten higher, and the same difference fills less.
    gaps[9] = 0.5;
    expect(painted(scene(gaps)).words).toContain("0");
    expect(bars(painted(scene(gaps)).shapes)[0]!.height).toBe(round((6 / 8) * room));
  });

  it("says so where nothing differs at all", () => {
    const { words, shapes } = painted(scene(flat(0)));
    expect(words).toContain("0 at every step: every bit agrees");
    expect(bars(shapes)).toEqual([]);
    expect(words).not.toContain("−8");
  });

  it("marks from where on it is seen", () => {
    const gaps = flat(1e-3);
    const { shapes, words } = painted(scene(gaps, { departs: 12 }));
    expect(words).toContain("departs at 12");
    const inked = bars(shapes).map(({ fill }) => fill);
    expect(inked).toEqual(gaps.map((_, t) => (t >= 12 ? inks.tx : inks.t3)));
    const mark = shapes.find((s) => s["stroke-dasharray"] === "2 3")!;
    expect(points(mark.d)[0]![0]).toBe(WIDE.time.x + 12 * 8 - 0.5);
    expect(painted(scene(gaps)).words.join()).not.toContain("departs");
  });

  it("gives the number of the step pointed at, or of now", () => {
    const gaps = flat(0).map((_, t) => t * 1e-5);
    expect(painted(scene(gaps)).words).toEqual(expect.arrayContaining(["at t = 10", "1.0 × 10", "−4", "of outputs up to 1.50"])); // prettier-ignore
    expect(painted(scene(gaps, { ghost: 25 })).words).toEqual(expect.arrayContaining(["at t = 25", "2.5 × 10"]));
    expect(painted(scene(gaps, { ghost: 25 }), PHONE).words.join()).toContain("at t = 25: 2.5 × 10");
    expect(painted(scene([])).words.join()).not.toContain("at t");
  });

  it("has now and the step pointed at through both strips", () => {
    const { shapes } = painted(scene(flat(1e-3), { ghost: 25 }));
    const now = shapes.find((s) => s.width === 1.5)!;
    expect([now.x, now.fill]).toEqual([xOfStep(WIDE, window, 10) - 0.75, inks.tx]);
    const ghost = shapes.find((s) => s["stroke-dasharray"] === "1 3")!;
    expect(points(ghost.d)[0]![0]).toBe(Math.round(xOfStep(WIDE, window, 25)) + 0.5);
    expect(now.y + now.height).toBe(box.y + box.h);
    expect(painted(scene(flat(1e-3), { ghost: 10 })).shapes.some((s) => s["stroke-dasharray"] === "1 3")).toBe(false);
  });
});

describe("both outputs", () => {
  it("of bits are a bar and a line across it, pale where nothing is asked", () => {
    const { shapes } = painted(scene(flat(0)));
    const { outputs } = places(WIDE, bits);
    for (const [t, faint] of [
      [3, 0.3],
      [30, 1],
    ] as const)
      // prettier-ignore
      for (let k = 0; k < 4; k++) {
        const foot = outputs.y + (k + 1) * 9 - 1;
        const x = WIDE.time.x + 8 * t;
        const [a, b] = [bits.output(0, t, k), bits.output(1, t, k)];
        const own = shapes.filter((s) => s.x === x && s.width === 7 && s.y >= foot - 8.1 && s.y <= foot && s.y < outputs.y + outputs.h); // prettier-ignore
        const bar = own.find((s) => s.fill === inks.transformer && round(s.height) === round(7 * a))!;
        expect([bar.y, bar.opacity]).toEqual([round(foot - 7 * a), round(0.45 * faint)]);
        const across = own.find((s) => s.height === 1.2 && s.y === round(foot - 7 * b - 0.6))!;
        expect([across.fill, across.opacity]).toEqual([inks.sdnc, faint]);
      }
  });

  it("of a series are two lines over each other, the first as wide as the second is thin", () => {
    const gaps = flat(1e-3, 132);
    const { shapes, words } = painted(scene(gaps, { signal: line }));
    expect(words).toContain("over each other");
    const lines = shapes.filter((s) => points(s.d).length > 50);
    expect(lines.map((s) => [s.stroke, s["stroke-width"], s.opacity])).toEqual([[inks.transformer, 5, 0.4], [inks.sdnc, 1.2, 1]]); // prettier-ignore
    const all = [0, 1].flatMap((stream) => gaps.map((_, t) => line.output(stream, t)));
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const { outputs } = places(WIDE, line);
    lines.forEach(({ d }, stream) => {
      const [x, y] = points(d)[10]!;
      expect(x).toBeCloseTo(xOfStep(WIDE, window, 10), 1);
      const part = (line.output(stream, 10) - low) / (high - low);
      expect(y).toBeCloseTo(outputs.y + outputs.h - 4 - part * (outputs.h - 8), 1);
    });
  });
});

describe("what a run on the bridge comes to", () => {
  it("is the largest difference and its step, and what each answered", () => {
    const log = loaded(makeLog(STEPS, [{ width: 2, heads: 2 }, { width: 2, heads: 2 }], 5, { width: 4, half: 20 })); // prettier-ignore
    const found = differencesOf(log);
    const outputs = (stream: number, t: number): number[] => [...log.model(stream).f32(null, "outputs")!.at(t)];
    const gaps = flat(0).map((_, t) => Math.max(...outputs(0, t).map((v, k) => Math.abs(v - outputs(1, t)[k]!))));
    expect([...found.gaps]).toEqual(gaps);
    expect([found.largest, found.step]).toEqual([Math.max(...gaps), gaps.indexOf(Math.max(...gaps))]);
    expect(found.scale).toBe(Math.max(...flat(0).flatMap((_, t) => outputs(0, t))));
    expect(found.departs).toBe(gaps.findIndex((gap) => gap > 1e-3 * found.scale));
    for (const score of found.scores) expect(score).toMatch(/^\d+ wrong bits$/);
  });
});

describe("a memory as a picture", () => {
  let canvases: SmallCanvas[];
  beforeEach(() => (canvases = stubCanvases()));
  afterEach(() => vi.unstubAllGlobals());

  const cut = {
    rows: 2,
    width: 3,
    written: (row: number) => row === 0,
    keys: (row: number, k: number) => (row ? 99 : k - 1),
    values: (row: number, k: number) => (row ? 99 : 2 * (k - 1)),
    reads: [Float32Array.from([0.25, 1])],
  } as unknown as Cut;

  it("is on one scale of what has been written, and clear where nothing has", () => {
    expect(limitsOf(cut)).toEqual([fixedLimit([[-1, 0, 1]]), fixedLimit([[-2, 0, 2]])]);
    const images = imagesOf(cut, inks, [1, 4]);
    const [keys, values, reads] = canvases as [SmallCanvas, SmallCanvas, SmallCanvas];
    const entry = (ramp: Uint8ClampedArray, k: number): number[] => [...ramp.subarray(3 * k, 3 * k + 3), 255];
    expect([0, 1, 2].map((k) => keys.at(k, 0))).toEqual([0, 128, 255].map((k) => entry(inks.diverging, k)));
    expect([0, 2].map((k) => values.at(k, 0))).toEqual([64, 191].map((k) => entry(inks.diverging, k)));
    expect(keys.at(0, 1)).toEqual([0, 0, 0, 0]);
    expect([reads.at(0, 0), reads.at(0, 1)]).toEqual([128, 255].map((k) => entry(inks.sequential, k)));
    expect([images.keys, images.values, images.reads]).toEqual(canvases.map((canvas) => canvas.toDataURL()));
  });
});
