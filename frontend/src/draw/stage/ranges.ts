/** Ranges of time over strip and lanes: selected, repeated, similar; and the values at the ghost line. */

import { parseHex, rgba } from "../ink/colour";
import { besideReadout } from "./beside";
import type { StageLayout, TimeWindow } from "./layout";
import { spans, xOfStep } from "./layout";
import { readout, signalReadout } from "./readout";
import type { Ranges, Scene } from "./scene";
import { text, textWidth, type Ctx } from "../ink/text";
import type { Inks } from "../ink/tokens";

export function paintRanges(ctx: Ctx, inks: Inks, layout: StageLayout, window: TimeWindow, ranges: Ranges): void {
  const { time, signal, axis, bottom } = layout;
  const left = (step: number): number => xOfStep(layout, window, step) - window.step / 2;
  ctx.save();
  ctx.beginPath();
  for (const [from, to] of spans(layout, 0)) ctx.rect(time.x, from, time.w, to - from);
  ctx.clip();
  if (ranges.selection) {
    const [x0, x1] = [left(ranges.selection[0]), left(ranges.selection[1] + 1)];
    ctx.fillStyle = rgba(parseHex(inks.fo), 0.1);
    ctx.fillRect(x0, signal.top - 6, x1 - x0, bottom - signal.top + 6);
    ctx.fillStyle = inks.fo;
    ctx.fillRect(Math.round(x0), signal.top - 6, 1, bottom - signal.top + 6);
    ctx.fillRect(Math.round(x1) - 1, signal.top - 6, 1, bottom - signal.top + 6);
  }
  ctx.fillStyle = inks.t2;
  ranges.similar.forEach((step) => {
    const [x0, x1] = [left(step), left(step + ranges.length)];
    ctx.globalAlpha = 0.07;
    ctx.fillRect(x0, signal.top - 6, x1 - x0, bottom - signal.top + 6);
    ctx.globalAlpha = 0.7;
    for (let y = signal.top - 6; y < bottom; y += 6) ctx.fillRect(Math.round(x0), y, 1, 3);
  });
  ctx.globalAlpha = 1;
  if (ranges.loop) {
    // ⟦ and ⟧ on the axis, and a line between them.
    const [x0, x1] = [Math.round(left(ranges.loop[0])), Math.round(left(ranges.loop[1] + 1)) - 2];
    const [top, foot] = [axis.y + 1, axis.y + axis.h - 1];
    ctx.fillStyle = inks.fo;
    for (const [x, way] of [
      [x0, 1],
      [x1, -1],
    ] as const) {
      ctx.fillRect(x, top, 2, foot - top);
      for (const y of [top, foot - 2]) ctx.fillRect(way > 0 ? x : x - 3, y, 5, 2);
    }
    ctx.fillRect(x0, foot - 1, x1 - x0, 1);
  }
  ctx.restore();
}

/** Beside the ghost line in every lane: what it does there; on the strip the signal's value. */
export function paintReadouts(
  ctx: Ctx,
  inks: Inks,
  layout: StageLayout,
  scene: Scene,
  x: number,
  t: number,
  y: (step: number) => number,
): void {
  const { time } = layout;
  const put = (label: string, at: number, colour: string): void => {
    if (!label) return;
    const width = textWidth(ctx, label) + 8;
    const left = x + 6 + width < time.x + time.w ? x + 6 : x - 6 - width;
    if (left < time.x) return;
    ctx.globalAlpha = 0.88;
    ctx.fillStyle = inks.bg;
    ctx.fillRect(left, at - 8, width, 16);
    ctx.globalAlpha = 1;
    text(ctx, label, left + 4, at + 0.5, { colour });
  };
  put(
    signalReadout(scene.signal, t),
    Math.min(layout.signal.bottom - 6, Math.max(layout.signal.top + 6, y(t))),
    inks.tx,
  );
  layout.beside.forEach((box, k) => {
    const channel = scene.beside?.[k];
    if (channel) put(besideReadout(channel, t), box.y + box.h / 2, inks.t2);
  });
  if (t > scene.t) return;
  for (const box of layout.lanes) {
    const item = scene.lanes[box.index];
    if (item) put(readout(item.lane, t), box.raster.y + (box.folded ? box.raster.h / 2 : 9), inks.t2);
  }
}
