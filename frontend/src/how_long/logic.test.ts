import { describe, expect, it } from "vitest";
import { csv } from "./csv";
import { capacityOf, endLabels, priceOf } from "./ends";
import { formatLook, parseLook } from "./link";
import { list, many, seconds, value } from "./numbers";
import { spread } from "./readout";
import { at, curves, delaysOf, nearest, passes, references, telling } from "./rows";
import { table } from "./table";
import { measurementOf } from "./testmeasurement";

const TWO = { ntm: { 40: 0.03, 10: 0.02, 120: 1.06 }, lstm: { 10: 0.24, 40: 0.25, 120: 0.3 } };
const of = (key: string) => ({ key, label: key, glyph: "ntm", points: [] });

describe("rows", () => {
  it("become curves by ascending delay, of one view", () => {
    const measurement = measurementOf(TWO);
    const [ntm] = curves(measurement, "behaviour");
    expect(ntm!.points.map(({ delay }) => delay)).toEqual([10, 40, 120]);
    expect(curves(measurement, "content")).toEqual([]);
    expect(at(ntm!, 40)?.error).toBe(0.03);
    expect(at(ntm!, 41)).toBeNull();
    expect(delaysOf(curves(measurement, "behaviour"))).toEqual([10, 40, 120]);
  });

  it("without a number make no point; references are apart, answering 0 is none of them", () => {
    const base = measurementOf(TWO);
    const row = { ...base.rows[0]!, checkpoint: null, model: "shift-register" };
    const rows = [...base.rows, row, { ...row, model: "chance" }, { ...row, delay: 20, error: null }];
    const named = ["shift-register", "chance"].map((id) => ({ id, label: id }));
    const found = references({ rows, references: named, segment: 24 });
    expect(found.map(({ key, points }) => [key, points.length])).toEqual([["shift-register", 1]]);
  });

  it("pass a level between two measured delays, or do not", () => {
    const points = curves(measurementOf(TWO), "behaviour").map((curve) => curve.points);
    expect(passes(points[0]!, 0.1)).toEqual({ below: 40, above: 120 });
    expect(passes(points[1]!, 0.1)).toEqual({ below: null, above: 10 });
    expect(passes(points[1]!, 0.5)).toEqual({ below: 120, above: null });
  });

  it("are looked at where they differ most", () => {
    expect(telling(curves(measurementOf(TWO), "behaviour"))).toBe(10);
    expect(telling(curves(measurementOf(TWO), "behaviour"), 40)).toBe(120);
    expect(telling(curves(measurementOf(TWO), "behaviour"), 400)).toBe(10);
    expect(telling([])).toBeNull();
    expect(nearest([10, 40, 120], 19)).toBe(10);
    expect(nearest([10, 40, 120], 21)).toBe(40);
    expect(nearest([], 21)).toBeNull();
  });
});

describe("the table", () => {
  const horizon = (id: string, level: number, delay: number | null, above: number | null, text: string) => ({
    view: "behaviour", model: id, checkpoint: `${id}-signal-recall`, level, delay, above, text,
  }); // prettier-ignore
  const horizons = [
    horizon("lstm", 0.1, null, 10, "not at 10"),
    horizon("lstm", 0.5, 120, null, "> 120"),
    horizon("ntm", 0.1, 40, 120, "40 – 120"),
    horizon("ntm", 0.5, 40, 120, "40 – 120"),
  ];

  it("has the longest memory first, with what the library says of its horizon and its cause", () => {
    const causes = [{ model: "ntm", delay: 120, cause: "overwritten", evidence: "61 % kept" }];
    const rows = table(measurementOf({ lstm: TWO.lstm, ntm: TWO.ntm }, { horizons, causes }));
    expect(rows.map(({ model, exact, blur }) => [model.id, exact, blur.text])).toEqual([
      ["ntm", { text: "40 – 120", strong: true }, "40 – 120"],
      ["lstm", { text: "not at 10", strong: false }, "> 120"],
    ]);
    expect(rows.map(({ cause }) => cause?.cause)).toEqual(["overwritten", undefined]);
  });

  it("waits with every number while it is measured", () => {
    const rows = table(measurementOf(TWO, { horizons, status: "running" }));
    expect(rows.map(({ model, exact, blur }) => [model.id, exact.text, blur.text])).toEqual([["ntm", "…", "…"], ["lstm", "…", "…"]]); // prettier-ignore
  });
});

describe("labels at the edge", () => {
  it("stand where their curves end, as far as none lies over another", () => {
    const labels = spread([{ curve: of("a"), end: 50 }, { curve: of("b"), end: 100 }], 15, 0, 200); // prettier-ignore
    expect(labels.map(({ y }) => y)).toEqual([50, 100]);
  });

  it("keep their order and their distance, and stay inside", () => {
    const ends = [12, 10, 14, 11, 90, 96, 199, 200].map((end, k) => ({ curve: of(`${k}`), end }));
    const labels = spread(ends, 15, 5, 190);
    const ys = labels.map(({ y }) => y);
    expect([...ys].sort((a, b) => a - b)).toEqual(ys);
    expect(labels.map(({ end }) => end)).toEqual([10, 11, 12, 14, 90, 96, 199, 200]);
    for (let k = 1; k < ys.length; k++) expect(ys[k]! - ys[k - 1]!).toBeGreaterThanOrEqual(15 - 1e-9);
    expect(ys[0]).toBeGreaterThanOrEqual(5);
    expect(ys.at(-1)).toBeLessThanOrEqual(190);
  });

  it("of prices say milliseconds, as many as there is room for", () => {
    const errors = Object.fromEntries(Array.from({ length: 20 }, (_, k) => [`m${k}`, { 10: 0.1 }]));
    const prices = Object.keys(errors).map((id, k) => ({ model: id, floats: [[10, 2 ** k]], ms: [[10, k + 0.123]] })) as never; // prettier-ignore
    const room = { width: 300, height: 150, left: 0, right: 90, top: 8, bottom: 20 };
    const measurement = measurementOf(errors, { prices });
    const labels = endLabels(measurement, priceOf(measurement), room, { log: true, low: 0, high: 7 });
    expect(labels.length).toBe(8);
    expect([labels[0]!.text, labels.at(-1)!.text]).toEqual(["19 ms", "0.12 ms"]);
  });
});

describe("the end of a curve of contents", () => {
  it("says the capacity of the whole state", () => {
    const of = (model: string, bank: string | null, capacity: number) =>
      ({
        model,
        checkpoint: "",
        bank,
        capacity,
        shuffled: 0,
        lags: 128,
        n: 9,
        grows: false,
        text: String(capacity),
      }) as const;
    const end = capacityOf({ capacities: [of("ntm", "memory", 3), of("ntm", null, 32)] });
    expect([end("ntm"), end("lstm")]).toEqual([{ at: 0.25, text: "32" }, null]);
  });
});

describe("numbers", () => {
  it("have two digits that count, seconds and units", () => {
    expect([0.0123, 0.43, 1.337, 0.0949, 0].map(value)).toEqual(["0.012", "0.43", "1.34", "0.095", "0.00"]);
    expect([[5, 36], [150, 36], [3000, 10], [10, null], [7200 * 3, 1]].map(([n, rate]) => seconds(n!, rate!))).toEqual(["139 ms", "4.2 s", "5 min", "", "6 h"]); // prettier-ignore
    expect([950, 5600, 12_345, 5_600_000, 999_600].map(many)).toEqual(["950", "5600", "12 k", "5.6 M", "1.0 M"]);
    expect([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(list)).toEqual(["", "a", "a and b", "a, b and c"]);
  });
});

describe("files and links", () => {
  it("have one line a row", () => {
    const lines = csv(measurementOf({ 'n,"m': { 10: 0.5 } }, { n: 3 })).split("\r\n");
    expect(lines).toEqual([
      "view,model,checkpoint,delay,error,low,high,n,trained,segment,seeds,bank,r2,shuffled",
      'behaviour,"n,""m","n,""m-signal-recall",10,0.5,,,3,true,24,1,,,',
      "",
    ]);
  });

  it("carry the delay and the model that are looked at", () => {
    const look = { at: 120, only: "ntm" };
    expect(parseLook(formatLook(look))).toEqual(look);
    expect(formatLook({ at: null, only: null })).toBe("");
    expect(parseLook("#at=1e9&only=")).toEqual({ at: null, only: null });
  });
});
