/** The first lines of a file as a table: what each line and cell was taken for. */

import { num } from "../../draw/ink/format";
import type { ColumnReport, FileLine, ImportReport } from "../../wire/wire.gen";

export const ROLES = {
  time: "time",
  series: "the series",
  other: "numbers, not used",
  beside: "beside the series",
  events: "events",
  text: "text, not used",
  missing: "missing",
  names: "names",
  units: "units",
  skipped: "text above the rows",
  facts: "says the rate or the start",
  other_series: "rows of other series",
  left_out: "left out",
} as const;

export type Role = keyof typeof ROLES;

export interface Cell {
  readonly text: string;
  readonly role: Role;
  /** The number that it was read as, where that is not plain to see; "" elsewhere. */
  readonly read: string;
}

export interface Row {
  readonly line: number;
  readonly role: Role | "row";
  readonly cells: readonly Cell[];
  readonly why: string;
  /** Lines above it that are not shown. */
  readonly before: number;
}

/** Columns that are shown; more are said. */
export const MAX_COLUMNS = 24;

export function tableOf(
  report: ImportReport,
  channel: number,
  labels: number | null,
  beside: readonly number[] = [],
): Row[] {
  const roles = report.columns.map((column) => roleOf(column, channel, labels, beside));
  let last = 0;
  let rows = 0;
  return report.lines.map((entry) => {
    const before = Math.max(0, entry.line - last - 1);
    last = entry.line;
    const number = entry.role === "row" ? rows++ : 0;
    const of = (n: number): Role => {
      if (report.resolved.layout === "rows") return number === channel ? "series" : "other";
      if (report.resolved.layout === "wrapped") return "series";
      return roles[n] ?? "other";
    };
    return rowOf(entry, of, before);
  });
}

function rowOf({ line, role, cells, values, why }: FileLine, of: (n: number) => Role, before: number): Row {
  const shown = cells.slice(0, MAX_COLUMNS);
  if (role !== "row") {
    const name = role.replace(" ", "_") as Role;
    return { line, role: name, cells: shown.map((text) => ({ text, role: name, read: "" })), why, before };
  }
  return {
    line,
    role,
    why,
    before,
    cells: shown.map((text, n) => {
      const value = values[n] ?? null;
      const column = of(n);
      if (value === null && (column === "series" || column === "beside" || column === "other"))
        return { text, role: "missing", read: "" };
      const read = column === "series" && value !== null && !plainly(text, value) ? num(value, places(value)) : "";
      return { text, role: column, read };
    }),
  };
}

/** Whether a cell is written as the page writes its number. */
function plainly(text: string, value: number): boolean {
  return Number(text.trim()) === value;
}

function places(value: number): number {
  const text = String(value);
  return text.includes("e") ? 6 : Math.min(6, (text.split(".")[1] ?? "").length);
}

export function roleOf(
  { index, kind }: ColumnReport,
  channel: number,
  labels: number | null,
  beside: readonly number[] = [],
): Role {
  if (index === channel) return "series";
  if (index === labels) return "events";
  if (beside.includes(index)) return "beside";
  if (kind === "time") return "time";
  return kind === "value" ? "other" : "text";
}

/** What a column is, under its name: "time", "the series, 2.05 to 2.98", "beside the series", "not used". */
export function underName(
  column: ColumnReport,
  channel: number,
  labels: number | null,
  beside: readonly number[] = [],
): string {
  const role = roleOf(column, channel, labels, beside);
  const range = column.min === null || column.max === null ? "" : `, ${num(column.min)} to ${num(column.max)}`;
  if (role === "series") return `the series${range}`;
  if (role === "events") return `events: ${column.labels}`;
  if (role === "beside") return `beside the series${range}`;
  return role === "time" ? "time" : "not used";
}

/** The roles that occur, in the order of a legend. */
export function legendOf(rows: readonly Row[]): Role[] {
  const found = new Set<string>(rows.flatMap(({ role, cells }) => [role, ...cells.map((cell) => cell.role)]));
  return (Object.keys(ROLES) as Role[]).filter((role) => found.has(role));
}
