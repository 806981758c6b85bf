/** What stands on the picture of a signal: names of its bands, how long has to be waited between them, and steps along its foot. */

import { counted, duration } from "../draw/ink/format";
import type { Event } from "../wire/wire.gen";

type Band = Pick<Event, "step" | "until" | "kind" | "label">;

export interface Mark {
  readonly x: number;
  readonly text: string;
}

/** The first stretch that is stored and the first that is asked for again, named at their left ends. */
export function bandNames(events: readonly Band[], steps: number, width: number): (Mark & { kind: string })[] {
  return ["store", "recall"].flatMap((kind) => {
    const band = events.find((event) => event.kind === kind);
    if (!band) return [];
    const n = band.until - band.step;
    const text = kind === "store" ? `${band.label}, ${counted(n, "step")}` : band.label;
    return [{ kind, x: (band.step / steps) * width, text }];
  });
}

/** Between the end of what is stored and the first question: where it begins and ends, and its length, at length and short; null where they touch. */
export function delayMark(
  events: readonly Band[],
  steps: number,
  width: number,
  hz: number | null,
): { x: number; to: number; texts: readonly string[] } | null {
  const store = events.find(({ kind }) => kind === "store");
  const recall = events.find(({ kind, step }) => kind === "recall" && store && step >= store.until);
  const n = store && recall ? recall.step - store.until : 0;
  if (!store || !recall || n <= 0) return null;
  const long = `delay ${counted(n, "step")}`;
  const texts = [...(hz ? [`${long} = ${duration(n / hz)}`] : []), long, String(n)];
  return { x: (store.until / steps) * width, to: (recall.step / steps) * width, texts };
}

/** Round steps, about every 90 pixels. */
export function stepTicks(steps: number, width: number): Mark[] {
  const least = (90 / Math.max(1, width)) * steps;
  const decade = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  const every = [1, 2, 5, 10].map((part) => part * decade).find((size) => size >= least) ?? 10 * decade;
  const marks: Mark[] = [];
  for (let step = 0; step < steps; step += every) marks.push({ x: (step / steps) * width, text: String(step) });
  return marks;
}
