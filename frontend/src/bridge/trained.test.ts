import { describe, expect, it } from "vitest";
import type { StudyFigure, StudyTable } from "../wire/wire.gen";
import { chart, type Change } from "./trained";

function table(figures: Record<string, [StudyFigure | null, Change | null]>): StudyTable {
  return {
    group: "ladder",
    question: "recall-rounds",
    title: "The ladder",
    metric: "relative RMSE",
    updates: 8000,
    sentences: ["All are level.", "Nothing can be said."],
    columns: [
      { key: "d=8", label: "delay 8", trained: true, chance: 1 },
      { key: "d=64", label: "delay 64", trained: false, chance: 1 },
    ],
    lines: Object.entries(figures).map(([label, [found, change]]) => ({
      label,
      seeds: found?.seeds ?? 0,
      wanted: 3,
      floats: null,
      parameters: null,
      figures: [found, null],
      changes: [change, null],
    })),
  };
}

describe("a rung of the trained ladder", () => {
  it("stands on a scale that holds chance and the worst mean, its interval cut at the end", () => {
    const found = chart(
      table({
        window: [{ mean: 2, low: 1.5, high: 9, seeds: 3 }, null],
        "+ erase": [{ mean: 0.5, low: 0.4, high: 0.6, seeds: 3 }, "better"],
      }),
      0,
    );
    expect(found.chance).toBe(0.5);
    expect(found.bars[0]).toMatchObject({ at: 1, from: 0.75, to: 1 });
    expect(found.bars[1]).toMatchObject({ at: 0.25, from: 0.2, to: 0.3, change: "better" });
    expect(found.sentence).toBe("All are level.");
  });

  it("reads as its figure, its interval, its seeds and how it stands to the rung before", () => {
    const [first, second] = chart(
      table({
        window: [{ mean: 0.4, low: 0.35, high: 0.45, seeds: 3 }, null],
        "+ erase": [{ mean: 12.25, low: 3.5, high: 21, seeds: 2 }, "worse"],
      }),
      0,
    ).bars;
    expect(first!.says).toBe("0.40 (0.35 to 0.45), 3 of 3 seeds.");
    expect(second!.says).toBe("12.3 (3.5 to 21.0), 2 of 3 seeds: errs more than the rung before.");
  });

  it("says that it is not measured yet", () => {
    const found = chart(table({ window: [null, null] }), 1);
    expect(found.bars[0]).toMatchObject({ figure: null, seeds: "0 of 3", says: "Not measured yet." });
    expect(found.sentence).toBe("Nothing can be said.");
  });
});
