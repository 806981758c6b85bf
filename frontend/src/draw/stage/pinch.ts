/** Two fingers on the time axis: what they took hold of stays between them, while they move apart, together or along. */

import { STEP_WIDTHS } from "../../view/vocabulary";
import type { StageLayout, TimeWindow } from "./layout";

/** Two fingers: the middle between them, and how far they are apart, in CSS pixels. */
export interface Fingers {
  readonly x: number;
  readonly spread: number;
}

/** Fingers nearer than this are hard to distinguish: their distance no longer says anything. */
const NEAREST = 24;

/** Another width must be closer by this part of a notch or so: fingers tremble, the picture must not. */
const RELUCTANCE = 0.08;

/**
 * The window after fingers that took hold of `from` at `began` have come to `now`. Widths are those there are, as the fingers
 * near them; `shown` is the width on the screen, which is kept until another one is clearly meant.
 */
export function pinched(
  box: StageLayout,
  { from, began, now }: { from: TimeWindow; began: Fingers; now: Fingers },
  shown: number,
  steps: number,
): TimeWindow {
  const wanted = (from.step * Math.max(NEAREST, now.spread)) / Math.max(NEAREST, began.spread);
  const off = (width: number): number => Math.abs(Math.log(width / wanted));
  const nearest = STEP_WIDTHS.reduce((best: number, width) => (off(width) < off(best) ? width : best), STEP_WIDTHS[0]);
  const step = off(shown) - off(nearest) < RELUCTANCE ? shown : nearest;
  const under = (began.x - box.time.x) / from.step + from.first;
  const last = Math.max(0, Math.ceil(steps - box.time.w / step));
  return { step, first: Math.max(0, Math.min(last, Math.round(under - (now.x - box.time.x) / step))) };
}
