import { describe, expect, it } from "vitest";
import { cellAt } from "./lane/cut_painter";
import { ages } from "./stage/arcs";
import { fromOklab, parseHex, ramp, toOklab } from "./ink/colour";
import { foldRows } from "./lane/slot_rows";
import { lagRow, LAG_ROWS } from "./lane/lag_rows";
import { compact, count, duration, listed, num, percent, size, when } from "./ink/format";
import { targetAt, type HitScene } from "./stage/hit";
import {
  fitting,
  follow,
  layout,
  openingWindow,
  rowAt,
  stepAtX,
  xOfStep,
  zoom,
  dialPitch,
  SCALE,
} from "./stage/layout";
import { STEP_WIDTHS } from "../view/vocabulary";
import { divergingEntry, rangeOf, fixedLimit } from "../analysis/scale";
import { stepOnScrub, xOnScrub } from "./panels/scrubber";
import { thumbLayout } from "./panels/thumbnail";
import { DARK, makeInks } from "./ink/tokens";

describe("layout", () => {
  it("keeps one time axis and one slot axis for every size and number of lanes", () => {
    for (const [W, H] of [
      [1184, 752],
      [1024, 572],
      [820, 640],
      [390, 640],
    ] as const) {
      for (const n of [0, 1, 2, 3, 4, 5]) {
        const box = layout(W, H, n);
        for (const lane of box.lanes) {
          expect(lane.raster.x).toBe(box.time.x);
          expect(lane.raster.w).toBe(box.time.w);
          expect(lane.raster.h % (lane.raster.h < 64 ? 16 : 32)).toBe(0);
          expect(lane.now.matrix.h).toBe(lane.raster.h);
          if (box.mode !== "phone") expect(lane.now.matrix.y).toBe(lane.raster.y);
          expect(Number.isInteger(lane.raster.y)).toBe(true);
        }
        expect(box.time.x + box.time.w).toBeLessThanOrEqual(W);
      }
    }
  });

  it("follows VISUAL §3 at 1440 × 900: gutter 112, lanes of 32 whole rows, now column of 278", () => {
    const box = layout(1440 - 256, 900 - 44 - 40 - 64, 4);
    expect(box.time.x).toBe(16 + 112);
    expect(box.time.w).toBe(1184 - 128 - 278 - 12);
    expect(box.lanes.map((lane) => lane.raster.h)).toEqual([128, 128, 128, 128]);
    expect(box.lanes[3]!.raster.y + 128).toBeLessThanOrEqual(752);
    expect(box.lanes[1]!.raster.y - box.lanes[0]!.raster.y).toBe(128 + 9);
  });

  it("leaves no ground empty below lanes of less than two rows", () => {
    for (let H = 400; H < 560; H += 7) {
      const box = layout(1024, H, 4);
      if (box.lanes[0]!.raster.h >= 64) continue;
      expect(H - box.bottom).toBeGreaterThanOrEqual(0);
      expect(H - box.bottom).toBeLessThan(16);
    }
  });

  it("folded lanes give their height to the others, and the health strip stands below all", () => {
    const open = layout(1184, 752, { folded: [false, true, true, false], health: false });
    expect(open.lanes.map((lane) => lane.raster.h)).toEqual([224, 20, 20, 224]);
    for (const health of [false, true]) {
      for (let n = 1; n <= 12; n++) {
        for (const H of [572, 752]) {
          const box = layout(1184, H, { folded: Array.from({ length: n }, (_, k) => k % 3 === 2), health });
          box.lanes.slice(1).forEach((lane, k) => {
            const before = box.lanes[k]!.raster;
            expect(lane.raster.y).toBe(before.y + before.h + 9);
          });
          const last = box.lanes.at(-1)!.raster;
          if (box.health) expect(box.health.y).toBe(last.y + last.h + 9);
          if (n <= 5) expect(box.bottom).toBeLessThanOrEqual(H);
        }
      }
    }
  });

  it("fits a range of steps into view, centred, at one of the step widths", () => {
    const box = layout(1184, 752, 4);
    const window = fitting(box, 200, 260, 1000);
    expect(window.step).toBe(12);
    expect(xOfStep(box, window, 200)).toBeGreaterThan(box.time.x);
    expect(xOfStep(box, window, 260)).toBeLessThan(box.time.x + box.time.w);
    expect(fitting(box, 0, 999, 1000)).toEqual({ step: 1.5, first: 0 });
  });

  it("shows one lane at a time on a phone, now below it", () => {
    const box = layout(390, 640, 4);
    expect(box.mode).toBe("phone");
    expect(box.lanes).toHaveLength(1);
    expect(box.lanes[0]!.now.y).toBeGreaterThan(box.lanes[0]!.raster.y + box.lanes[0]!.raster.h);
    expect(box.lanes[0]!.now.gates!.x + 74).toBeLessThanOrEqual(390);
  });

  it("maps steps to pixels and back for every step width", () => {
    const box = layout(1184, 752, 4);
    for (const step of STEP_WIDTHS) {
      const window = { first: 37, step };
      for (const t of [37, 38, 100, 140]) expect(stepAtX(box, window, xOfStep(box, window, t))).toBe(t);
    }
  });

  it("follows the playhead past 92 %, rests at 88 %, and comes back when now lies left of the window", () => {
    const box = layout(1184, 752, 4);
    const n = box.time.w / 3;
    const window = { first: 0, step: 3 };
    expect(follow(box, window, Math.floor(n * 0.9), 1000)).toBeNull();
    expect(follow(box, window, Math.ceil(n * 0.93), 1000)).toBe(Math.round(Math.ceil(n * 0.93) - n * 0.88));
    expect(follow(box, { first: 400, step: 3 }, 10, 1000)).toBe(0);
    expect(follow(box, { first: 1000 - Math.floor(n), step: 3 }, 999, 1000)).toBeNull();
  });

  it("opens on the question, as wide as there is room for in half pixels", () => {
    const question = { store: [25, 48], recall: [79, 102] } as const;
    expect(openingWindow(766, 160, question)).toEqual({ first: 15, step: 8 }); // steps 15 to 108
    expect(openingWindow(344, 160, question)).toEqual({ first: 15, step: 3.5 });
    expect(openingWindow(766, 25, { store: [0, 11], recall: [13, 24] })).toEqual({ first: 0, step: 30.5 });
    expect(openingWindow(766, 6, null)).toEqual({ first: 0, step: 32 });
    expect(openingWindow(766, 160, null)).toEqual({ first: 0, step: 4.5 });
    expect(openingWindow(766, 1000, null)).toEqual({ first: 0, step: 3 });
    // Too long to be seen as one: from the beginning, like a run that asks nothing.
    expect(openingWindow(766, 1500, { store: [30, 60], recall: [1300, 1330] })).toEqual({ first: 0, step: 3 });
  });

  it("zooms around the pointer", () => {
    const box = layout(1184, 752, 4);
    const window = { first: 200, step: 3 };
    const x = xOfStep(box, window, 300);
    const closer = zoom(box, window, 1, x, 5000);
    expect(closer.step).toBe(4);
    expect(Math.abs(stepAtX(box, closer, x) - 300)).toBeLessThanOrEqual(1);
    expect(zoom(box, { first: 0, step: 16 }, 1, x, 100).step).toBe(16);
    expect(zoom(box, { first: 0, step: 4 }, -1, x, 100)).toEqual({ first: 0, step: 4 }); // all of it is in view
    // From a width that is none to choose, to its neighbours.
    expect([
      zoom(box, { first: 9, step: 8.5 }, 1, x, 5000).step,
      zoom(box, { first: 9, step: 8.5 }, -1, x, 5000).step,
    ]).toEqual([12, 8]);
  });
});

describe("hit testing", () => {
  const box = layout(1184, 752, 2);
  const window = { first: 0, step: 3 };
  const BLOCKS = [
    { name: "memory", columns: 4, weight: 2 },
    { name: "gate", columns: 1, weight: 1 },
  ];
  const lane = (stream: number) => ({
    stream,
    rows: 64,
    dials: 3,
    slotAt: (at: number): number | null => Math.floor(at),
    cellAt: (width: number, x: number) => cellAt(BLOCKS, width, x),
  });
  const scene: HitScene = { t: 100, last: 200, slots: true, lanes: [lane(0), lane(1)] };

  it("reads the same boxes that are drawn", () => {
    const raster = box.lanes[1]!.raster;
    const x = xOfStep(box, window, 42);
    const y = raster.y + (10.5 / 64) * raster.h;
    expect(targetAt(box, window, scene, x, y)).toEqual({ zone: "lane", stream: 1, t: 42, slot: 10 });
    expect(targetAt(box, window, scene, x, 40)).toEqual({ zone: "signal", t: 42 });
    expect(targetAt(box, window, scene, x, box.axis.y + 5)).toEqual({ zone: "axis", t: 42 });
    const { matrix, gates } = box.lanes[0]!.now;
    expect(targetAt(box, window, scene, matrix.x + 3, matrix.y + 1)).toMatchObject({
      zone: "lane",
      stream: 0,
      t: 100,
      slot: 0,
    });
    expect(targetAt(box, window, scene, gates!.x + 3, gates!.y + 40)).toMatchObject({
      zone: "dial",
      stream: 0,
      dial: 1,
    });
  });

  it("names the number pointed at in a cut, and none between its blocks", () => {
    const { matrix } = box.lanes[0]!.now;
    const width = Math.round((2 / 3) * (matrix.w - 3));
    const found = (x: number) => targetAt(box, window, scene, matrix.x + x, matrix.y + matrix.h / 2);
    expect([0, width * 0.3, width - 0.1].map((x) => found(x))).toEqual(
      [0, 1, 3].map((column) => ({ zone: "lane", stream: 0, t: 100, slot: 32, cell: { block: "memory", column } })),
    );
    expect(found(width + 1)).toEqual({ zone: "lane", stream: 0, t: 100, slot: 32 });
    expect(found(width + 4)).toMatchObject({ cell: { block: "gate", column: 0 } });
  });

  it("names no slot in the future, in lag rows, or where none exists yet", () => {
    const { raster } = box.lanes[0]!;
    expect(targetAt(box, window, scene, xOfStep(box, window, 150), raster.y + 4)).toMatchObject({ t: 100, slot: null });
    expect(targetAt(box, window, { ...scene, slots: false }, xOfStep(box, window, 50), raster.y + 4)).toMatchObject({
      slot: null,
    });
    const young = {
      ...scene,
      lanes: [{ ...lane(0), slotAt: (at: number, t: number) => (at < t + 1 ? Math.floor(at) : null) }],
    };
    expect(targetAt(box, window, young, xOfStep(box, window, 3), raster.y + raster.h - 2)).toMatchObject({
      slot: null,
    });
  });

  it("leaves the scale of the contents its place below the dials, where those stay legible", () => {
    const gates = (h: number) => ({ x: 0, y: 0, w: 74, h });
    expect([128, 96].map((h) => Math.round(dialPitch(gates(h), 3) * 10) / 10)).toEqual([34, 26.7]);
    expect(96 - 3 * dialPitch(gates(96), 3)).toBeGreaterThanOrEqual(SCALE);
    expect([dialPitch(gates(64), 3), dialPitch(gates(96), 4)]).toEqual([64 / 3, 24]); // no room for both
  });

  it("clamps rows to the lane", () => {
    expect(rowAt({ x: 0, y: 10, w: 1, h: 64 }, 32, 9)).toBeNull();
    expect(rowAt({ x: 0, y: 10, w: 1, h: 64 }, 32, 73.9)).toBe(31);
  });
});

describe("colour", () => {
  it("goes to OKLab and back", () => {
    for (const hex of ["#000000", "#ffffff", "#ff9a3f", "#123a5c"]) {
      const rgb = parseHex(hex);
      fromOklab(toOklab(rgb)).forEach((v, i) => expect(Math.abs(v - rgb[i]!)).toBeLessThan(0.5));
    }
    expect(() => parseHex("orange")).toThrow(/#rrggbb/);
  });

  it("makes ramps of 256 entries that end on their stops; sequential lightness never turns", () => {
    const inks = makeInks(DARK, true);
    expect(inks.sequential).toHaveLength(768);
    expect([...inks.sequential.slice(0, 3)]).toEqual([...parseHex(DARK.sk)]);
    expect([...ramp(["#000", "#fff"]).slice(765)]).toEqual([255, 255, 255]);
    let before = -1;
    for (let i = 0; i < 256; i += 5) {
      const [L] = toOklab([inks.sequential[i * 3]!, inks.sequential[i * 3 + 1]!, inks.sequential[i * 3 + 2]!]);
      expect(L).toBeGreaterThanOrEqual(before - 0.004);
      before = L;
    }
  });
});

describe("scales", () => {
  it("takes limits from the recording in powers of √2, so that a live run does not flicker", () => {
    expect(fixedLimit([Float32Array.of(0.3, -0.9)])).toBe(1);
    expect(fixedLimit([Float32Array.of(1)])).toBe(1);
    expect(fixedLimit([Float32Array.of(1.2)])).toBeCloseTo(Math.SQRT2);
    expect(fixedLimit([Float32Array.of(1.5)])).toBe(2);
    expect(fixedLimit([Float32Array.of(NaN, 0)])).toBe(0.0625);
  });

  it("leaves out the largest 2 % of all numbers together, and what is nothing or infinite", () => {
    const small = new Float32Array(98).fill(0.9);
    expect(fixedLimit([small, Float32Array.of(-7, 7)])).toBe(8); // the 99th of 100 in order of size
    expect(fixedLimit([small, Float32Array.of(0.9, 7)])).toBe(1);
    expect(fixedLimit([small, Float32Array.of(0.9, 7, 0, 1e-7, NaN, Infinity, -Infinity)])).toBe(1);
    expect(fixedLimit([Float32Array.of(3e-6)], 0)).toBe(2 ** -18);
    expect(fixedLimit([[1.5e300]])).toBe(2 ** 997.5);
    expect(fixedLimit([[Math.SQRT2]])).toBeCloseTo(Math.SQRT2); // a limit holds itself
  });

  it("puts zero in the middle of the diverging ramp and NaN on zero", () => {
    expect(divergingEntry(-2, 2)).toBe(0);
    expect(divergingEntry(0, 2)).toBe(128);
    expect(divergingEntry(9, 2)).toBe(255);
    expect(divergingEntry(NaN, 2)).toBe(128);
  });

  it("leaves infinities out of ranges", () => {
    const { low, high } = rangeOf([0, 1, Infinity, NaN]);
    expect(low).toBeCloseTo(-0.06);
    expect(high).toBeCloseTo(1.06);
    expect(rangeOf([])).toEqual({ low: -1, high: 1 });
  });

  it("folds many slots into at most 128 rows, and lags into log rows", () => {
    expect(foldRows(64)).toEqual({ rows: 64, per: 1 });
    expect(foldRows(256)).toEqual({ rows: 128, per: 2 });
    expect(foldRows(1000)).toEqual({ rows: 125, per: 8 });
    expect(lagRow(0, 1000)).toBe(0);
    // floor(ln(1 + lag) / ln(1 + longest) · 64), by hand
    expect([1, 10, 100, 500].map((lag) => lagRow(lag, 1000))).toEqual([6, 22, 42, 57]);
    expect(lagRow(1000, 1000)).toBe(LAG_ROWS - 1);
    expect(lagRow(10, 1000)).toBeLessThan(lagRow(100, 1000));
  });
});

describe("ages", () => {
  it("splits the whole read into classes that sum to one, cancelling writes by their size", () => {
    const shares = new Float64Array(102);
    shares[0] = 0.25; // initial content
    shares[100] = 0.5; // step 99, lag 1
    shares[61] = -0.25; // step 60, lag 40
    expect([...ages(shares, 24)!]).toEqual([0.5, 0, 0.25, 0, 0.25]);
    expect(ages(new Float64Array(5), 24)).toBeNull();
  });
});

describe("numbers on the page", () => {
  it("uses a true minus, thin spaces and units", () => {
    expect(num(-0.456)).toBe("−0.46");
    expect(num(-0.001)).toBe("0.00");
    expect(num(NaN)).toBe("no number");
    expect(count(10482)).toBe("10\u2009482");
    expect(percent(0.881)).toBe("88%");
    expect(percent(0.041)).toBe("4.1%");
    expect(percent(-0.3)).toBe("−30%");
    expect(percent(0.0001)).toBe("0%");
    expect(duration(5.944)).toBe("5.94 s");
    expect(duration(125)).toBe("2 min 05 s");
    expect(size(38_400_000)).toBe("38 MB");
    expect(size(820)).toBe("820 B");
    expect(compact(64123)).toBe("64.1 k");
    expect(listed(["A", "B", "C"])).toBe("A, B and C");
    expect(when("2026-11-21T10:05:00", new Date("2026-11-21T12:00:00"))).toBe("today 10:05");
    expect(when("2026-11-20T23:59:00", new Date("2026-11-21T00:10:00"))).toBe("yesterday 23:59");
  });
});

describe("scrubber and card", () => {
  it("maps the run to the width and back", () => {
    for (const t of [0, 1, 250, 511]) expect(stepOnScrub(xOnScrub(t, 512, 840), 512, 840)).toBe(t);
    expect(stepOnScrub(-50, 512, 840)).toBe(0);
    expect(stepOnScrub(9000, 512, 840)).toBe(511);
  });

  it("fits the lanes of a card into it", () => {
    for (const n of [1, 2, 4]) {
      const box = thumbLayout(272, 122, n);
      const last = box.rasters[n - 1]!;
      expect(last.y + last.h).toBeLessThanOrEqual(122);
    }
  });
});
