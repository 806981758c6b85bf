/** A measurement as a table for other programs. */
import type { Retention, RetentionRow } from "../wire/wire.gen";

const COLUMNS = ["view", "model", "checkpoint", "delay", "error", "low", "high", "n", "trained", "segment", "seeds", "bank", "r2", "shuffled"] as const satisfies readonly (keyof RetentionRow)[]; // prettier-ignore

/** One line a row, RFC 4180. */
export function csv({ rows }: Pick<Retention, "rows">): string {
  const lines = rows.map((row) => COLUMNS.map((name) => field(row[name])).join(","));
  return [COLUMNS.join(","), ...lines, ""].join("\r\n");
}

function field(value: string | number | boolean | null): string {
  const text = value === null ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
