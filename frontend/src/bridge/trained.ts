/** What every rung of the ladder buys or costs when it is trained: from the study's tables to what can be said and drawn. */
import { num } from "../draw/ink/format";
import type { StudyFigure, StudyLine, StudyTable } from "../wire/wire.gen";

/** Against the rung before: its interval lies below, above, or neither; null where one of them has fewer than two seeds. */
export type Change = "better" | "worse" | "level";

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
  /** The value at the right end of the scale. */
  readonly end: number;
  /** Where knowing nothing stands, 0 … 1. */
  readonly chance: number;
  /** One sentence about the whole column. */
  readonly sentence: string;
}

/** The rung that a label is compared with: the first one stands alone, a closed bank is compared with the window it closes. */
const BEFORE: Readonly<Record<string, string>> = { "closed after writing": "window" };

export function compare(now: StudyFigure | null, before: StudyFigure | null): Change | null {
  if (!now || !before || now.seeds < 2 || before.seeds < 2) return null;
  if (now.high < before.low) return "better";
  return now.low > before.high ? "worse" : "level";
}

export function value(figure: StudyFigure): string {
  return num(figure.mean, figure.mean >= 10 ? 1 : 2);
}

export function interval(figure: StudyFigure): string {
  return `${num(figure.low, figure.high >= 10 ? 1 : 2)} to ${num(figure.high, figure.high >= 10 ? 1 : 2)}`;
}

const VERBS: Readonly<Record<Change, string>> = {
  better: "errs less than",
  worse: "errs more than",
  level: "level with",
};

/** One column of a table as bars. Lower is better everywhere. */
export function chart(table: StudyTable, column: number): Chart {
  const lines = table.lines;
  const chance = table.columns[column]!.chance;
  const end = Math.max(chance * 1.15, ...lines.map((line) => line.figures[column]?.mean ?? 0));
  const place = (number: number): number => Math.min(1, Math.max(0, number / end));
  const bars = lines.map((line, n): Bar => {
    const before = previous(lines, n);
    const figure = line.figures[column] ?? null;
    const change = compare(figure, before?.figures[column] ?? null);
    const seeds = `${line.seeds} of ${line.wanted}`;
    return {
      label: line.label,
      seeds,
      figure,
      at: place(figure?.mean ?? 0),
      from: place(figure?.low ?? 0),
      to: place(figure?.high ?? 0),
      change,
      says: !figure
        ? "Not measured yet."
        : `${value(figure)} (${interval(figure)}), ${seeds} seeds${change && before ? `: ${VERBS[change]} “${before.label}”` : ""}.`,
    };
  });
  return { table, bars, end, chance: place(chance), sentence: sentence(bars) };
}

function previous(lines: readonly StudyLine[], n: number): StudyLine | null {
  const named = BEFORE[lines[n]!.label];
  return lines.find(({ label }) => label === named) ?? (n ? lines[n - 1]! : null);
}

function sentence(bars: readonly Bar[]): string {
  const known = bars.filter(({ change }) => change !== null);
  if (known.length === 0) return "Too few seeds yet to tell a rung from the one before it.";
  const named = (change: Change): string =>
    known
      .filter((bar) => bar.change === change)
      .map(({ label }) => `“${label}”`)
      .join(", ");
  const [better, worse] = [named("better"), named("worse")];
  if (!better && !worse) return "No rung differs from the one before it by more than its interval.";
  return [
    better && `Fewer errors than the rung before: ${better}.`,
    worse && `More: ${worse}.`,
    "The others are level.",
  ]
    .filter((part, k) => part && (k < 2 || known.some(({ change }) => change === "level")))
    .join(" ");
}

/** What the correspondence is not, in the words of those who would object. */
export const LIMITS: readonly string[] = [
  "Exact is the layer with write-once stores: dot products, strength 1/√d (below 1, which the DNC's oneplus cannot give), as many slots as steps. Inside the memory of Graves 2016 it is a simulation up to rounding: rows of 2D + 2 numbers, strengths that depend on the input, blank rows with a weight of e⁻⁴⁵.",
  "Gates of exactly 0 and 1 are limits that no finite weight reaches.",
  "Stateless is the controller. The store of keys and values is a state, and it grows with every step.",
  "A stack of layers is a stack of such memories; feed-forward part and residual belong to the next controller.",
  "“Every bit agrees” compares two programs of the same operations: it shows that the code does what the equations say, and proves nothing about what such memories can learn. That is what the trained ladder is for.",
];
