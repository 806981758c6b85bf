/** What the list of recordings says of one that did not come to its planned end. */

import { count } from "../draw/ink/format";
import type { RecordingSummary } from "../wire/wire.gen";

/** "ended early at 311 of 1 500"; "" of one that is whole, still goes on, or whose plan is not known yet. */
export function endedEarly(
  { status, steps }: Pick<RecordingSummary, "status" | "steps">,
  planned: number | null,
): string {
  if (status === "running" || status === "ended" || planned === null || steps >= planned) return "";
  return `ended early at ${count(steps)} of ${count(planned)}`;
}
