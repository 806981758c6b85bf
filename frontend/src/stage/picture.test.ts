/**
 * The whole stage, painted without a screen. What is written on it is a table, `*.pictures.txt` (taken over by `-u`, as the sentences
 * are); where things stand is asked of the layout and of the log.
 */
import { afterEach, describe, expect, it, vi } from "vitest";
import { provenanceArcs } from "../memory/arcs";
import { LedgerClient } from "../memory/worker/client";
import { loaded, makeLog } from "../memory/testlog";
import { HealthTrack } from "../analysis/measures";
import { ages } from "../draw/stage/arcs";
import { layout, xOfStep, type StageLayout } from "../draw/stage/layout";
import type { Lane } from "../draw/lane/lane";
import type { Scene } from "../draw/stage/scene";
import { paintStage } from "../draw/stage/stage";
import { signalY } from "../draw/stage/strip";
import { LETTER, drawingOf, points, stubCanvases, type Shape } from "../draw/testdrawing";
import { DARK, makeInks } from "../draw/ink/tokens";
import type { Target } from "../view/vocabulary";
import { StageModel, type Look } from "./stage_model";
import { stageOf } from "./teststage";

afterEach(() => vi.unstubAllGlobals());

const inks = makeInks(DARK, true);
const NOW = 100;
const SIZES = { wide: [1184, 752], narrow: [820, 640], phone: [390, 640] } as const;

const lanesOf = (stage: StageModel): Lane[] => stage.log.models.map(({ spec }) => stage.lane(spec.stream));

function looking(stage: StageModel, more: Partial<Look> = {}): Look {
  const shown = stage.log.models.map((model) => model.spec.stream);
  return { t: NOW, window: { first: 0, step: 5 }, rows: "slots", shown, solo: null, target: null, lens: "mechanism", playing: false, ...more }; // prettier-ignore
}

interface Painted {
  box: StageLayout;
  scene: Scene;
  shapes: Shape[];
  words: string[];
}

function painted(
  stage: StageModel,
  look: Look,
  [width, height]: readonly [number, number] = SIZES.wide,
  more: Partial<Scene> = {},
): Painted {
  const phone = width <= 560;
  const shown = phone ? look.shown.slice(0, 1) : look.shown;
  const box = layout(width, height, { folded: shown.map(() => false), health: more.health !== undefined });
  const scene = { ...stage.scene({ ...look, shown }, box, 1), ...more };
  stage.extend({ ...look, shown }, 200, Infinity);
  const drawing = drawingOf(width, height);
  paintStage(drawing.ctx, inks, box, scene);
  return { box, scene, shapes: drawing.shapes(), words: drawing.words() };
}

describe.each(["memories", "kinds"] as const)("the picture of %s", (name) => {
  it("says in words what it said before, on every size of screen", async () => {
    const stage = await stageOf(name, [NOW]);
    const slot: Target = { zone: "lane", stream: 0, slot: 1, t: 60 };
    const looks: [string, Partial<Look>][] = [
      ["at rest", {}],
      ["rows as lags", { rows: "lag" }],
      ["one lane alone", { solo: 1 }],
      ["pointing at a slot", { target: slot }],
      ["pointing at the signal", { target: { zone: "signal", t: 30 } }],
    ];
    const lines: string[] = [];
    for (const [size, sides] of Object.entries(SIZES))
      for (const [what, look] of looks) {
        lines.push(`${size}, ${what}`);
        for (const { tag, x, y, anchor, words } of painted(stage, looking(stage, look), sides).shapes)
          if (tag === "text")
            lines.push(`  ${String(x).padStart(7)} ${String(y).padStart(7)} ${anchor.padEnd(6)} ${words}`);
      }
    expect(lines.join("\n")).not.toMatch(/NaN|undefined|null/);
    await expect(lines.join("\n") + "\n").toMatchFileSnapshot(`${name}.pictures.txt`);
  });
});

describe("arcs", () => {
  const arcs = (shapes: Shape[]): Shape[] =>
    shapes.filter(({ d }) => /^M[-\d. ]+C/.test(d) && d.split("C").length === 2);

  it("go from now to what is read, as wide as its share, dashed where it cancels", async () => {
    const stage = await stageOf("memories", [NOW]);
    const { box, scene, shapes } = painted(stage, looking(stage));
    const wanted = scene.lanes.flatMap(({ lane, shares }) =>
      provenanceArcs(shares!, { max: 6, least: 0.012 })
        .arcs.filter(({ step }) => NOW - step >= 2)
        .map(({ step, share }) => ({
          from: xOfStep(box, scene.window, NOW),
          to: xOfStep(box, scene.window, step),
          width: Math.max(0.8, Math.min(15, 15 * Math.abs(share))),
          dashed: share < 0,
          ink: inks[lane.hue],
        })),
    );
    expect(wanted.length).toBeGreaterThan(8);
    const found = arcs(shapes).map((arc) => ({
      from: points(arc.d)[0]![0],
      to: points(arc.d).at(-1)![0],
      width: arc["stroke-width"],
      dashed: arc["stroke-dasharray"] === "5 4",
      ink: arc.stroke,
    }));
    expect(found.length).toBe(wanted.length);
    found.forEach((one, k) => {
      expect(one.from).toBeCloseTo(wanted[k]!.from, 1);
      expect(one.to).toBeCloseTo(wanted[k]!.to, 1);
      expect(one.width).toBeCloseTo(wanted[k]!.width, 1);
      expect([one.dashed, one.ink]).toEqual([wanted[k]!.dashed, wanted[k]!.ink]);
    });
    // A ring stands where the arc ends, on the signal.
    const { to } = wanted[0]!;
    const step = Math.round((to - box.time.x) / scene.window.step - 0.5);
    const y = signalY(box, scene.range, scene.signal.shown(step));
    const rings = shapes.filter(({ tag, fill, d }) => tag === "path" && fill === inks.bg && d.includes("A"));
    expect(rings.some(({ d }) => Math.abs(points(d)[0]![1] - y) < 0.1)).toBe(true);
  });

  it("of sums end over their steps, in no ring, and the picture says what their ranges are", async () => {
    const stage = await stageOf("memories", [NOW]);
    // The first lane's row is being taken apart.
    const question = (head: number): object => ({ kind: "shares", stream: 0, bank: stage.bankOf(0).name, index: head, t: NOW }); // prettier-ignore
    const heads = stage.bankOf(0).readHeads;
    const known = new Map(Array.from({ length: heads }, (_, head) => [JSON.stringify(question(head)), { row: new Float64Array(NOW + 2), blocks: [[20, 49, 0.6]] as const }])); // prettier-ignore
    const { peek } = stage.ledger;
    vi.spyOn(stage.ledger, "peek").mockImplementation((asked) => known.has(JSON.stringify(asked)) ? null : peek.call(stage.ledger, asked)); // prettier-ignore
    vi.spyOn(stage.ledger, "sums").mockImplementation((asked) => known.get(JSON.stringify(asked)) ?? null);
    const { box, scene, shapes, words } = painted(stage, looking(stage, { solo: 0 }));
    expect([scene.lanes[0]!.readAt, scene.lanes[0]!.now]).toEqual([NOW, null]); // no ages of what is not known
    const ink = inks[scene.lanes[0]!.lane.hue];
    expect(arcs(shapes).filter(({ stroke }) => stroke === ink).length).toBe(1);
    const bar = shapes.find((s) => s.tag === "rect" && s.fill === ink && s.height === 3)!;
    expect(bar.width).toBeCloseTo(30 * 5, 1);
    expect(bar.x).toBeCloseTo(xOfStep(box, scene.window, 20) - 2.5, 1);
    const x = xOfStep(box, scene.window, 34.5); // where the arc ends
    const rings = shapes.filter(({ tag, fill, d }) => tag === "path" && fill === inks.bg && d.includes("A"));
    expect(rings.filter(({ d }) => Math.abs(points(d)[0]![0] - x) < 8)).toEqual([]);
    expect(words).toEqual(expect.arrayContaining(["t = 20–49, 60%", "ranges: sums so far"]));
    vi.restoreAllMocks();
    expect(painted(stage, looking(stage, { solo: 0 })).words).not.toContain("ranges: sums so far");
  });

  it("fade where another lane is alone, which shows more of its own and says how much", async () => {
    const stage = await stageOf("memories", [NOW]);
    const solo = lanesOf(stage).findIndex(({ label }) => label === "NTM");
    const { scene, shapes } = painted(stage, looking(stage, { solo }));
    const own = inks[scene.lanes[solo]!.lane.hue];
    const opacities = new Set(arcs(shapes).filter(({ stroke }) => stroke !== own).map(({ opacity }) => opacity)); // prettier-ignore
    expect([...opacities]).toEqual([0.07]);
    expect(arcs(shapes).filter(({ stroke }) => stroke === own).every(({ opacity }) => opacity === 0.92)).toBe(true); // prettier-ignore
    expect(arcs(shapes).at(-1)!.stroke).toBe(own); // over the others
  });
});

describe("the ages of what is read now", () => {
  it("fill the bar in their shares, with an outline for what was there before the first step", async () => {
    const stage = await stageOf("memories", [NOW]);
    const { box, scene, shapes } = painted(stage, looking(stage));
    const room = box.ages!.w - 18;
    scene.lanes.forEach(({ lane, now }, k) => {
      const y = 30 + k * Math.min(22, (box.strip - 60) / scene.lanes.length);
      const parts = ages(now!, scene.period)!;
      const bars = shapes.filter((s) => s.tag === "rect" && s.y === Math.round(y * 100) / 100 && s.height === 11);
      const wanted = [...parts].slice(0, 4).map((part) => part * room - 1).filter((width) => width > 0); // prettier-ignore
      expect(bars.map(({ fill }) => fill)).toEqual(wanted.map(() => inks[lane.hue]));
      bars.forEach(({ width }, i) => expect(width).toBeCloseTo(wanted[i]!, 1));
      const outlined = shapes.some((s) => s.tag === "rect" && s.height === 10 && Math.abs(s.y - y - 0.5) < 0.02);
      expect(outlined).toBe(parts[4]! * room > 2);
    });
  });

  it("of an older step say so once over all of them, and each where the steps differ", async () => {
    const stage = await stageOf("memories", [NOW]);
    expect(painted(stage, looking(stage)).words).toContain("Read now, by age of the memory");
    const after = painted(stage, looking(stage, { t: NOW + 1 }));
    expect(after.words).toContain(`Read at t = ${NOW}, by age of the memory`);
    expect(after.words).not.toContain(`t = ${NOW}`);
    const { lanes } = after.scene;
    const now = Array.from(lanes[1]!.now!).slice(0, -1); // one lane is a step behind
    const apart = painted(stage, looking(stage, { t: NOW + 1 }), SIZES.wide, { lanes: lanes.map((lane, k) => (k === 1 ? { ...lane, now } : lane)) }); // prettier-ignore
    expect(apart.words).toContain("Read now, by age of the memory");
    expect(apart.words).toEqual(expect.arrayContaining([`t = ${NOW}`, `t = ${NOW - 1}`]));
  });

  it("are an empty bar where they are not known yet", async () => {
    const stage = await stageOf("memories", []);
    const { box, shapes } = painted(stage, looking(stage));
    const empty = shapes.filter((s) => s.tag === "rect" && s.fill === inks.hv && s.height === 11);
    expect(empty.map(({ width }) => width)).toEqual(stage.log.models.map(() => box.ages!.w - 18));
  });
});

describe("the strip", () => {
  it("draws the input up to now, what was asked under the answers, and the future dotted", async () => {
    const stage = await stageOf("memories", [NOW]);
    const { box, scene, shapes } = painted(stage, looking(stage));
    const { signal, range } = scene;
    const began = shapes.findIndex((shape) => shape["stroke-dasharray"] === "1 3");
    const lines = shapes.slice(began, began + 3 + stage.log.models.length);
    const at = (t: number, value: number): string =>
      `${+xOfStep(box, scene.window, t).toFixed(2)} ${+signalY(box, range, value).toFixed(2)}`;
    const [future, target, input, ...answers] = lines as [Shape, Shape, Shape, ...Shape[]];
    expect(future["stroke-dasharray"]).toBe("1 3");
    expect(future.d.startsWith(`M${at(NOW, signal.shown(NOW))}L`)).toBe(true);
    expect(target["stroke-dasharray"]).toBe("4 3");
    const asked = Array.from({ length: NOW + 1 }, (_, t) => t).filter((t) => signal.asked(t));
    expect(points(target.d).length).toBe(asked.length);
    expect(target.d).toContain(at(asked[0]!, signal.target(asked[0]!)));
    expect(points(input.d).length).toBe(NOW + 1 - asked.length);
    expect(input.d.startsWith(`M${at(0, signal.input(0))}L`)).toBe(true);
    expect(answers.length).toBe(stage.log.models.length);
    answers.forEach(({ d }, k) => expect(d).toContain(at(asked[0]!, signal.output(k, asked[0]!))));
  });

  it("puts windows of the task behind the signal, in the inks of storing and recalling", async () => {
    const stage = await stageOf("memories", [NOW]);
    const { box, scene, shapes } = painted(stage, looking(stage));
    const marks = shapes.filter((s) => s.tag === "rect" && s.height === 2 && s.y === box.signal.top - 5);
    const shown = scene.events.filter(({ kind }) => kind === "store" || kind === "recall");
    expect(marks.map(({ fill }) => fill)).toEqual(shown.map(({ kind }) => (kind === "store" ? inks.wf : inks.rf)));
    marks.forEach(({ x, width }, k) => {
      expect(x).toBeCloseTo(box.time.x + shown[k]!.step * 5, 5);
      expect(width).toBeCloseTo((shown[k]!.until - shown[k]!.step) * 5, 5);
    });
  });
});

describe("what stands at a step", () => {
  const line = (shapes: Shape[], fill: string): Shape[] => shapes.filter((s) => s.tag === "rect" && s.fill === fill && s.height > 200 && s.width < 2); // prettier-ignore

  it("is the playhead with its number, and nothing where now is not in view", async () => {
    const stage = await stageOf("memories", [NOW]);
    const { box, shapes } = painted(stage, looking(stage));
    const [head] = line(shapes, inks.tx) as [Shape];
    expect(head.x).toBe(Math.round(xOfStep(box, { first: 0, step: 5 }, NOW)) - 0.5);
    expect(shapes.at(-1)!.words).toBe(String(NOW));
    const away = painted(stage, looking(stage, { window: { first: 104, step: 16 } }));
    expect(line(away.shapes, inks.tx)).toEqual([]);
  });

  it("is the moment that a slot speaks of, with what it does at the ghost", async () => {
    const stage = await stageOf("memories", [NOW], [1]);
    const target: Target = { zone: "lane", stream: 1, slot: 1, t: NOW };
    const { box, scene, shapes, words } = painted(stage, looking(stage, { target }));
    const origins = stage.originsAt(1, 1, NOW)!;
    const best = [...origins.keys()].slice(1).sort((a, b) => Math.abs(origins[b]!) - Math.abs(origins[a]!))[0]!;
    expect(scene.linked).toBe(best - 1);
    expect(words).toContain(`written ${best - 1}`);
    const [mark] = line(shapes, "rgba(255,255,255,0.9)").concat(shapes.filter((s) => s.tag === "rect" && s.fill?.endsWith(",0.9)") && s.width === 1)); // prettier-ignore
    expect(mark!.x).toBe(Math.round(xOfStep(box, scene.window, best - 1)) - 0.5);
    const ghost = painted(stage, looking(stage, { target: { zone: "lane", stream: 0, slot: null, t: 40 } }));
    expect(ghost.words).toContain("40");
    for (const { lane } of ghost.scene.lanes) expect(ghost.words).toContain(lane.drawn.readout(40));
  });

  it("marks ranges that are selected, repeated and alike", async () => {
    const stage = await stageOf("memories", [NOW]);
    const ranges = { selection: [20, 29], loop: [40, 49], similar: [60, 80], length: 10 } as const;
    const { box, shapes } = painted(stage, looking(stage), SIZES.wide, { ranges });
    const x = (t: number): number => box.time.x + 5 * t;
    const has = (of: Partial<Shape>): Shape[] =>
      shapes.filter((shape) => Object.entries(of).every(([key, value]) => shape[key as keyof Shape] === value));
    expect(has({ x: x(20), width: 50, y: box.signal.top - 6 }).length).toBe(1);
    expect(has({ fill: inks.fo, x: x(30) - 1, width: 1 }).length).toBe(1);
    expect(has({ fill: inks.t2, opacity: 0.07 }).map((s) => [s.x, s.width])).toEqual([[x(60), 50], [x(80), 50]]); // prettier-ignore
    const foot = has({ fill: inks.fo, height: 1 });
    expect(foot.map((s) => [s.x, s.width])).toEqual([[x(40), 48]]);
  });
});

describe("the strip of a measure", () => {
  it("draws every model's line between 0 and 1, and its value now", async () => {
    const stage = await stageOf("memories", [NOW]);
    const lanes = lanesOf(stage).map((lane, k) => {
      const track = new HealthTrack(lane.model, lane.memory, stage.signal, lane.error);
      track.extend("filled", Infinity);
      return { hue: lane.hue, label: lane.label, faded: k === 1, at: (t: number) => track.at("filled", t) };
    });
    const { box, shapes, words } = painted(stage, looking(stage), SIZES.wide, { health: { measure: "filled", lanes } });
    const strip = box.health!;
    expect(words).toContain("Filled");
    for (const { at } of lanes) expect(words).toContain(at(NOW).toFixed(2));
    const lines = shapes.filter((s) => s.stroke && points(s.d).length === NOW + 1 && points(s.d).every(([, y]) => y >= strip.y)); // prettier-ignore
    expect(lines.map(({ opacity }) => opacity)).toEqual(lanes.map(({ faded }) => (faded ? 0.25 : 0.9)));
    lines.forEach(({ d }, k) => {
      const [, y] = points(d)[NOW]!;
      expect(y).toBeCloseTo(strip.y + strip.h - 2 - lanes[k]!.at(NOW) * (strip.h - 4), 1);
    });
  });
});

describe("a task of bits", () => {
  const STEPS = 40;

  function bits(): { stage: StageModel; look: Look } {
    stubCanvases();
    const log = loaded(makeLog(STEPS, [{ units: 3 }, { slots: 4, width: 2 }], 3, { width: 6, half: 20 }));
    const stage = new StageModel(log, new LedgerClient(log, { spawn: null }), inks, [0, 1]);
    stage.grow(true);
    return { stage, look: looking(stage, { t: 30 }) };
  }

  it("says how many bits of each answer are right", () => {
    const { stage, look } = bits();
    const right = (stream: number): number =>
      Array.from({ length: 6 }, (_, k) => stage.signal.output(stream, 30, k) > 0.5 === stage.signal.target(30, k) > 0.5)
        .filter(Boolean).length; // prettier-ignore
    const { words } = painted(stage, look);
    expect(words).toEqual(
      expect.arrayContaining(["Input, 6 bits", `${right(0)} of 6 right`, `${right(1)} of 6 right`]),
    );
    expect(words.filter((word) => word === "not asked")).toEqual([]);
    expect(painted(stage, { ...look, t: 10 }).words.filter((word) => word === "not asked")).toHaveLength(2);
  });

  it("draws the bits stored as cells, and while asked the target above the answers", () => {
    const { stage, look } = bits();
    const { scene, box } = painted(stage, look);
    const { source } = scene.bits!;
    const column = (t: number): number[][] => {
      const rgb = new Uint8ClampedArray(source.rows * 3);
      source.fill(t, { rgb } as never);
      return Array.from({ length: source.rows }, (_, row) => [...rgb.subarray(3 * row, 3 * row + 3)]);
    };
    const full = (hex: string): number[] => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
    const cell = Math.floor(source.rows / 6);
    for (let k = 0; k < 6; k++)
      expect(column(7)[k * cell]).toEqual(stage.signal.input(7, k) > 0.5 ? full(inks.tx) : [...inks.ground]);
    const asked = column(30);
    const target = source.band(0);
    for (let k = 0; k < 6; k++)
      expect(asked[target.top + k * target.cell]).toEqual(stage.signal.target(30, k) > 0.5 ? full(inks.t3) : [...inks.ground]); // prettier-ignore
    const own = source.band(2);
    for (let k = 0; k < 6; k++) {
      const p = stage.signal.output(1, 30, k);
      const hue = full(inks[stage.lane(1).hue]);
      asked[own.top + k * own.cell]!.forEach((v, i) =>
        expect(Math.abs(v - (inks.ground[i]! + (hue[i]! - inks.ground[i]!) * p))).toBeLessThanOrEqual(1),
      );
    }
    expect([source.holds(STEPS - 1), source.holds(STEPS)]).toEqual([true, false]);
    expect(box.signal.bottom - box.signal.top).toBeGreaterThan(source.rows); // room for the words of the windows
  });
});

it("says that no model is on the stage where none is", async () => {
  const stage = await stageOf("memories", []);
  expect(painted(stage, looking(stage, { shown: [] })).words).toContain("No model on the stage.");
});

it("never writes beyond the edge of its canvas", async () => {
  for (const name of ["memories", "kinds"] as const) {
    const stage = await stageOf(name, [NOW]);
    for (const sides of Object.values(SIZES))
      for (const { tag, x, anchor, words } of painted(stage, looking(stage), sides).shapes) {
        if (tag !== "text") continue;
        const wide = words.length * LETTER;
        const left = anchor === "end" ? x - wide : anchor === "middle" ? x - wide / 2 : x;
        expect(left, words).toBeGreaterThanOrEqual(0);
        if (words.length > 3) expect(left, words).toBeLessThan(sides[0]);
      }
  }
});
