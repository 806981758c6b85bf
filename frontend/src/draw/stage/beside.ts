/** Painter of the strips under the signal: channels of the same file that no model hears, in quiet ink. */

import type { BesideTrack } from "../../analysis/beside";
import type { Range } from "../../analysis/scale";
import { num } from "../ink/format";
import { fitted, text, textWidth, type Ctx } from "../ink/text";
import type { Inks } from "../ink/tokens";
import { stepsInView, xOfStep, type Box, type StageLayout, type TimeWindow } from "./layout";

/** Between the line of a strip and its upper and lower edge. */
const AIR = 2;
/** Side of a value alone. */
const DOT = 2;
/** Digits after the point, at most. */
const MAX_PLACES = 6;

/** A value of a channel with as many digits as its range is wide: three that matter, or as many fewer as is said. */
export function besideValue(value: number, bounds: Range | null, fewer = 0): string {
  if (Number.isNaN(value)) return "missing";
  const width = bounds ? bounds.high - bounds.low : 0;
  if (Number.isInteger(value) && (width === 0 || (Number.isInteger(bounds!.low) && Number.isInteger(bounds!.high))))
    return num(value, 0);
  return num(
    value,
    width > 0 ? Math.max(0, Math.min(MAX_PLACES, Math.round(2 - fewer - Math.log10(width)))) : undefined,
  );
}

/** "36.7 °C", "missing". */
export function besideReadout(channel: BesideTrack, t: number): string {
  const value = channel.at(t);
  const said = besideValue(value, channel.bounds);
  return Number.isNaN(value) || !channel.unit ? said : `${said} ${channel.unit}`;
}

/** "36.10 to 37.20"; "" before anything was measured. */
export function besideRange({ bounds }: BesideTrack): string {
  return bounds ? `${besideValue(bounds.low, bounds)} to ${besideValue(bounds.high, bounds)}` : "";
}

/** The same where there is little room: "36.1–37.2". */
function shortRange({ bounds }: BesideTrack): string {
  if (!bounds) return "";
  const [low, high] = [bounds.low, bounds.high].map((value) => besideValue(value, bounds, 1));
  return bounds.low < 0 ? `${low} to ${high}` : `${low}–${high}`;
}

/** The strips of a layout that has some: names on the left, lines on the time axis, value now and range on the right. */
export function paintBeside(
  ctx: Ctx,
  inks: Inks,
  layout: StageLayout,
  window: TimeWindow,
  channels: readonly BesideTrack[],
  t: number,
): void {
  layout.beside.forEach((box, k) => {
    const channel = channels[k];
    if (!channel) return;
    ctx.fillStyle = inks.sk;
    ctx.fillRect(box.x, box.y, box.w, box.h);
    paintChannel(ctx, inks, layout, box, window, channel, t);
    paintWords(ctx, inks, layout, box, channel, t);
  });
}

function paintChannel(
  ctx: Ctx,
  inks: Inks,
  layout: StageLayout,
  box: Box,
  window: TimeWindow,
  channel: BesideTrack,
  t: number,
): void {
  const { low, high } = channel.range;
  const first = Math.max(0, Math.floor(window.first));
  const last = Math.ceil(window.first + stepsInView(layout, window));
  const y = (v: number): number => box.y + box.h - AIR - ((v - low) / (high - low)) * (box.h - 2 * AIR);
  /** Broken where nothing was measured; a value alone is a dot. */
  const line = (from: number, to: number): void => {
    ctx.beginPath();
    let drawing = false;
    const alone: [number, number][] = [];
    for (let step = Math.max(first, from); step <= Math.min(last, to); step++) {
      const v = channel.at(step);
      const there = !Number.isNaN(v);
      const x = xOfStep(layout, window, step);
      if (there && drawing) ctx.lineTo(x, y(v));
      else if (there) {
        ctx.moveTo(x, y(v));
        if (Number.isNaN(channel.at(step + 1))) alone.push([x, y(v)]);
      }
      drawing = there;
    }
    ctx.stroke();
    for (const [x, level] of alone) ctx.fillRect(x - DOT / 2, level - DOT / 2, DOT, DOT);
  };
  ctx.save();
  ctx.beginPath();
  ctx.rect(box.x, box.y, box.w, box.h);
  ctx.clip();
  ctx.lineJoin = "round";
  ctx.lineWidth = 1;
  // What is still to come, as far as it is known: dotted, as on the strip of the signal.
  ctx.strokeStyle = ctx.fillStyle = inks.t3;
  ctx.globalAlpha = 0.55;
  ctx.setLineDash([1, 3]);
  line(t, last);
  ctx.strokeStyle = ctx.fillStyle = inks.t2;
  ctx.globalAlpha = 0.9;
  ctx.setLineDash([]);
  line(0, t);
  ctx.restore();
}

function paintWords(ctx: Ctx, inks: Inks, layout: StageLayout, box: Box, channel: BesideTrack, t: number): void {
  const value = besideReadout(channel, t);
  const range = besideRange(channel);
  const { mode, pad, time, nowX, W } = layout;
  if (mode === "phone") {
    const line = box.y - 8;
    const says = range ? `${value}, ${range}` : value;
    text(ctx, fitted(ctx, channel.name, box.w * 0.4), box.x, line, { colour: inks.t2 });
    text(ctx, fitted(ctx, says, box.w * 0.58), box.x + box.w, line, { colour: inks.t3, align: "right" });
    return;
  }
  const middle = box.y + box.h / 2 + 0.5;
  const x = nowX + 14;
  text(ctx, fitted(ctx, channel.name, time.x - pad - 10), pad, middle, { colour: inks.t2 });
  const now = fitted(ctx, value, mode === "wide" ? 100 : 80);
  text(ctx, now, x, middle, { colour: inks.t2 });
  if (mode === "wide") text(ctx, fitted(ctx, range, W - x - 110), x + 106, middle, { colour: inks.t3 });
  else {
    const right = W - 8;
    text(ctx, fitted(ctx, shortRange(channel), right - x - textWidth(ctx, now) - 6), right, middle, {
      colour: inks.t3,
      align: "right",
    });
  }
}
