/** What stands above and over a lane's raster beside its marks: a strip of bars, and the lines where its phases begin. */

import { stepsInView, xOfStep, type Box, type StageLayout, type TimeWindow } from "../stage/layout";
import { text, textWidth, type Ctx } from "../ink/text";
import type { Inks } from "../ink/tokens";

/** One number a step above the raster, drawn as bars. */
export interface Gauge {
  name: string;
  /** 0 … 1; not a number where the step is not there. */
  at(t: number): number;
}

/** A gate's row at its lowest: faint, but there. */
const FAINT = 0.1;

/**
 * A gate over all steps, drawn as a row in the ink of its action. A mean over many cells hardly moves, so what is shown is where it
 * lies between the lowest and the highest of the run.
 */
export class GateRow implements Gauge {
  private low = Infinity;
  private high = -Infinity;
  private next = 0;

  constructor(
    readonly name: string,
    readonly ink: "wf" | "ef" | "rf",
    readonly at: (t: number) => number,
  ) {}

  /** Takes in the values of steps before `steps`. */
  follow(steps: number): void {
    for (; this.next < steps; this.next++) {
      const v = this.at(this.next);
      if (Number.isNaN(v)) break;
      this.low = Math.min(this.low, v);
      this.high = Math.max(this.high, v);
    }
  }

  /** How strong the ink is at step t, where the first `steps` are held. */
  strength(t: number, steps: number): number {
    this.follow(steps);
    const now = this.at(t);
    if (Number.isNaN(now)) return 0;
    const part = this.high > this.low ? (now - this.low) / (this.high - this.low) : 0;
    return FAINT + (1 - FAINT) * part;
  }
}

/** The gap between lanes has room for this much. */
const HEIGHT = 6;

/** Bars, or a row for each of several, of steps first … t in the gap above the raster. */
export function paintGauges(
  ctx: Ctx,
  inks: Inks,
  layout: StageLayout,
  raster: Box,
  window: TimeWindow,
  t: number,
  steps: number,
  gauges: readonly Gauge[],
): void {
  if (gauges.length === 0) return;
  const first = Math.max(0, Math.floor(window.first));
  const last = Math.min(t, steps - 1, Math.ceil(window.first + stepsInView(layout, window)));
  const width = Math.max(1, window.step - (window.step >= 3 ? 1 : 0));
  ctx.save();
  ctx.beginPath();
  ctx.rect(raster.x, raster.y - HEIGHT - 1, raster.w, HEIGHT + 1);
  ctx.clip();
  gauges.forEach((gauge, k) => {
    const row = HEIGHT / gauges.length;
    ctx.fillStyle = gauge instanceof GateRow ? inks[gauge.ink] : inks.t3;
    ctx.globalAlpha = 0.7;
    for (let step = first; step <= last; step++) {
      const x = xOfStep(layout, window, step) - window.step / 2;
      if (gauge instanceof GateRow) {
        ctx.globalAlpha = gauge.strength(step, steps);
        ctx.fillRect(x, raster.y - 1 - HEIGHT + k * row, window.step, row);
        continue;
      }
      const h = gauge.at(step) * HEIGHT;
      if (h > 0.2) ctx.fillRect(x, raster.y - 1 - h, width, h);
    }
  });
  ctx.restore();
}

/** From `step` on, until the next phase, the bank does what the label says. */
export interface Phase {
  step: number;
  label: string;
}

/** A dotted line through the raster where each phase begins, with what the bank does in it where the label fits. */
export function paintPhases(
  ctx: Ctx,
  inks: Inks,
  layout: StageLayout,
  raster: Box,
  window: TimeWindow,
  t: number,
  phases: readonly Phase[],
): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(raster.x, raster.y, raster.w, raster.h);
  ctx.clip();
  phases.forEach(({ step, label }, k) => {
    if (step > t) return;
    const left = Math.max(raster.x, xOfStep(layout, window, step) - window.step / 2);
    const until = phases[k + 1]?.step ?? Infinity;
    const right = Math.min(raster.x + raster.w, xOfStep(layout, window, Math.min(until, t + 1)) - window.step / 2);
    if (step > 0) {
      ctx.strokeStyle = inks.t2;
      ctx.lineWidth = 1;
      ctx.setLineDash([2, 2]);
      ctx.beginPath();
      ctx.moveTo(Math.round(left) + 0.5, raster.y);
      ctx.lineTo(Math.round(left) + 0.5, raster.y + raster.h);
      ctx.stroke();
      ctx.setLineDash([]);
    }
    const width = textWidth(ctx, label) + 8;
    if (right - left < width + 2 || raster.h < 40) return;
    ctx.fillStyle = inks.sk;
    ctx.globalAlpha = 0.8;
    ctx.fillRect(left + 2, raster.y + raster.h - 17, width, 15);
    ctx.globalAlpha = 1;
    text(ctx, label, left + 6, raster.y + raster.h - 9, { colour: inks.t2 });
  });
  ctx.restore();
}
