/** How the stage is looked at, apart from the cursor: zoom and pan, kind of rows, which lanes are on the stage. */

import { DEFAULT_STEP, type TimeWindow } from "../draw/layout";

export class StageView {
  /** First step in view (fractional while it glides) and pixels per step. */
  window = $state.raw<TimeWindow>({ first: 0, step: DEFAULT_STEP });
  /** Steps in view. */
  inView = $state(0);
  rows = $state<"slots" | "lag">("slots");
  /** Streams taken off the stage. */
  hidden = $state.raw<ReadonlySet<number>>(new Set());
  /** Phone: the one lane that is shown, as a position among those on the stage. */
  phoneLane = $state(0);

  toggle(stream: number): void {
    const next = new Set(this.hidden);
    if (!next.delete(stream)) next.add(stream);
    this.hidden = next;
  }
}
