/** What of a question can be dragged in the picture of its signal, and which of the task's numbers that changes. */

import type { Event } from "../wire/wire.gen";

/** A number of the task that follows the pointer: `from` its value where the drag began. */
export interface Grip {
  readonly option: string;
  readonly from: number;
  /** Step that the pointer took hold of. */
  readonly at: number;
  readonly cursor: "grab" | "ew-resize";
}

/** Pixels beside the end of a band that still take hold of it. */
const REACH = 6;
/** The same for a finger. */
const FINGER = 20;

/**
 * What lies under the pointer at x of a picture `width` wide of `steps` steps; null where nothing can be dragged. Of a replay the
 * segment moves with its lead and grows with its length, the replay moves with the delay; of a forecast the context ends later.
 */
export function gripAt(
  x: number,
  width: number,
  steps: number,
  events: readonly Pick<Event, "step" | "until" | "kind">[],
  options: Readonly<Record<string, number>>,
  finger = false,
): Grip | null {
  if (width <= 0 || steps <= 0) return null;
  const at = (x / width) * steps;
  const px = (step: number): number => (step / steps) * width;
  const near = (step: number): boolean => Math.abs(x - px(step)) <= (finger ? FINGER : REACH);
  const store = events.find(({ kind }) => kind === "store");
  const recall = events.find(({ kind }) => kind === "recall");
  const grip = (option: string, cursor: Grip["cursor"]): Grip | null =>
    option in options ? { option, from: options[option]!, at, cursor } : null;
  if (store && near(store.until)) return grip("segment", "ew-resize") ?? grip("context", "ew-resize");
  if (store && at >= store.step && at < store.until) return grip("lead", "grab");
  if (recall && (near(recall.step) || (at >= recall.step && at < recall.until))) return grip("delay", "grab");
  return null;
}

/** The number after the pointer has moved to x. */
export function dragged(grip: Grip, x: number, width: number, steps: number, low: number, high: number): number {
  const moved = (x / width) * steps - grip.at;
  return Math.round(Math.min(high, Math.max(low, grip.from + moved)));
}
