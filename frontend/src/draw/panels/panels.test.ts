/** The small pictures beside the stage: run scrubber, read map, links, life of a slot, cards, training. */
import { beforeEach, afterEach, describe, expect, it, vi } from "vitest";
import { SignalTrack } from "../../analysis/signal";
import { goldenLog } from "../../memory/testgolden";
import { loaded, makeLog } from "../../memory/testlog";
import { Lane } from "../lane/lane";
import { DARK, makeInks } from "../ink/tokens";
import { xOfStep } from "../stage/layout";
import { drawingOf, LETTER, points, stubCanvases, type Shape, type SmallCanvas } from "../testdrawing";
import { LinkMatrixImage } from "./link_matrix";
import { paintLife } from "./slot_life";
import { Density, paintScrub, SCRUB_HEIGHT, Skyline, xOnScrub, type ScrubScene } from "./scrubber";
import { ReadMapImage, readMapFold } from "./read_map";
import { paintThumb, thumbLayout } from "./thumbnail";
import { paintTraining, TRAINING_HEIGHT, xOnTraining } from "./training";

const inks = makeInks(DARK, true);
let canvases: SmallCanvas[];
beforeEach(() => (canvases = stubCanvases()));
afterEach(() => vi.unstubAllGlobals());

/** Colour of an entry of a ramp. */
const ink = (ramp: Uint8ClampedArray, entry: number): number[] => [...ramp.subarray(3 * entry, 3 * entry + 3), 255];

describe("how much was written when", () => {
  const log = goldenLog("memories");

  it("is the mean over the models that do not all write alike, each relative to its largest so far", () => {
    const counted = log.models.filter((model) => !model.memory(model.spec.banks[0]!.name).evenWrites);
    expect(counted.length).toBeGreaterThan(0);
    const density = new Density(log, log.models.map(({ spec }) => spec.stream)); // prettier-ignore
    density.at(131);
    for (const t of [0, 45, 131]) {
      const parts = counted.map((model) => {
        const { held } = model.memory(model.spec.banks[0]!.name);
        const norms = Array.from({ length: 132 }, (_, s) => held.norm(s));
        return norms[t]! / Math.max(...norms);
      });
      expect(density.at(t)).toBeCloseTo(parts.reduce((sum, v) => sum + v, 0) / parts.length, 9);
    }
    expect(density.at(132)).toBe(0);
    const { measure } = density;
    density.streams = [0];
    expect(density.measure).not.toBe(measure);
  });
});

describe("the scrubber of a run", () => {
  const scene = (more: Partial<ScrubScene> = {}): ScrubScene => ({
    t: 50, steps: 101, planned: 101, first: 20, inView: 40, loop: null, selection: null, similar: [], events: [],
    density: { at: (t: number) => t / 100, measure: "" } as Density,
    scale: 1, ...more,
  }); // prettier-ignore
  const WIDTH = 500;
  const x = (t: number): number => xOnScrub(t, 101, WIDTH);
  function painted(more: Partial<ScrubScene> = {}): { shapes: Shape[]; words: string[] } {
    const drawing = drawingOf(WIDTH, SCRUB_HEIGHT);
    paintScrub(drawing.ctx, inks, WIDTH, scene(more), new Skyline());
    return { shapes: drawing.shapes(), words: drawing.words() };
  }

  it("has a column for every pixel, as high as the densest of its steps, darker where it is past", () => {
    const { shapes } = painted();
    const [past, future] = canvases.slice(-2) as [SmallCanvas, SmallCanvas];
    expect([past.filled.length, past.filled[0]![4], future.filled[0]![4]]).toEqual([WIDTH, inks.t2, inks.ln2]);
    const at = (px: number): number => past.filled[px]![3];
    expect(at(0)).toBe(1); // never nothing
    expect(at(250)).toBeCloseTo(17 * 0.5, 1);
    expect(at(499)).toBeCloseTo(17, 1);
    const images = shapes.filter(({ tag }) => tag === "image");
    expect(images.map((one) => [one.x, one.width])).toEqual([[0, 251], [251, 249]]); // prettier-ignore
  });

  it("grows with the run, and is made again when the measure changes", () => {
    const sky = new Skyline();
    const [past] = canvases.slice(-2) as [SmallCanvas];
    const grow = (steps: number, measure = ""): number => {
      const before = past.filled.length;
      const density = { at: () => 0.5, measure } as unknown as Density;
      sky.paint(drawingOf(WIDTH, 44).ctx, inks, WIDTH, scene({ steps, planned: 200, density }), 0);
      return past.filled.length - before;
    };
    expect([grow(100), grow(100), grow(120), grow(120, "larger")]).toEqual([250, 1, 51, 300]);
  });

  it("shows the part in view, selection, repeat, events, similar moments, and now", () => {
    const events = [{ kind: "store", step: 10 }, { kind: "recall", step: 60 }, { kind: "store", step: 10 }] as unknown as ScrubScene["events"]; // prettier-ignore
    const { shapes, words } = painted({ selection: [10, 20], loop: [30, 40], similar: [70], events });
    const view = shapes[1]!;
    expect([view.fill, points(view.d)[0]![0] - 3]).toEqual([inks.hv, x(20)]);
    const selected = shapes.find((s) => s.opacity === 0.16)!;
    expect([selected.x, selected.width]).toEqual([x(10), x(20) - x(10)]);
    const tips = (fill: string): number[] => shapes.filter((s) => s.tag === "path" && s.fill === fill).flatMap(({ d }) => d.split("M").slice(1).map((part) => points(part)[0]![0])); // prettier-ignore
    expect([tips(inks.wf), tips(inks.rf)]).toEqual([[x(10)], [x(60)]]);
    expect(tips(inks.tx)).toEqual([x(70), x(50) + 4.5]);
    const foot = shapes.find((s) => s.fill === inks.fo && s.height === 1)!;
    expect([foot.x, foot.width]).toEqual([x(30), x(40) - x(30)]);
    expect(words).toEqual(["0", "25", "51", "76", "100"]);
    expect(shapes.some((s) => s.fill === inks.ln2)).toBe(false);
    const open = painted({ steps: 51 }).shapes.find((s) => s.fill === inks.ln2)!;
    expect([open.x, open.width]).toEqual([x(51), WIDTH - x(51)]); // still to come
  });
});

describe("the scrubber of a long run", () => {
  it("paints its many events once, and again where they or their place are others", () => {
    const events = Array.from({ length: 300 }, (_, k) => ({ kind: k % 2 ? "recall" : "store", step: k })) as unknown as ScrubScene["events"]; // prettier-ignore
    const sky = new Skyline();
    const paint = (width: number, of = events): number => {
      const before = canvases.length;
      const drawing = drawingOf(width, SCRUB_HEIGHT);
      sky.paintEvents(drawing.ctx, inks, width, { events: of, planned: 301, scale: 2 } as ScrubScene);
      const [image] = drawing.shapes().filter(({ tag }) => tag === "image");
      expect([image!.x, image!.width, image!.height]).toEqual([0, width, 8]);
      return canvases.length - before;
    };
    expect([paint(500), paint(500), paint(400), paint(400, [...events])]).toEqual([1, 0, 1, 1]);
  });
});

describe("the read map of a head", () => {
  it("has a row per step and a column per slot, in the ramp of weights", () => {
    const model = goldenLog("memories").model(0);
    const memory = model.memory("memory");
    const map = new ReadMapImage(model, memory, 1, inks);
    expect(map.extend(Infinity)).toBe(true);
    const canvas = canvases.at(-1)!;
    expect([canvas.width, canvas.height]).toEqual([7, 132]);
    for (const t of [0, 60, 131])
      for (let slot = 0; slot < 7; slot++) {
        const w = memory.readRow(1, t)[slot]!;
        expect(map.weight(t, slot)).toBe(w);
        expect(canvas.at(slot, t)).toEqual(ink(inks.sequential, Math.min(255, Math.floor(Math.sqrt(w) * 256))));
      }
    expect(map.at(0, 0, 264)).toEqual({ t: 0, slot: 0 });
    expect(map.at(263, 121, 264)).toEqual({ t: 60, slot: 6 });
    expect([map.at(-1, 5, 264), map.at(5, 264, 264), map.at(264, 5, 264)]).toEqual([null, null, null]);
  });

  it("of attention has nothing where no step has been", () => {
    const model = goldenLog("memories").model(4);
    const map = new ReadMapImage(model, model.memory("layer0"), 0, inks);
    expect(map.at(100, 50, 132)).toBeNull();
    expect(map.at(50, 100, 132)).toEqual({ t: 100, slot: 50 });
  });

  it("takes as much time as it is given, and marks now", () => {
    const model = goldenLog("memories").model(0);
    const map = new ReadMapImage(model, model.memory("memory"), 0, inks);
    let calls = 1;
    while (!map.extend(0)) calls++;
    expect(calls).toBe(132);
    const drawing = drawingOf(264, 264);
    map.paint(drawing.ctx, 264, 60);
    expect(drawing.shapes().at(-1)).toMatchObject({ y: 121, height: 1, width: 264, opacity: 0.7 });
  });

  it("folds a long run by whole cells", () => {
    expect(readMapFold(512, 16)).toEqual({ rows: 512, columns: 16, down: 1, across: 1 });
    expect(readMapFold(513, 1025)).toEqual({ rows: 257, columns: 342, down: 2, across: 3 });
  });
});

describe("links and the life of a slot", () => {
  it("links are a square in the ramp of weights, made once per step, with a cross at the slot", () => {
    const image = new LinkMatrixImage();
    let asked = 0;
    const links = (): Float32Array => (asked++, Float32Array.from([0, 1, 0.25, 2]));
    const drawing = drawingOf(100, 100);
    image.paint(drawing.ctx, inks, 100, 2, null, "dnc/60", links);
    image.paint(drawing.ctx, inks, 100, 2, 1, "dnc/60", links);
    expect(asked).toBe(1);
    const canvas = canvases.at(-1)!;
    expect([canvas.at(0, 0), canvas.at(1, 0), canvas.at(0, 1), canvas.at(1, 1)]).toEqual([0, 255, 127, 255].map((entry) => ink(inks.sequential, entry))); // prettier-ignore
    const cross = drawing.shapes().filter(({ stroke }) => stroke === inks.tx);
    expect(cross.map((s) => [s.x, s.y, s.width, s.height])).toEqual([[0.5, 49.5, 99, 51], [49.5, 0.5, 51, 99]]); // prettier-ignore
    image.paint(drawing.ctx, inks, 100, 2, null, "dnc/61", links);
    expect(asked).toBe(2);
  });

  it("a life shows of many steps on one pixel the strongest, and nothing after now", () => {
    const series = (marks: Record<number, number>): Float32Array => Float32Array.from({ length: 201 }, (_, t) => marks[t] ?? 0); // prettier-ignore
    const life = { write: series({ 20: 0.05, 21: 0.9, 150: 1 }), read: series({ 40: 0.4 }), erase: series({ 60: 0.2, 80: 0.3 }) }; // prettier-ignore
    const drawing = drawingOf(101, 36);
    paintLife(drawing.ctx, inks, 101, life, 100, 201, "slot 3");
    const marks = (fill: string): unknown[] => drawing.shapes().filter((s) => s.fill === fill && s.width === 1).map((s) => [s.x, s.y, s.height, s.opacity]); // prettier-ignore
    expect(marks(inks.wf)).toEqual([[10, 0, 20, 1]]);
    expect(marks(inks.rf)).toEqual([[20, 10, 10, 0.7]]);
    expect(marks(inks.ef)).toEqual([[40, 17, 3, 0.6]]);
    expect(marks(inks.tx)).toEqual([[50, 0, 20, 1]]);
    expect(drawing.words()).toEqual(["0", "slot 3", "200"]);
  });
});

describe("a card", () => {
  it("shows signal, arcs and lanes of a recording, with names where they are asked for", () => {
    const log = goldenLog("memories");
    const signal = new SignalTrack(log);
    const lanes = log.models.slice(0, 2).map((model) => ({ lane: new Lane(model, model.bank(), signal, inks, null), shares: model.memory(model.bank().name).readShares(0, 100) })); // prettier-ignore
    const box = thumbLayout(400, 240, 2);
    const window = { first: 0, step: 3 };
    const paint = (labels: boolean): { shapes: Shape[]; words: string[] } => {
      const drawing = drawingOf(400, 240);
      paintThumb(drawing.ctx, inks, box, { t: 100, window, signal, events: log.manifest.task.events, lanes, labels });
      return { shapes: drawing.shapes(), words: drawing.words() };
    };
    expect(paint(true).words.filter((word) => !word.endsWith("%"))).toEqual(["NTM", "DNC"]);
    const { shapes, words } = paint(false);
    expect(words.filter((word) => !word.endsWith("%"))).toEqual([]);
    expect(shapes.at(-1)).toMatchObject({ x: Math.round(xOfStep(box, window, 100)) - 0.5, fill: inks.tx, width: 1.5 });
    for (const { lane } of lanes) expect(shapes.some(({ stroke }) => stroke === inks[lane.hue])).toBe(true);
  });

  it("with a gutter names its step on the playhead, in the room below the signal, never beyond its edge", () => {
    const log = goldenLog("memories");
    const signal = new SignalTrack(log);
    const lane = new Lane(log.models[0]!, log.models[0]!.bank(), signal, inks, null);
    const box = thumbLayout(700, 300, 1, 104);
    for (const t of [20, 198]) {
      const drawing = drawingOf(700, 300);
      paintThumb(drawing.ctx, inks, box, { t, window: { first: 0, step: 3 }, signal, events: [], lanes: [{ lane, shares: null }], labels: true }); // prettier-ignore
      expect(drawing.words()).toContain(`t = ${t}`);
      const [badge, label] = drawing.shapes().slice(-2);
      expect([badge!.fill, label!.words]).toEqual([inks.tx, `t = ${t}`]);
      expect(label!.y).toBeGreaterThan(box.signal.bottom);
      expect(label!.y).toBeLessThan(box.strip);
      expect(label!.x + LETTER * label!.words.length).toBeLessThan(box.W);
    }
  });

  it("of bits shows those that are set, pale where they are still to come", () => {
    const log = loaded(makeLog(40, [{ units: 3 }], 3, { width: 6, half: 20 }));
    const signal = new SignalTrack(log);
    const lane = new Lane(log.model(0), log.model(0).bank(), signal, inks, null);
    const box = thumbLayout(400, 240, 1);
    const drawing = drawingOf(400, 240);
    paintThumb(drawing.ctx, inks, box, { t: 25, window: { first: 0, step: 10 }, signal, events: [], lanes: [{ lane, shares: null }], labels: false }); // prettier-ignore
    const cells = drawing.shapes().filter((s) => s.width === 10);
    const set = (t: number): number => Array.from({ length: 6 }, (_, k) => (signal.asked(t) ? signal.output(0, t, k) : signal.input(t, k))).filter((v) => v > 0.5).length; // prettier-ignore
    for (const t of [0, 7, 25, 30]) {
      const own = cells.filter((s) => s.x === 10 * t);
      expect(own.length).toBe(set(t));
      for (const { opacity, fill } of own) expect([opacity, fill]).toEqual([t <= 25 ? 1 : 0.3, t < 20 ? inks.tx : inks[lane.hue]]); // prettier-ignore
    }
  });
});

describe("the scrubber of a training", () => {
  it("draws the error of every moment, paler ahead, larger where a lane stands", () => {
    const updates = [0, 1000, 4000];
    const drawing = drawingOf(300, TRAINING_HEIGHT);
    const points_ = [{ update: 0, part: 0.5 }, { update: 1000, part: NaN }, { update: 4000, part: 0.25 }]; // prettier-ignore
    paintTraining(drawing.ctx, inks, 300, { updates, at: 1000, curves: [{ hue: "ntm", faded: false, shown: 4000, points: points_ }] }); // prettier-ignore
    const x = (update: number): number => Math.round(100 * xOnTraining(update, updates, 300)) / 100;
    const shapes = drawing.shapes();
    const dots = shapes.filter((s) => s.fill === inks.ntm);
    const [most, half] = [4, 26 - 22 / 2]; // the largest error stands at the top, half of it half way
    expect(dots.map(({ d, opacity }) => [points(d)[0]![0], points(d)[0]![1], opacity])).toEqual([
      [x(0) + 2, most, 1],
      [x(4000) + 3.5, half, 0.45],
    ]);
    const lines = shapes.filter((s) => s.stroke === inks.ntm);
    expect(lines.map(({ d, opacity }) => [d, opacity])).toEqual([1, 0.45].map((opacity) => [`M${x(0)} ${most}L${x(4000)} ${half}`, opacity])); // prettier-ignore
    expect(drawing.words()).toContain("1\u2009000");
  });
});
