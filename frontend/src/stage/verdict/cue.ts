/** What a run that is still going on says before its question is answered. */

import { questionsOf } from "../../analysis/question";
import type { TaskEvent } from "../../wire/manifest";

/** "Asked back at t = 79, in 19 steps." Null where nothing will be asked back any more. */
export function cueText(events: readonly TaskEvent[], t: number): string | null {
  const next = questionsOf(events).find(({ recall }) => recall[1] > t);
  if (!next) return null;
  const [first, last] = next.recall;
  if (t >= first) return `Asked back now, until t = ${last}.`;
  const left = first - t;
  return `Asked back at t = ${first}, in ${left} step${left === 1 ? "" : "s"}.`;
}
