/** A window in a long channel: which part of the channel is looked at, where the handles lie, and what a drag does. */

/** Rows from … to, `to` excluded. */
export type Span = [from: number, to: number];

export type Hold = "start" | "stop" | "move" | "new";

/** Least rows of a window. */
export const MIN_ROWS = 2;
/** Least rows that are looked at. */
const MIN_VIEW = 20;
/** Pixels to either side of a handle's middle that take hold of it. */
const REACH = 9;
/** The same for a finger: 48 pixels in all. */
const FINGER = 24;
/** A window that is narrower has its handles outside, so that all three places can be grabbed. */
const NARROW = 40;
const OUTSIDE = 9;

/** Middles of the two handles of a window that lies at x0 … x1. */
export function handles(x0: number, x1: number): Span {
  return x1 - x0 < NARROW ? [x0 - OUTSIDE, x1 + OUTSIDE] : [x0, x1];
}

/** What a press at x takes hold of; finger: it is wider than a pointer. */
export function holdAt(x: number, x0: number, x1: number, finger = false): Hold {
  const [left, right] = handles(x0, x1);
  const reach = finger ? FINGER : x1 - x0 < NARROW ? OUTSIDE : REACH;
  const [before, after] = [Math.abs(x - left), Math.abs(x - right)];
  if (Math.min(before, after) <= reach && (x <= x0 || x >= x1 || x1 - x0 >= NARROW))
    return before <= after ? "start" : "stop";
  return x > x0 && x < x1 ? "move" : "new";
}

/** The window after a drag from row `at` to row `to`. */
export function draggedTo(hold: Hold, [start, stop]: Span, at: number, to: number, rows: number): Span {
  const by = to - at;
  if (hold === "new") return bounded(Math.min(at, to), Math.max(at, to), rows);
  if (hold === "start") return bounded(Math.min(start + by, stop - MIN_ROWS), stop, rows);
  if (hold === "stop") return bounded(start, Math.max(stop + by, start + MIN_ROWS), rows);
  const from = Math.max(0, Math.min(rows - (stop - start), start + by));
  return bounded(from, from + stop - start, rows);
}

/** A window inside the channel, of two rows at least. */
export function bounded(start: number, stop: number, rows: number): Span {
  const from = Math.max(0, Math.min(rows - MIN_ROWS, Math.round(start)));
  return [from, Math.max(from + MIN_ROWS, Math.min(rows, Math.round(stop)))];
}

/** The part that is looked at after a zoom by `factor` (below 1: closer) that keeps row `at` in its place. */
export function zoomed([from, to]: Span, at: number, factor: number, rows: number): Span {
  const length = Math.min(rows, Math.max(Math.min(MIN_VIEW, rows), (to - from) * factor));
  const place = to > from ? (at - from) / (to - from) : 0.5;
  const first = Math.max(0, Math.min(rows - length, at - place * length));
  return [Math.round(first), Math.round(first + length)];
}

/** The part that shows a window with as much again on either side. */
export function around([start, stop]: Span, rows: number): Span {
  const length = Math.max(MIN_VIEW, stop - start);
  return [Math.max(0, Math.round(start - length)), Math.min(rows, Math.round(stop + length))];
}
