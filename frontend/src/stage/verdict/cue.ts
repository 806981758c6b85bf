/** What a run that is still going on says before its question is answered. */

import { counted } from "../../draw/ink/format";
import { questionsOf, type Question } from "../../analysis/question";
import type { TaskEvent } from "../../wire/manifest";

/**
 * "Stored at t = 25 to 48, asked back at t = 79, in 19 steps."; of a task that replays nothing in its own words: "Context until
 * t = 47, then forecast, in 3 steps.", "Forecast until t = 255." Null where nothing will be asked back any more.
 */
export function cueText(events: readonly TaskEvent[], t: number): string | null {
  const next = nextQuestion(events, t);
  if (!next) return null;
  const { store, recall } = next;
  const left = recall[0] - t;
  const steps = `in ${counted(left, "step")}.`;
  const asks = events.findLast(({ kind, step }) => kind === "recall" && step <= Math.max(t, recall[0]));
  if (asks && asks.label !== "" && asks.label !== "recall") {
    if (t >= recall[0]) return `${capital(asks.label)} until t = ${Math.min(recall[1], asks.until - 1)}.`;
    const first = events.find(({ kind, step }) => kind === "store" && step === store[0]);
    return `${capital(first?.label || "stored")} until t = ${store[1]}, then ${asks.label}, ${steps}`;
  }
  if (t >= recall[0]) return `Asked back now, until t = ${recall[1]}.`;
  const asked = `asked back at t = ${recall[0]}, ${steps}`;
  const stored = t < store[0] ? "To be stored at" : t < store[1] ? "Being stored," : "Stored at";
  return `${stored} t = ${store[0]} to ${store[1]}, ${asked}`;
}

function capital(label: string): string {
  return label.charAt(0).toUpperCase() + label.slice(1);
}

/** What is stored or asked back next, or now. */
export function nextQuestion(events: readonly TaskEvent[], t: number): Question | null {
  return questionsOf(events).find(({ recall }) => recall[1] > t) ?? null;
}
