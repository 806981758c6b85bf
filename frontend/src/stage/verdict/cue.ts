/** What a run that is still going on says before its question is answered. */

import { questionsOf, type Question } from "../../analysis/question";
import type { TaskEvent } from "../../wire/manifest";

/** "Stored at t = 25 to 48, asked back at t = 79, in 19 steps." Null where nothing will be asked back any more. */
export function cueText(events: readonly TaskEvent[], t: number): string | null {
  const next = nextQuestion(events, t);
  if (!next) return null;
  const { store, recall } = next;
  if (t >= recall[0]) return `Asked back now, until t = ${recall[1]}.`;
  const left = recall[0] - t;
  const asked = `asked back at t = ${recall[0]}, in ${left} step${left === 1 ? "" : "s"}.`;
  const stored = t < store[0] ? "To be stored at" : t < store[1] ? "Being stored," : "Stored at";
  return `${stored} t = ${store[0]} to ${store[1]}, ${asked}`;
}

/** What is stored or asked back next, or now. */
export function nextQuestion(events: readonly TaskEvent[], t: number): Question | null {
  return questionsOf(events).find(({ recall }) => recall[1] > t) ?? null;
}
