/** Tapes pixel by pixel: a column a step, the inks of what happened in it, tiles that come and go. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DARK, makeInks, type Inks } from "../ink/tokens";
import { drawingOf, stubCanvases, type SmallCanvas } from "../testdrawing";
import { MAX_TILES, Tape, TILE, type Column, type ColumnSource } from "./tape";

const inks = makeInks(DARK, true);
let canvases: SmallCanvas[];
beforeEach(() => (canvases = stubCanvases()));
afterEach(() => vi.unstubAllGlobals());

interface Filled {
  source: ColumnSource;
  steps: number[];
}

function sourceOf(of: Partial<ColumnSource> & { fill: (t: number, column: Column) => void }, held = Infinity): Filled {
  const steps: number[] = [];
  const source = { rows: 2, style: "marks", halves: 1, holds: (t: number) => t < held, ...of } as ColumnSource;
  return { steps, source: { ...source, fill: (t, column) => (steps.push(t), of.fill(t, column)) } };
}

/** What these inks give one over another. */
function over(ground: readonly number[], ...layers: [readonly number[], number][]): number[] {
  const mixed = layers.reduce((below, [colour, part]) => below.map((v, i) => v + (colour[i]! - v) * part), [...ground]);
  return [...Uint8ClampedArray.from(mixed), 255];
}

describe("a tape", () => {
  it("mixes hold, read, write and erase in this order, the erase in the lower half where there is one", () => {
    const marks = (_: number, column: Column): void => {
      column.hold.set([0.5, 1]);
      column.read.set([0.25, NaN]);
      column.write.set([0, 0.5]);
      column.erase.set([0.8, 2]);
    };
    const { ground, holdRgb, readRgb, writeRgb, eraseRgb } = inks;
    // As they are kept: a byte each.
    const byte = (v: number): number => Math.round(v * 255) / 255;
    for (const halves of [1, 2] as const) {
      const tape = new Tape(sourceOf({ halves, fill: marks }).source, inks);
      tape.extend(0, 1, Infinity);
      const canvas = canvases.at(-1)!;
      const first = over(ground, [holdRgb, 0.5 * 0.82], [readRgb, Math.sqrt(0.25)]);
      const second = over(ground, [holdRgb, 0.82], [writeRgb, 0.5 ** 0.7]);
      const near = (found: number[], wanted: number[]): void => found.forEach((v, i) => expect(Math.abs(v - wanted[i]!)).toBeLessThanOrEqual(1)); // prettier-ignore
      if (halves === 2) {
        expect(canvas.height).toBe(4);
        near(canvas.at(0, 0), first);
        near(canvas.at(0, 1), over(first.slice(0, 3), [eraseRgb, byte(0.8)]));
        near(canvas.at(0, 2), second);
        near(canvas.at(0, 3), over([0, 0, 0], [eraseRgb, 1]));
      } else near(canvas.at(0, 0), over(first.slice(0, 3), [eraseRgb, byte(0.8)]));
    }
  });

  it("of weights goes through the ramp by their root, and a painted one stays as it is", () => {
    const ramp = new Tape(sourceOf({ style: "ramp", fill: (_, { read }) => read.set([0.25, 1]) }).source, inks);
    ramp.extend(0, 1, Infinity);
    const entry = (k: number): number[] => [...inks.sequential.subarray(3 * k, 3 * k + 3), 255];
    expect(canvases.at(-1)!.at(0, 0)).toEqual(entry(128));
    expect(canvases.at(-1)!.at(0, 1)).toEqual(entry(255));
    const bytes = sourceOf({ style: "paint", fill: (t, { rgb }) => rgb.set([1, 2, t, 4, 5, 6]) }, 100);
    const painted = new Tape(bytes.source, inks);
    painted.extend(7, 8, Infinity);
    expect([canvases.at(-1)!.at(7, 0), canvases.at(-1)!.at(7, 1)]).toEqual([[1, 2, 7, 255], [4, 5, 6, 255]]); // prettier-ignore
  });

  it("fills every step once, those looked at first, and waits for those that are not held", () => {
    const { source, steps } = sourceOf({ fill: () => undefined }, 100);
    const tape = new Tape(source, inks);
    expect(tape.extend(40, 60, Infinity)).toBe(true);
    expect(steps.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, k) => 40 + k));
    expect([...steps].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, t) => t));
    tape.extend(40, 60, Infinity);
    expect(steps.length).toBe(100);
  });

  it("stops when its time is over, and says so", () => {
    const { source, steps } = sourceOf({ fill: () => undefined }, 10);
    const tape = new Tape(source, inks);
    let calls = 1;
    while (!tape.extend(0, 10, 0)) calls++;
    expect([calls, steps.length]).toEqual([11, 10]);
  });

  it("keeps what was filled when the theme changes, and fills again when its rows do", () => {
    const light: Inks = { ...inks, ground: [250, 250, 250] };
    const { source, steps } = sourceOf({ fill: (_, { hold }) => hold.fill(0) }, 5);
    const tape = new Tape(source, inks);
    tape.extend(0, 5, Infinity);
    expect(canvases.at(-1)!.at(0, 0)).toEqual([...inks.ground, 255]);
    tape.recolour(light);
    tape.extend(0, 5, Infinity);
    expect([steps.length, canvases.at(-1)!.at(0, 0)]).toEqual([5, [250, 250, 250, 255]]);
    tape.restart();
    tape.extend(0, 5, Infinity);
    expect(steps.length).toBe(10);
  });

  it("fills again what its source doubts", () => {
    let doubtful = false;
    const { source, steps } = sourceOf({ fill: () => undefined, doubts: () => doubtful }, 4);
    const tape = new Tape(source, inks);
    tape.extend(0, 4, Infinity);
    doubtful = true;
    tape.extend(3, 4, Infinity);
    expect(steps.length).toBeGreaterThan(4);
  });

  it("lets go of the tile looked at longest ago", () => {
    const { source, steps } = sourceOf({ fill: () => undefined });
    const tape = new Tape(source, inks, 64);
    for (let k = 0; k < 2 * MAX_TILES; k += 2) tape.extend(k * TILE, k * TILE + 1, Infinity);
    const before = steps.length;
    tape.extend(2 * MAX_TILES * TILE, 2 * MAX_TILES * TILE + 1, Infinity);
    expect(steps.length).toBeGreaterThan(before);
    const filled = steps.length;
    tape.extend(0, 1, Infinity); // the first was let go, and is made again
    expect(steps.slice(filled)).toContain(0);
  });

  it("draws on the canvases it has once there are many, and nothing of what was there before stays", () => {
    const { source } = sourceOf({ fill: (t, { hold }) => hold.fill(t < TILE ? 1 : 0) }, TILE * (MAX_TILES + 1) + 3);
    const tape = new Tape(source, inks, 64);
    const before = canvases.length;
    for (let k = 0; k <= MAX_TILES + 1; k++) tape.extend(k * TILE, k * TILE + 1, Infinity, false);
    expect(canvases.length - before).toBe(MAX_TILES);
    const again = canvases[before + 1]!; // of tile 1, then of the last one
    expect(again.at(0, 0)).toEqual([...inks.ground, 255]);
    expect(again.at(5, 0)[3]).toBe(0);
  });

  it("draws what is in view alone where it is asked to", () => {
    const { source, steps } = sourceOf({ fill: () => undefined }, 1000);
    expect(new Tape(source, inks).extend(40, 60, Infinity, false)).toBe(true);
    expect(steps.length).toBe(20);
  });

  it("is painted tile by tile, no further than now", () => {
    const tape = new Tape(sourceOf({ fill: () => undefined }).source, inks);
    tape.extend(TILE - 10, TILE + 10, Infinity);
    const drawing = drawingOf(400, 100);
    const box = { x: 20, y: 5, w: 300, h: 40 };
    tape.paint(drawing.ctx, box, TILE - 10.5, 4, TILE + 5);
    const images = drawing.shapes().filter(({ tag }) => tag === "image");
    expect(images.map((one) => [one.x, one.width, one.y, one.height])).toEqual([[18, 44, 5, 40], [62, 20, 5, 40]]); // prettier-ignore
    const nothing = drawingOf(400, 100);
    tape.paint(nothing.ctx, box, TILE, 4, TILE);
    expect(nothing.shapes()).toEqual([]);
  });
});
