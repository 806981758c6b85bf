/** On a phone one lane at a time. */

import type { StageController } from "../controller.svelte";

/** The stream of the lane that is shown; undefined where none is on the stage. */
export function phoneStream({ shown, view }: Pick<StageController, "shown" | "view">): number | undefined {
  return shown[Math.min(view.phoneLane, shown.length - 1)];
}
