/** A verdict in few words, and its numbers as they are written in a table. */

import { count, counted, num } from "../draw/ink/format";
import type { VerdictRow, Verdict } from "../wire/wire.gen";
import { placesOf } from "./verdict";

/** What "from the right place" is. */
export const RIGHT_SAYS =
  "Share of the reads, while asked back, that comes from the very moment asked for, one step more or less. Above 100% other writes cancel a part of it.";

/** An error in percent with one digit after the point: 0.8%, 10.9%, 106%. */
export function errorText(error: number): string {
  const value = error * 100;
  return `${value >= 99.95 ? Math.round(value) : value.toFixed(1)}%`;
}

/** The error in its unit: "0.005 mV", "5.7 bits"; "" where there is none. */
export function unitText({ unit_error: error, unit }: VerdictRow): string {
  if (error === null || unit === null) return "";
  const digits = error >= 100 ? 0 : error >= 1 ? 1 : 3;
  return `${num(error, Number.isInteger(error) ? 0 : digits)} ${unit}`;
}

/** A sentence whose moments stay on one line: "at t = 107" does not break after its "t". */
export function unbroken(text: string): string {
  return text.replace(/\bt = (?=\d)/g, "t\u00a0=\u00a0");
}

/** A share in percent; those of a part in a hundred and less with one digit. */
export function shareText(share: number): string {
  const value = share * 100;
  return `${value < 0 ? "−" : ""}${Math.abs(value) < 1.95 && Math.abs(value) >= 0.05 ? Math.abs(value).toFixed(1) : Math.abs(Math.round(value))}%`;
}

export function floatsText({ floats, floats_grow: grow }: VerdictRow): string {
  return floats === null ? "" : `${count(floats)}${grow ? ", grows" : ""}`;
}

/** How long an error's bar is beside the worst of the ranking, 0 … 1. */
export function barOf(error: number, ranking: readonly VerdictRow[]): number {
  const worst = Math.max(...ranking.map((row) => Math.min(row.error ?? 0, 1)));
  return worst > 0 ? Math.min(1, error / worst) : 0;
}

/** The best and the worst with their errors: "DNC 0.8%, LSTM 11%"; "all level at 0%" where nothing tells them apart. */
export function outcomeText({ ranking, note }: Verdict): string {
  const asked = ranking.filter((row) => row.error !== null);
  const [best, worst] = [asked[0], asked.at(-1)];
  if (!best || !worst) return note ?? "";
  const brief = (row: VerdictRow): string => `${row.label} ${briefly(row)}`;
  if (best === worst) return brief(best);
  const places = placesOf(asked);
  if (places.at(-1) === 1) {
    const same = best.error === worst.error;
    return same
      ? `${asked.length === 2 ? "both" : `all ${asked.length}`} ${briefly(best)}`
      : `level: ${brief(best)}, ${brief(worst)}`;
  }
  const first = places.filter((place) => place === 1).length;
  const ahead = first > 1 ? `${first} of ${asked.length} ${briefly(best)}` : brief(best);
  return `${ahead}, ${brief(worst)}`;
}

/** The model that remembers best, and how well; null where none was asked. */
export function bestOf({ ranking }: Verdict): { model: string; label: string; text: string } | null {
  const best = ranking.find((row) => row.error !== null);
  return best ? { model: best.model, label: best.label, text: briefly(best) } : null;
}

/** Bits are counted where they are wrong or right; all else is a part of what knows nothing. */
function briefly(row: VerdictRow): string {
  const { unit, unit_error: wrong } = row;
  if (unit === "bits" && wrong !== null && Number.isInteger(wrong))
    return wrong === 0 ? "every bit right" : counted(wrong, "wrong bit");
  const value = row.error! * 100;
  return `${value >= 9.95 ? Math.round(value) : value.toFixed(1)}%`;
}

/** The note, apart from what it says about times: that stands where they do. */
export function noteParts({ note }: Verdict): { note: string; times: string } {
  const sentences = note.split(/(?<=\.)\s+/);
  const times = sentences.filter((sentence) => sentence.startsWith("Milliseconds"));
  return { note: sentences.filter((sentence) => !times.includes(sentence)).join(" "), times: times.join(" ") };
}

/** "To beat: AR(32) 68.5%, persistence 100%.", best first; "" where there is nothing to compare with. The note says who wins. */
export function baselineText({ baselines }: Verdict): string {
  const known = baselines.filter((one): one is typeof one & { error: number } => one.error !== null);
  if (!known.length) return "";
  const ranked = [...known].sort((a, b) => a.error - b.error);
  return `To beat: ${ranked.map((one) => `${one.label} ${errorText(one.error)}`).join(", ")}.`;
}
