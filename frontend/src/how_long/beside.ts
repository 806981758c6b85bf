/** What the small charts need to know of a measurement: at which delays other segments were measured, how good a read-out of nothing is. */
import type { Retention } from "../wire/wire.gen";
import { yPixel, type Figure, type Room, type Scale } from "./figures";
import { spread } from "./readout";
import { nearest } from "./rows";

/** Of the delays at which other segments were measured the one nearest to the crosshair; null where none was yet. */
export function gridDelay({ rows, segment }: Pick<Retention, "rows" | "segment">, at: number | null): number | null {
  const other = rows.filter((row) => row.view === "behaviour" && row.segment !== null && row.segment !== segment);
  const delays = [...new Set(other.map(({ delay }) => delay))].sort((a, b) => a - b);
  return at === null ? (delays[0] ?? null) : nearest(delays, at);
}

/** The largest R² of a read-out of targets shuffled in time, in words; it must be about 0. */
export function controlled({ rows }: Pick<Retention, "rows">): string {
  const control = rows.flatMap(({ shuffled }) => (shuffled === null ? [] : [shuffled]));
  return control.length ? `shuffled in time: at most ${Math.max(0, ...control).toFixed(2)}` : "";
}

const GAP = 13;
/** What the library calls the curve of all banks together. */
const WHOLE = "whole state";

/** The names of a model's banks, with their capacities, at the ends of their curves, none over another. */
export function bankEnds(
  { capacities }: Pick<Retention, "capacities">,
  model: string,
  figure: Figure,
  room: Room,
  y: Scale,
): { readonly text: string; readonly y: number }[] {
  const ends = figure.data
    .filter((trace) => trace.meta?.part === "bank")
    .map((trace) => ({ name: String(trace["name"] ?? ""), end: yPixel(y, room, trace.y.at(-1) ?? 0) }))
    .map(({ name, end }) => ({ curve: { key: name, label: name, glyph: null, points: [] }, end }));
  const text = (name: string): string => {
    const found = capacities.find((one) => one.model === model && (one.bank ?? WHOLE) === name);
    return found ? `${name} ${found.text}` : name;
  };
  return spread(ends, GAP, room.top + GAP / 2, room.height - room.bottom).map((label) => ({
    text: text(label.curve.key),
    y: label.y,
  }));
}
