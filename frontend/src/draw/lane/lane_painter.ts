/** One lane of the stage: its name and numbers, its memory over time, and the cut through now. */

import { between, paintBeats } from "./beats";
import type { Failure } from "../../wire/manifest";
import { parseHex, rgba } from "../ink/colour";
import { lagRow, LAG_ROWS } from "./lag_rows";
import { whyStopped } from "./failure";
import { paintGauges, paintPhases } from "./gauge";
import { stepsInView, xOfStep, type Box, type LaneBox, type NowBox, type StageLayout } from "../stage/layout";
import { paintNow } from "./cut_painter";
import type { Lane } from "./lane";
import type { Tape } from "./tape";
import { awaited, type LaneScene, type Scene } from "../stage/scene";
import { fitted, glyph, hatch, tag, text, textWidth, type Ctx } from "../ink/text";
import type { Inks } from "../ink/tokens";

/** Room for the sign of the lane's menu, which lies over the end of the name's line on a phone. */
const MENU = 20;
/** And for the pin before it. */
const PIN = 12;
/** Between the name and the details after it. */
const APART = 12;
/** Ink of what comes after now. */
const FUTURE = 0.28;

export function paintLane(ctx: Ctx, inks: Inks, layout: StageLayout, box: LaneBox, scene: Scene): void {
  const item = scene.lanes[box.index];
  if (!item) return;
  const { lane, emphasis } = item;
  const { raster } = box;
  const { window, t } = scene;
  paintHeader(ctx, inks, layout, box, scene, item);
  ctx.fillStyle = inks.sk;
  ctx.fillRect(raster.x, raster.y, raster.w, raster.h);
  ctx.globalAlpha = emphasis === "faded" ? 0.72 : 1;
  const rows = lane.rowsShown(scene.rows);
  const tape = rows === "lag" ? lane.lag : lane.tape;
  tape.paint(ctx, raster, window.first, window.step, t + 1);
  if (rows === "slots") paintFuture(ctx, raster, scene, tape);
  paintGauges(ctx, inks, layout, raster, window, t, lane.model.steps, lane.gauges);
  if (!box.folded) paintPhases(ctx, inks, layout, raster, window, t, lane.phases);
  ctx.globalAlpha = 1;
  if (awaited(item, t)) paintMissing(ctx, inks, layout, box, scene, lane);
  if (item.failure) paintFailure(ctx, inks, layout, box, scene, item.failure);
  const rowH = raster.h / lane.fold.rows;
  if (item.slot !== null && rows === "slots") {
    const row = lane.rowOfSlot(item.slot);
    const h = Math.max(2, rowH);
    const end = Math.max(0, Math.min(raster.w, (t + 1 - window.first) * window.step));
    ctx.strokeStyle = inks.tx;
    ctx.lineWidth = 1;
    ctx.strokeRect(raster.x - 0.5, raster.y + (row + 0.5) * rowH - h / 2 - 0.5, end + 1, h + 1);
  }
  const shown = lane.shownAt(t);
  if (shown === null || box.folded) return;
  const beat = scene.beats?.lanes.get(lane.stream);
  const picture = beat && scene.beats ? between(beat, scene.beats.part) : lane.picture(shown);
  paintNow(ctx, inks, box.now, picture, lane.image, {
    limits: lane.limits,
    usageLimit: lane.usageLimit,
    faded: emphasis === "faded",
    row: item.slot === null ? null : lane.rowOfSlot(item.slot),
    linked: item.linked,
  });
  if (beat && scene.beats) paintBeats(ctx, inks, box.now, beat, scene.beats.part, scene.scale);
  if (shown !== t) paintLate(ctx, inks, box.now, shown);
}

/** What is held of the steps after now: known, not yet reached. */
export function paintFuture(
  ctx: Ctx,
  raster: Box,
  { window, t }: Pick<Scene, "window" | "t">,
  tape: Pick<Tape, "paint">,
): void {
  const from = Math.max(raster.x, raster.x + (t + 1 - window.first) * window.step);
  const room = raster.x + raster.w - from;
  if (room <= 0) return;
  const faded = ctx.globalAlpha;
  ctx.save();
  ctx.beginPath();
  ctx.rect(from, raster.y, room, raster.h);
  ctx.clip();
  ctx.globalAlpha = faded * FUTURE;
  tape.paint(ctx, raster, window.first, window.step, Infinity);
  ctx.restore();
}

/** Columns up to now that have not arrived: a ground of their own, because an empty memory looks like nothing else. */
function paintMissing(ctx: Ctx, inks: Inks, layout: StageLayout, box: LaneBox, scene: Scene, { model }: Lane): void {
  const { raster } = box;
  const { window } = scene;
  const end = Math.min(scene.t + 1, Math.ceil(window.first) + stepsInView(layout, window));
  let from = Math.max(0, Math.floor(window.first), model.steps);
  while (from < end) {
    const there = model.hasStep(from);
    let until = from + 1;
    while (until < end && model.hasStep(until) === there) until++;
    const x = Math.max(raster.x, raster.x + (from - window.first) * window.step);
    const w = Math.min(raster.x + raster.w, raster.x + (until - window.first) * window.step) - x;
    from = until;
    if (there || w <= 0) continue;
    ctx.fillStyle = inks.hv;
    ctx.fillRect(x, raster.y, w, raster.h);
    const label = fitted(ctx, "loading", w - 16);
    if (label === "loading") text(ctx, label, x + w / 2, raster.y + raster.h / 2, { colour: inks.t3, align: "center" });
  }
}

/** What is shown is not now: greyed, with the step it is of. */
function paintLate(ctx: Ctx, inks: Inks, now: NowBox, step: number): void {
  const { matrix } = now;
  ctx.fillStyle = inks.bg;
  ctx.globalAlpha = 0.62;
  ctx.fillRect(now.x, now.y - 4, now.w, now.h + 8);
  ctx.globalAlpha = 1;
  tag(ctx, inks, `t = ${step}`, matrix.x + matrix.w / 2, matrix.y + matrix.h / 2, inks.t2);
}

function paintHeader(ctx: Ctx, inks: Inks, layout: StageLayout, box: LaneBox, scene: Scene, item: LaneScene): void {
  const { lane } = item;
  const { header, raster } = box;
  const [sizes, rows] = lane.sizes;
  const lagged = lane.rowsShown(scene.rows) === "lag";
  glyph(ctx, inks, lane.hue, header.x + 5, header.y + 8, 4.5);
  const phone = layout.mode === "phone";
  text(ctx, fitted(ctx, lane.label, header.w - 16, 12, 600), header.x + 16, header.y + 8.5, {
    colour: item.muted ? inks.t3 : inks.tx,
    size: 12,
    weight: 600,
  });
  if (phone) {
    const right = header.x + header.w - MENU - (item.top ? PIN : 0);
    const room = right - header.x - 16 - textWidth(ctx, lane.label, 12, 600) - APART;
    // What does not fit beside the name is left out: it is under the name's menu as well.
    const detail = lane.moment ?? sizes;
    if (textWidth(ctx, detail) <= room) text(ctx, detail, right, header.y + 8.5, { colour: inks.t3, align: "right" });
    return;
  }
  if (box.folded) return;
  const roomy = header.h > 80;
  const ends: [number, number][] = [[header.y + 8.5, header.x + 16 + textWidth(ctx, lane.label, 12, 600)]];
  const line = (label: string, y: number, colour: string): void => {
    const shown = fitted(ctx, label, header.w);
    text(ctx, shown, header.x, header.y + y, { colour });
    ends.push([header.y + y, header.x + textWidth(ctx, shown)]);
  };
  // A moment of a training says first how far it was trained: that is what changes.
  const lines: [string, string][] = [[item.muted ? "muted" : sizes, inks.t2]];
  if (lane.moment) lines.unshift([lane.moment, inks.tx]);
  if (layout.mode === "wide") {
    lines.push([scene.rows === "lag" ? "rows: how far back" : rows, inks.t3]);
    if (item.cost) lines.push([item.cost, inks.t3]);
  }
  const room = [30, 62, 90, 106].filter((least) => header.h > least).length;
  lines.slice(0, room).forEach(([label, colour], k) => line(label, 26 + 16 * k, colour));
  if (layout.mode === "narrow") return;
  const right = raster.x - 6;
  const index = (label: string, y: number): void => {
    const left = right - textWidth(ctx, label) - 4;
    if (ends.some(([at, end]) => Math.abs(at - y) < 11 && end > left)) return;
    text(ctx, label, right, y, { colour: inks.t3, align: "right" });
  };
  if (lagged) {
    for (const lag of [1, 10, 100, 1000]) {
      if (lag > scene.signal.planned) break;
      const y = raster.y + ((lagRow(lag, scene.signal.planned) + 0.5) / LAG_ROWS) * raster.h;
      if (y < raster.y + raster.h - 4 || !roomy) index(String(lag), y);
    }
  } else if (roomy) {
    const last = lane.drawn.places;
    index("0", raster.y + 6);
    index(String(last - 1), raster.y + raster.h - 6);
  }
}

/** From the first bad step on: hatched, with the reason. */
function paintFailure(ctx: Ctx, inks: Inks, layout: StageLayout, box: LaneBox, scene: Scene, failure: Failure): void {
  const { raster } = box;
  const x0 = Math.max(raster.x, xOfStep(layout, scene.window, failure.step) - scene.window.step / 2);
  const width = raster.x + raster.w - x0;
  if (width <= 0) return;
  const pattern = hatch(ctx, rgba(parseHex(inks.t3), 0.45), scene.scale);
  ctx.save();
  ctx.beginPath();
  ctx.rect(x0, raster.y, width, raster.h);
  ctx.clip();
  ctx.setTransform(1, 0, 0, 1, 0, 0); // the hatch is made of device pixels
  ctx.fillStyle = pattern;
  ctx.fillRect(x0 * scene.scale, raster.y * scene.scale, width * scene.scale, raster.h * scene.scale);
  ctx.restore();
  // The label stands where there is more room beside the playhead, which would cross it.
  const now = Math.min(Math.max(xOfStep(layout, scene.window, scene.t), x0), x0 + width);
  const [left, room] = now - x0 > x0 + width - now ? [x0, now - x0] : [now, x0 + width - now];
  if (room > 140) {
    const label = fitted(ctx, `Stopped at step ${failure.step}: ${whyStopped(failure)}`, room - 28);
    const w = textWidth(ctx, label) + 12;
    ctx.fillStyle = inks.bg;
    ctx.fillRect(left + 8, raster.y + raster.h / 2 - 10, w, 20);
    text(ctx, label, left + 14, raster.y + raster.h / 2, { colour: inks.t2 });
  }
}
