/** On a phone one lane at a time. */

import type { StageController } from "../controller.svelte";

/** The stream of the lane that is shown; undefined where none is on the stage. */
export function phoneStream({ shown, viewport }: Pick<StageController, "shown" | "viewport">): number | undefined {
  return shown[Math.min(viewport.phoneLane, shown.length - 1)];
}
