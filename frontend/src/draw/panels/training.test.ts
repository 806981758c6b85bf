import { describe, expect, it } from "vitest";
import { count } from "../ink/format";
import { nameOf } from "../lane/lane";
import { labelled, updateOnTraining, xOnTraining } from "./training";

const UPDATES = [0, 250, 500, 1000, 1600, 2400, 3200, 4000, 4800, 6400, 8000, 10400, 12800, 16000];

describe("the training scrubber", () => {
  it.each([[UPDATES], [[0, 16000]], [[125, 250]], [[0, 1]]])("spreads %j from edge to edge, in order", (updates) => {
    const places = updates.map((update) => xOnTraining(update, updates, 600));
    expect(places[0]).toBeCloseTo(5);
    expect(places.at(-1)).toBeCloseTo(595);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(new Set(places).size).toBe(updates.length);
  });

  it("gives early moments more room than their share of the updates", () => {
    expect(xOnTraining(1000, UPDATES, 600)).toBeGreaterThan(600 / 3);
  });

  it("finds the position under the pointer, and the nearest one between two", () => {
    for (const width of [120, 600]) {
      for (const update of UPDATES)
        expect(updateOnTraining(xOnTraining(update, UPDATES, width), UPDATES, width)).toBe(update);
      expect(updateOnTraining(-50, UPDATES, width)).toBe(0);
      expect(updateOnTraining(9999, UPDATES, width)).toBe(16000);
    }
    const [a, b] = [xOnTraining(250, UPDATES, 600), xOnTraining(500, UPDATES, 600)];
    expect(updateOnTraining(a + (b - a) * 0.4, UPDATES, 600)).toBe(250);
    expect(updateOnTraining(a + (b - a) * 0.6, UPDATES, 600)).toBe(500);
  });

  it("writes the number shown and the ends first, and never one over another", () => {
    const wide = (words: string): number => 6 * words.length;
    for (const width of [90, 200, 700]) {
      for (const at of UPDATES) {
        const labels = labelled({ updates: UPDATES, at }, width, wide);
        expect(labels[0]!.update).toBe(at);
        const sorted = [...labels].sort((a, b) => a.x - b.x);
        sorted.forEach(({ update, x }, k) => {
          const half = wide(count(update)) / 2;
          expect(x - half).toBeGreaterThanOrEqual(-1e-9);
          expect(x + half).toBeLessThanOrEqual(width + 1e-9);
          const next = sorted[k + 1];
          if (next) expect(next.x - wide(count(next.update)) / 2).toBeGreaterThan(x + half);
        });
        // Unless the number shown stands where an end would.
        if (width === 700 && at !== 12800)
          expect(labels.map(({ update }) => update)).toEqual(expect.arrayContaining([0, 16000]));
      }
    }
  });
});

describe("a lane of a training", () => {
  const training = { of: "ntm-copy", update: 250, updates: [], label: "NTM" };

  it("is called by what it is, not by how far it was trained", () => {
    expect(nameOf({ label: "NTM, 250 updates", training })).toBe("NTM");
    expect(nameOf({ label: "Mine, 3 updates", training: null })).toBe("Mine, 3 updates");
  });
});
