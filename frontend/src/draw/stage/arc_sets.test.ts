/** What stands on an arc is of the row it names, whatever the arc looks like on its way there, and on one scale for all lanes. */
import { describe, expect, it } from "vitest";
import { arcSets, arcsOf, fullWidth, shareArcs, summedArcs } from "./arc_sets";
import type { LaneScene, Scene } from "./scene";

/** A row [t + 2] with these shares by step. */
function row(t: number, parts: Record<number, number>): Float64Array {
  return Float64Array.from({ length: t + 2 }, (_, k) => parts[k - 1] ?? 0);
}

function lane(t: number, parts: Record<number, number>, more: Partial<LaneScene> = {}): LaneScene {
  const shares = row(t, parts);
  return { lane: { hue: "ntm" }, emphasis: "normal", shares, row: shares, readAt: t, ...more } as unknown as LaneScene;
}

describe("arcs", () => {
  it("of several steps give their range, alone also the most of one step", () => {
    const shares = row(60, { 20: 0.1, 21: 0.34, 22: 0.28, 50: 0.25, 40: -0.12 });
    expect(shareArcs(shares, shares, { max: 6, least: 0.01 }).map(({ label, long }) => [label, long])).toEqual([
      ["t = 20–22, 72%", "t = 20–22, 72%, at most 34% in one step"],
      ["t = 50, 25%", "t = 50, 25%"],
      ["t = 40, −12%", "t = 40, −12%"],
    ]);
  });

  it("of sums end over their steps, and say no step", () => {
    const shares = row(200, { 190: 0.3, 191: 0.1 });
    const blocks = [[64, 127, 0.42], [0, 63, 0.005], [128, 150, -0.1]] as const; // prettier-ignore
    const item = lane(200, {}, { shares, row: shares, blocks });
    const [set] = arcSets({ lanes: [item], full: null } as unknown as Scene);
    expect(set!.list.map(({ label, over, sum }) => [label, over, sum])).toEqual([
      ["t = 64–127, 42%", [64, 127], null],
      ["t = 190–191, 40%", undefined, null],
      ["t = 128–150, −10%", [128, 150], null],
    ]);
    expect(set!.list[0]!.long).toBe("t = 64–127, 42%");
    expect(summedArcs(shares, blocks, { max: 2, least: 0.01 }).length).toBe(2);
  });

  it("on their way to a row say the numbers of the row, and nothing where there is none", () => {
    const eased = row(60, { 20: 0.41, 50: 0.2 });
    const item = lane(60, {}, { shares: eased, row: row(60, { 20: 0.9, 50: 0.1 }) });
    const scene = { lanes: [item], full: null } as unknown as Scene;
    expect(arcSets(scene)[0]!.list.map(({ part, label }) => [part, label])).toEqual([
      [0.41, "t = 20, 90%"],
      [0.2, "t = 50, 10%"],
    ]);
    expect(shareArcs(eased, null, { max: 6, least: 0.01 }).map(({ label, long }) => label + long)).toEqual(["", ""]);
  });

  it("of another lens are as wide as one step moves the output, on one scale for all lanes", () => {
    const lanes = [lane(60, { 20: 0.04, 21: 0.03 }), lane(60, { 30: 1.6 })];
    const full = fullWidth(lanes.map(({ shares }) => shares))!;
    expect(full).toBe(2);
    const sets = arcSets({ lanes, full } as unknown as Scene);
    expect(sets.map(({ list }) => list.map(({ part, label }) => [part, label]))).toEqual([
      [[0.02, "t = 20, 0.040"]],
      [[0.8, "t = 30, 1.60"]],
    ]);
    const widths = [0.04, 0.05, 0.051, 0.2, 0.9, 7, 10].map((most) => fullWidth([row(3, { 1: most }), null]));
    expect(widths.map((width) => Number(width!.toPrecision(6)))).toEqual([0.05, 0.05, 0.1, 0.2, 1, 10, 10]);
    expect([fullWidth([]), fullWidth([row(3, {})])]).toEqual([null, null]);
  });

  it("are of the steps that their rows are of", () => {
    expect(arcsOf([lane(60, {}), lane(57, {}), lane(50, {}, { shares: null })])).toEqual([57, 60]);
    expect(arcsOf([lane(60, {}, { shares: null })])).toBeNull();
  });
});
