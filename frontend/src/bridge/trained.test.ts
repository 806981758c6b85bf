import { describe, expect, it } from "vitest";
import type { StudyFigure, StudyTable } from "../wire/wire.gen";
import { chart, compare } from "./trained";

const figure = (mean: number, low: number, high: number, seeds = 3): StudyFigure => ({ mean, low, high, seeds });

function table(figures: Record<string, StudyFigure | null>): StudyTable {
  return {
    group: "ladder",
    question: "recall-rounds",
    title: "The ladder",
    metric: "relative RMSE",
    updates: 8000,
    columns: [{ key: "d=8", label: "delay 8", trained: true, chance: 1 }],
    lines: Object.entries(figures).map(([label, found]) => ({
      label,
      seeds: found?.seeds ?? 0,
      wanted: 3,
      floats: null,
      parameters: null,
      figures: [found],
    })),
  };
}

describe("a rung against the one before", () => {
  it("differs only when the intervals lie apart, and never by one seed", () => {
    expect(compare(figure(0.1, 0.05, 0.2), figure(0.5, 0.3, 0.7))).toBe("better");
    expect(compare(figure(0.5, 0.3, 0.7), figure(0.1, 0.05, 0.2))).toBe("worse");
    expect(compare(figure(0.1, 0.05, 0.3), figure(0.5, 0.3, 0.7))).toBe("level");
    expect(compare(figure(0.1, 0.05, 0.2, 1), figure(0.5, 0.3, 0.7))).toBeNull();
    expect(compare(null, figure(0.5, 0.3, 0.7))).toBeNull();
  });

  it("is the one above it; a closed bank is measured against the window that it closes", () => {
    const { bars, sentence } = chart(
      table({
        window: figure(0.6, 0.5, 0.7),
        "least used goes": figure(0.2, 0.1, 0.3),
        "closed after writing": figure(0.4, 0.35, 0.45),
      }),
      0,
    );
    expect(bars.map(({ change }) => change)).toEqual([null, "better", "better"]);
    expect(bars[2]!.says).toBe("0.40 (0.35 to 0.45), 3 of 3 seeds: errs less than “window”.");
    expect(sentence).toBe("Fewer errors than the rung before: “least used goes”, “closed after writing”.");
  });

  it("says so where nothing can be told apart, or nothing is there", () => {
    const level = chart(table({ window: figure(0.6, 0.5, 0.7), "+ erase": figure(0.62, 0.5, 0.7) }), 0);
    expect(level.sentence).toBe("No rung differs from the one before it by more than its interval.");
    const few = chart(table({ window: figure(0.6, 0.5, 0.7, 1), "+ erase": null }), 0);
    expect(few.sentence).toBe("Too few seeds yet to tell a rung from the one before it.");
    expect(few.bars[1]).toMatchObject({ figure: null, seeds: "0 of 3", says: "Not measured yet." });
  });

  it("names what costs and what is level", () => {
    const { sentence } = chart(
      table({ window: figure(0.2, 0.1, 0.3), "+ erase": figure(0.6, 0.5, 0.7), "+ links": figure(0.6, 0.5, 0.7) }),
      0,
    );
    expect(sentence).toBe("More: “+ erase”. The others are level.");
  });

  it("stands on a scale that holds chance and the worst mean", () => {
    const { bars, chance, end } = chart(table({ window: figure(2, 1.5, 9), "+ erase": figure(0.5, 0.4, 0.6) }), 0);
    expect(end).toBe(2);
    expect(chance).toBe(0.5);
    expect(bars[0]).toMatchObject({ at: 1, from: 0.75, to: 1 });
    expect(bars[1]).toMatchObject({ at: 0.25, from: 0.2, to: 0.3 });
  });
});
