/** What the columns of a file can be taken for, one by one. */

import type { ColumnReport, ImportOptions } from "../../wire/wire.gen";
import type { Role } from "./first_lines";
import { changed } from "./options";

export type Taken =
  | { readonly kind: "series"; readonly index: number }
  | { readonly kind: "events"; readonly index: number | null }
  | { readonly kind: "options"; readonly next: ImportOptions };

export interface Use {
  readonly value: "series" | "events" | "time" | "text" | "unused";
  readonly label: string;
  readonly taken: Taken;
}

const NUMBERS = "numbers";

/** What a column can be used as; `time` are the columns of the time now, in order. */
export function usesOf(column: ColumnReport, time: readonly string[], said: ImportOptions): Use[] {
  const { name, index, kind } = column;
  const options = (to: ImportOptions): Taken => ({ kind: "options", next: changed(said, to) });
  const texts = (said.text_columns ?? []).filter((one) => one !== name);
  const rest = time.filter((one) => one !== name);
  const timed = time.includes(name);
  const uses: Use[] = [];
  if (column.min !== null && !timed)
    uses.push({ value: "series", label: "the series", taken: { kind: "series", index } });
  if (column.labels > 0) uses.push({ value: "events", label: "events", taken: { kind: "events", index } });
  uses.push({
    value: "time",
    label: "time",
    taken: options({ time: timed ? [...time] : [...time, name], time_unit: null, time_format: null }),
  });
  const made = texts.length < (said.text_columns ?? []).length; // text because somebody said so
  if (kind !== "text" || made)
    uses.push({ value: "text", label: "text", taken: options({ text_columns: [...texts, name] }) });
  const unused: ImportOptions = timed ? { time: rest, time_unit: null, time_format: null } : { text_columns: texts };
  uses.push({
    value: "unused",
    label: timed ? "no time" : made ? NUMBERS : "not used",
    taken: column.labels > 0 && !timed ? { kind: "events", index: null } : options(unused),
  });
  return uses;
}

/** What it is used as now, among its uses. */
export function useNow(role: Role, uses: readonly Use[]): Use["value"] {
  if (role === "series" || role === "events" || role === "time") return role;
  // text because somebody said so has a way back
  return role === "text" && uses.some(({ label }) => label === NUMBERS) ? "text" : "unused";
}
