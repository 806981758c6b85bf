import { describe, expect, it } from "vitest";
import { besideOf } from "../../analysis/beside";
import { logBeside } from "../../memory/testbeside";
import { drawingOf, points } from "../testdrawing";
import { DARK, makeInks } from "../ink/tokens";
import { besideRange, besideReadout, besideValue, paintBeside } from "./beside";
import { phoneHeight } from "./beside_boxes";
import { targetAt } from "./hit";
import { besideOpen, layout, xOfStep, type Standing } from "./layout";

const lanes = (count: number): Standing => ({ folded: Array.from({ length: count }, () => false), health: false });
/** The stage of a screen of 1440 × 900, of one of 1280 × 720, of a tablet. */
const SCREENS = { large: [1177, 640], small: [1016, 460], tablet: [820, 684] } as const;

describe("strips beside the signal", () => {
  it("lie one under the other between signal and axis, on the same time axis, with every lane in view", () => {
    for (const [W, H] of Object.values(SCREENS))
      for (let beside = 0; beside <= 7; beside++)
        for (const count of [1, 4, 5]) {
          const box = layout(W, H, { ...lanes(count), beside });
          expect(box.beside).toHaveLength(beside);
          let y = box.strip;
          for (const strip of box.beside) {
            expect([strip.x, strip.w]).toEqual([box.time.x, box.time.w]);
            expect(strip.y).toBeGreaterThanOrEqual(y);
            expect(strip.h).toBeGreaterThanOrEqual(11);
            y = strip.y + strip.h;
          }
          expect(box.axis.y).toBeGreaterThanOrEqual(y);
          expect(box.lanes[0]!.raster.y).toBeGreaterThan(box.axis.y + box.axis.h);
          if (count < 5) for (const lane of box.lanes) expect(lane.raster.h).toBeGreaterThanOrEqual(32);
          expect(box.bottom).toBeLessThanOrEqual(H);
        }
  });

  it("are open where the lanes stay legible, unless somebody has chosen", () => {
    const open = (screen: keyof typeof SCREENS, count: number, beside: number): number =>
      besideOpen(SCREENS[screen][0], SCREENS[screen][1], lanes(count), beside, null);
    expect([open("large", 4, 3), open("large", 4, 7), open("large", 2, 7)]).toEqual([3, 7, 7]);
    expect([open("small", 4, 3), open("small", 2, 3), open("small", 1, 7)]).toEqual([0, 3, 7]);
    expect(besideOpen(390, 640, lanes(1), 3, null)).toBe(0);
    expect(besideOpen(390, 640, lanes(1), 3, "shown")).toBe(3);
    expect(besideOpen(...SCREENS.small, lanes(4), 7, "shown")).toBe(7);
    expect(besideOpen(...SCREENS.large, lanes(1), 7, "hidden")).toBe(0);
    expect(besideOpen(...SCREENS.large, lanes(1), 0, "shown")).toBe(0);
  });

  it("make the stage of a phone longer by what they need", () => {
    const [bare, open] = [0, 5].map((beside) => layout(390, 560 + phoneHeight(beside), { ...lanes(1), beside }));
    expect(open!.lanes[0]!.raster.h).toBe(bare!.lanes[0]!.raster.h);
    expect(open!.lanes[0]!.raster.y - bare!.lanes[0]!.raster.y).toBe(phoneHeight(5));
  });

  it("are pointed at as the signal is, by the step", () => {
    const box = layout(...SCREENS.large, { ...lanes(2), beside: 3 });
    const window = { first: 0, step: 4 };
    const scene = { t: 100, last: 131, slots: true, lanes: [] };
    const y = box.beside[1]!.y + 3;
    expect(targetAt(box, window, scene, xOfStep(box, window, 60), y)).toEqual({ zone: "signal", t: 60 });
    expect(targetAt(box, window, scene, xOfStep(box, window, 60), box.axis.y + 2)?.zone).toBe("axis");
  });

  it("say a value with the digits that its range asks for", () => {
    expect(besideValue(36.5, { low: 36.1, high: 37.2 })).toBe("36.50");
    expect(besideValue(0.0042, { low: 0, high: 0.009 })).toBe("0.0042");
    expect(besideValue(20000001, { low: 20000000, high: 20000009 })).toBe("20\u2009000\u2009001");
    expect(besideValue(1, { low: 0, high: 1 })).toBe("1");
    expect(besideValue(NaN, null)).toBe("missing");
  });

  it.each([
    ["wide", SCREENS.large],
    ["narrow", SCREENS.tablet],
    ["phone", [390, 640] as const],
  ])("show name, unit, range and value at the playhead: %s", (_, [W, H]) => {
    const channels = besideOf(logBeside("memories"));
    const box = layout(W, H, { ...lanes(1), beside: 2 });
    const drawing = drawingOf(W, H);
    paintBeside(drawing.ctx, makeInks(DARK, true), box, { first: 0, step: 2 }, channels, 50);
    const words = drawing.words().join(" | ");
    const range = _ === "narrow" ? "36.0–37.3" : "36.01 to 37.31";
    for (const said of ["temperature", "36.50 °C", range, "V5", "10", "−40 to 91"]) expect(words).toContain(said);
    expect(besideReadout(channels[0]!, 51)).toBe("missing");
    expect(besideRange(channels[1]!)).toBe("−40 to 91");
    const lines = drawing.shapes().filter(({ tag, stroke }) => tag === "path" && stroke);
    const inside = lines.flatMap(({ d }) => points(d));
    expect(inside.length).toBeGreaterThan(100);
    for (const [, y] of inside) expect(box.beside.some((strip) => y! >= strip.y && y! <= strip.y + strip.h)).toBe(true);
  });
});
