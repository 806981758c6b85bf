/** What can be said of a step that is not there yet. */

import type { RecordingLog } from "../../memory/log";
import { KEYFRAME_EVERY } from "../../wire/manifest";

/** First and last step of the range around step t that has not arrived, of `until` steps computed; null: there is none. */
export function missingAround(
  log: Pick<RecordingLog, "missing">,
  t: number,
  until: number,
): readonly [number, number] | null {
  const chunks = new Set(log.missing(until));
  const at = Math.floor(t / KEYFRAME_EVERY);
  if (!chunks.has(at)) return null;
  let [first, last] = [at, at];
  while (chunks.has(first - 1)) first--;
  while (chunks.has(last + 1)) last++;
  return [first * KEYFRAME_EVERY, Math.min(until, (last + 1) * KEYFRAME_EVERY) - 1];
}
