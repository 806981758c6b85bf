/** The strip under the lanes: one measure of every model over time, and its value now. */

import { MEASURES, type Measure } from "../../analysis/measures";
import { num } from "../ink/format";
import { glyph, text, type Ctx } from "../ink/text";
import { dashOf, type Hue, type Inks } from "../ink/tokens";
import { stepsInView, xOfStep, type Box, type StageLayout, type TimeWindow } from "./layout";

export interface HealthScene {
  measure: Measure;
  lanes: readonly { hue: Hue; label: string; faded: boolean; at: (t: number) => number }[];
}

/** Lines over the shared time axis, 0 at the bottom and 1 at the top; the values now beside them. */
export function paintHealth(
  ctx: Ctx,
  inks: Inks,
  layout: StageLayout,
  box: Box,
  window: TimeWindow,
  t: number,
  scene: HealthScene,
): void {
  const label = MEASURES.find(({ value }) => value === scene.measure)!.label;
  text(ctx, label, layout.pad, box.y + 8, { colour: inks.tx, size: 12, weight: 600 });
  text(ctx, "0 to 1", layout.pad, box.y + 26, { colour: inks.t3 });
  ctx.fillStyle = inks.sk;
  ctx.fillRect(box.x, box.y, box.w, box.h);
  ctx.save();
  ctx.beginPath();
  ctx.rect(box.x, box.y, box.w, box.h);
  ctx.clip();
  const first = Math.max(0, Math.floor(window.first));
  const last = Math.min(t, Math.ceil(window.first + stepsInView(layout, window)));
  const y = (v: number): number => box.y + box.h - 2 - Math.min(1, Math.max(0, v)) * (box.h - 4);
  ctx.lineJoin = "round";
  for (const lane of scene.lanes) {
    ctx.strokeStyle = inks[lane.hue];
    ctx.globalAlpha = lane.faded ? 0.25 : 0.9;
    ctx.lineWidth = 1.3;
    ctx.setLineDash(dashOf(lane.hue));
    ctx.beginPath();
    let drawing = false;
    for (let step = first; step <= last; step++) {
      const v = lane.at(step);
      if (Number.isNaN(v)) drawing = false;
      else if (drawing) ctx.lineTo(xOfStep(layout, window, step), y(v));
      else {
        ctx.moveTo(xOfStep(layout, window, step), y(v));
        drawing = true;
      }
    }
    ctx.stroke();
  }
  ctx.restore();
  const columns = layout.mode === "wide" ? 4 : 2;
  const pitch = layout.mode === "wide" ? 64 : 70;
  scene.lanes.slice(0, 3 * columns).forEach((lane, k) => {
    const x = layout.nowX + 14 + (k % columns) * pitch;
    const line = box.y + 8 + Math.floor(k / columns) * 15;
    glyph(ctx, inks, lane.hue, x + 4, line, 4);
    const v = lane.at(t);
    text(ctx, Number.isNaN(v) ? "none" : num(v), x + 14, line, { colour: lane.faded ? inks.t3 : inks.t2 });
  });
}
