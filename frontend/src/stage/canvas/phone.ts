/** On a phone, and in a lecture, one lane at a time. */

import type { StageController } from "../controller.svelte";

/** The stream of the lane that is shown: the one chosen, or else the best; undefined where none is on the stage. */
export function phoneStream({
  shown,
  ranked,
  viewport,
}: Pick<StageController, "shown" | "ranked" | "viewport">): number | undefined {
  const { phoneLane } = viewport;
  if (phoneLane === null) return ranked.find((stream) => shown.includes(stream)) ?? shown[0];
  return shown[Math.min(phoneLane, shown.length - 1)];
}
