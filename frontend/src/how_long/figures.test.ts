import { describe, expect, it } from "vitest";
import { DARK, makeInks } from "../draw/ink/tokens";
import { captioned, dressed, numbers, place, reaching, scaleOf, valueAt, xPixel, yPixel, type Figure } from "./figures";

const inks = makeInks(DARK, true);
const line = (model: string, glyph: string | null) => ({ x: [10, 100], y: [0.01, 1], meta: { model, glyph, part: "line" as const } }); // prettier-ignore
const FIGURE: Figure = {
  data: [
    { x: [10, 100], y: [0.02, 1.2], meta: { model: "ntm", glyph: "ntm", part: "band" }, fill: "tonexty" },
    line("ntm", "ntm"),
    line("chance", null),
  ],
  layout: {
    xaxis: { type: "log", tickvals: [10, 100] },
    yaxis: { type: "log", range: [-2, 1] },
    shapes: [
      { type: "rect", x0: 10, x1: 40 },
      { type: "line", y0: 0.1 },
    ],
    paper_bgcolor: "#ffffff",
  },
};
const ROOM = { width: 300, height: 220, left: 50, right: 50, top: 10, bottom: 10 };

describe("an axis", () => {
  it("has the ends the library chose, else those of its numbers with some air", () => {
    expect(scaleOf({ type: "log", range: [-2, 1] }, [5])).toEqual({ log: true, low: -2, high: 1 });
    const found = scaleOf({ type: "log" }, numbers(FIGURE, "x"));
    expect([found.low < 1, found.high > 2, found.low > 0.9]).toEqual([true, true, true]);
    expect(scaleOf({ type: "log" }, [10])).toEqual({ log: true, low: 0.7, high: 1.3 });
    expect(scaleOf(undefined, [0, 1])).toEqual({ log: false, low: -0.03, high: 1.03 });
  });

  it("leads from data to pixels and back", () => {
    const scale = { log: true, low: 1, high: 3 };
    expect(place(scale, 100)).toBeCloseTo(0.5);
    expect(valueAt(scale, 0.5)).toBeCloseTo(100);
    expect(xPixel(scale, ROOM, 100)).toBeCloseTo(150);
    expect(yPixel(scale, ROOM, 1000)).toBeCloseTo(10);
    expect(valueAt({ log: false, low: 0, high: 4 }, 0.25)).toBe(1);
  });

  it("reaches as far as will be measured, so that what is added moves nothing", () => {
    const { xaxis } = reaching(FIGURE, [10, 400]).layout;
    const wider = { ...FIGURE, data: [...FIGURE.data, { x: [400], y: [1] }] };
    expect(reaching(wider, [10, 400]).layout.xaxis).toEqual(xaxis);
    expect(xaxis!.range![1]).toBeGreaterThan(Math.log10(400));
  });
});

describe("a figure on the page", () => {
  const shown = dressed(FIGURE, ROOM, inks, null);

  it("has the size of its box and the inks of the theme", () => {
    expect(shown.layout).toMatchObject({
      width: 300,
      height: 220,
      margin: { l: 50, r: 50, t: 10, b: 10 },
      annotations: [],
    });
    expect(shown.layout["paper_bgcolor"]).toBe("rgba(0,0,0,0)");
    const [band, ntm, chance] = shown.data;
    expect(ntm!.line).toMatchObject({ color: inks.ntm });
    expect(chance!.line).toMatchObject({ color: inks.t3, width: 1.2 });
    const [r, g, b] = [1, 3, 5].map((k) => parseInt(inks.ntm.slice(k, k + 2), 16));
    expect(band!["fillcolor"]).toBe(`rgba(${r},${g},${b},0.1)`);
  });

  it("keeps what the library drew: data, ticks, zones", () => {
    expect(shown.data.map(({ x, y }) => [x, y])).toEqual(FIGURE.data.map(({ x, y }) => [x, y]));
    expect(shown.layout.xaxis).toMatchObject({ type: "log", tickvals: [10, 100] });
    expect(shown.layout.shapes).toMatchObject([{ x0: 10, x1: 40, fillcolor: inks.sf }, { y0: 0.1 }]);
  });

  it("lets all but the one that is looked at grow faint", () => {
    const [band, ntm, chance] = dressed(FIGURE, ROOM, inks, "ntm").data;
    expect([ntm!["opacity"], chance!["opacity"]]).toEqual([1, 0.12]);
    expect(String(band!["fillcolor"])).toMatch(/0\.22\)$/);
  });
});

it("a figure that is saved says what it is, and whose its curves are", () => {
  const names = new Map([["ntm", "NTM"]]);
  const { layout } = captioned(FIGURE, { title: "How long?", foot: "48 windows", names }, inks);
  expect(layout["title"]).toMatchObject({ text: "How long?" });
  expect(layout["paper_bgcolor"]).toBe(inks.bg);
  const texts = (layout.annotations ?? []).map((one) => one["text"]);
  expect(texts).toEqual(["NTM", "", "48 windows"]);
});
