/** What every rung of the ladder buys or costs when it is trained: where the study's figures stand on a scale, and how they read. */
import { num } from "../draw/ink/format";
import type { StudyFigure, StudyLine, StudyTable } from "../wire/wire.gen";

export type Change = NonNullable<StudyLine["changes"][number]>;

export interface Bar {
  readonly label: string;
  readonly seeds: string;
  readonly figure: StudyFigure | null;
  /** Places on the scale, 0 … 1; the interval may leave it at its end. */
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly change: Change | null;
  readonly says: string;
}

export interface Chart {
  readonly table: StudyTable;
  readonly bars: readonly Bar[];
  /** Where knowing nothing stands, 0 … 1. */
  readonly chance: number;
  readonly sentence: string;
}

const digits = (figure: StudyFigure): number => (figure.high >= 10 ? 1 : 2);

export function value(figure: StudyFigure): string {
  return num(figure.mean, digits(figure));
}

export function interval(figure: StudyFigure): string {
  return `${num(figure.low, digits(figure))} to ${num(figure.high, digits(figure))}`;
}

const SAYS: Readonly<Record<Change, string>> = {
  better: "errs less than the rung before",
  worse: "errs more than the rung before",
  level: "level with the rung before",
};

/** One column of a table as bars. Lower is better everywhere. */
export function chart(table: StudyTable, column: number): Chart {
  const { chance } = table.columns[column]!;
  const end = Math.max(chance * 1.15, ...table.lines.map((line) => line.figures[column]?.mean ?? 0));
  const place = (number: number): number => Math.min(1, Math.max(0, number / end));
  const bars = table.lines.map((line): Bar => {
    const figure = line.figures[column] ?? null;
    const change = line.changes[column] ?? null;
    const seeds = `${line.seeds} of ${line.wanted}`;
    const read = figure ? `${value(figure)} (${interval(figure)}), ${seeds} seeds` : "Not measured yet";
    return {
      label: line.label,
      seeds,
      figure,
      at: place(figure?.mean ?? 0),
      from: place(figure?.low ?? 0),
      to: place(figure?.high ?? 0),
      change,
      says: `${read}${change ? `: ${SAYS[change]}` : ""}.`,
    };
  });
  return { table, bars, chance: place(chance), sentence: table.sentences[column]! };
}

/** What the correspondence is not, in the words of those who would object. */
export const LIMITS: readonly string[] = [
  "Exact is the layer with write-once stores: dot products, strength 1/√d (below 1, which the DNC's oneplus cannot give), as many slots as steps. Inside the memory of Graves 2016 it is a simulation up to rounding: rows of 2D + 2 numbers, strengths that depend on the input, blank rows with a weight of e⁻⁴⁵.",
  "Gates of exactly 0 and 1 are limits that no finite weight reaches.",
  "Stateless is the controller. The store of keys and values is a state, and it grows with every step.",
  "A stack of layers is a stack of such memories; feed-forward part and residual belong to the next controller.",
  "“Every bit agrees” compares two programs of the same operations: it shows that the code does what the equations say, and proves nothing about what such memories can learn. That is what the trained ladder is for.",
];
