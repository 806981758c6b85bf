/** Paints the whole stage: strip, arcs, axis, lanes, now column, linked moment and playhead. Nothing here keeps state. */

import type { TaskEvent } from "../wire/manifest";
import { provenanceArcs } from "../ledger/arcs";
import { AGE_ALPHA, ageLimits, ages, paintArcs, type ArcSet } from "./arcs";
import { lagRow, LAG_ROWS } from "./columns";
import { beatAt, beatInk, between, paintBeats, type Beat } from "./beats";
import { parseHex, rgba } from "./colour";
import { num } from "./format";
import { paintGauge, paintTurns } from "./gauge";
import { paintHealth, type HealthScene } from "./health";
import type { Target } from "./hit";
import type { Lane } from "./lane";
import { stepsInView, xOfStep, type LaneBox, type StageLayout, type TimeWindow } from "./layout";
import { paintNow } from "./now";
import { paintRanges, paintReadouts, type Ranges } from "./ranges";
import type { Range } from "./scale";
import type { SignalTrack } from "./signal";
import { paintEventWords, paintLine, paintWindows, signalY, type Answer } from "./strip";
import { BITS_TOP, type BitsSource } from "./bits";
import type { Tape } from "./tape";
import { fitted, glyph, hatch, tag, text, textWidth, type Ctx } from "./text";
import type { Inks } from "./tokens";

/** Smaller shares stay in the remainder. */
const LEAST_ARC = 0.012;
/** Room for the sign of the lane's menu, which lies over the end of the name's line on a phone. */
const MENU = 20;

export interface LaneScene {
  lane: Lane;
  emphasis: "normal" | "alone" | "faded";
  /** Shares to draw arcs from, of the read of step `readAt`; null while they are not known. */
  shares: ArrayLike<number> | null;
  readAt: number;
  /** Shares of the read now, for the age bars. */
  now: ArrayLike<number> | null;
  /** Slot under the pointer. */
  slot: number | null;
  /** Rows that keep the linked moment. */
  linked: readonly number[];
  failure: { step: number; reason: string } | null;
  /** Without arcs, answer and ages. */
  muted?: boolean;
  /** What stands under the name instead of nothing: parameters and time per step. */
  cost?: string;
}

export interface Scene {
  /** The playhead. */
  t: number;
  window: TimeWindow;
  rows: "slots" | "lag";
  signal: SignalTrack;
  range: Range;
  events: readonly TaskEvent[];
  lanes: readonly LaneScene[];
  /** Strip of bits, for tasks that have one. */
  bits: { tape: Tape; source: BitsSource } | null;
  /** The moment under the pointer, if it is not now. */
  ghost: number | null;
  /** The past moment that is being talked about (written there). */
  linked: number | null;
  /** The target is held by a click. */
  target: Target | null;
  /** Steps of one period of the task (the stored segment), for the ages of reads. */
  period: number;
  /** Device pixels per CSS pixel. */
  scale: number;
  /** The strip under the lanes, where the layout has room for it. */
  health?: HealthScene;
  /** Selected, repeated and similar stretches of time. */
  ranges?: Ranges;
  /** The step that is being carried out in four beats: how far it is (0 … 1), and its cuts by stream. */
  beats?: { part: number; lanes: ReadonlyMap<number, Beat> };
}

export function paintStage(ctx: Ctx, inks: Inks, layout: StageLayout, scene: Scene): void {
  ctx.clearRect(0, 0, layout.W, layout.H);
  const y = (step: number): number =>
    scene.signal.kind === "bits"
      ? layout.signal.top + BITS_TOP
      : signalY(layout, scene.range, scene.signal.shown(step));
  paintStrip(ctx, inks, layout, scene);
  paintArcs(ctx, inks, layout, scene.window, arcSets(scene), y);
  paintGutter(ctx, inks, layout, scene);
  if (layout.ages) paintAges(ctx, inks, layout.ages, layout, scene);
  paintAxis(ctx, inks, layout, scene);
  for (const box of layout.lanes) paintLane(ctx, inks, layout, box, scene);
  if (layout.health && scene.health) paintHealth(ctx, inks, layout, layout.health, scene.window, scene.t, scene.health);
  if (scene.ranges) paintRanges(ctx, inks, layout, scene.window, scene.ranges);
  if (!layout.lanes.length) {
    const x = layout.time.x + layout.time.w / 2;
    const top = layout.axis.y + 90;
    text(ctx, "No model on the stage.", x, top, { colour: inks.t2, align: "center", size: 13 });
    text(ctx, "Add one above to see how it remembers this signal.", x, top + 22, {
      colour: inks.t3,
      align: "center",
      size: 13,
    });
  }
  paintMoments(ctx, inks, layout, scene, y);
}

function arcSets(scene: Scene): ArcSet[] {
  return scene.lanes.flatMap((lane, nest) =>
    lane.shares
      ? [
          {
            hue: lane.lane.hue,
            t: lane.readAt,
            list: provenanceArcs(lane.shares, { max: lane.emphasis === "alone" ? 9 : 6, least: LEAST_ARC }).arcs,
            nest,
            emphasis: lane.emphasis,
          },
        ]
      : [],
  );
}

function paintStrip(ctx: Ctx, inks: Inks, layout: StageLayout, scene: Scene): void {
  const { signal, window, t } = scene;
  paintWindows(ctx, inks, layout, window, scene.events, t);
  if (scene.bits) {
    const box = { x: layout.time.x, y: layout.signal.top + BITS_TOP, w: layout.time.w, h: scene.bits.source.rows };
    const now = (t + 1 - window.first) * window.step;
    ctx.save();
    ctx.globalAlpha = 0.3;
    scene.bits.tape.paint(ctx, box, window.first, window.step, signal.planned);
    ctx.restore();
    ctx.save();
    ctx.beginPath();
    ctx.rect(box.x, box.y, Math.max(0, now), box.h);
    ctx.clip();
    scene.bits.tape.paint(ctx, box, window.first, window.step, t + 1);
    ctx.restore();
    paintEventWords(ctx, inks, layout, window, scene.events, t);
    return;
  }
  const answers: Answer[] = scene.lanes
    .filter(({ muted }) => !muted)
    .map(({ lane, emphasis }) => ({ stream: lane.stream, hue: lane.hue, emphasis }));
  paintLine(ctx, inks, layout, window, signal, answers, t, scene.range);
  paintEventWords(ctx, inks, layout, window, scene.events, t);
}

/** Left of the strip: what the lines are, and what each model answers now. */
function paintGutter(ctx: Ctx, inks: Inks, layout: StageLayout, scene: Scene): void {
  const { signal, t } = scene;
  if (layout.mode === "phone") return;
  const x = layout.pad;
  const room = layout.time.x - x - 10;
  const arcsAt = scene.lanes.find((lane) => lane.emphasis === "alone")?.readAt ?? t;
  text(ctx, "Where reads at", x, 14, { colour: inks.t3 });
  text(ctx, `t = ${arcsAt} come from`, x, 29, { colour: inks.t3 });
  const heard = scene.lanes.filter(({ muted }) => !muted).slice(0, 6);
  let y = layout.strip - heard.length * 15 - 2;
  const name = signal.kind === "bits" ? `Input, ${signal.width} bits` : signal.unit ? `Input, ${signal.unit}` : "Input";
  const words = fitted(ctx, name, room - 22, 11, 500);
  text(ctx, words, x, y - 17, { colour: inks.tx, weight: 500 });
  if (signal.kind === "line") {
    ctx.fillStyle = inks.tx;
    ctx.fillRect(x + textWidth(ctx, words, 11, 500) + 7, y - 17.5, 15, 1.5);
  }
  const asked = signal.asked(t);
  for (const { lane, emphasis } of heard) {
    glyph(ctx, inks, lane.hue, x + 5, y, 4);
    const says = !lane.has(t)
      ? "no answer"
      : !asked
        ? "not asked"
        : signal.kind === "bits"
          ? rightBits(signal, lane.stream, t)
          : `${layout.mode === "narrow" ? "" : "says "}${num(signal.output(lane.stream, t))}`;
    text(ctx, says, x + 16, y, { colour: emphasis === "faded" || !asked ? inks.t3 : inks.t2 });
    y += 15;
  }
}

function rightBits(signal: SignalTrack, stream: number, t: number): string {
  let right = 0;
  for (let k = 0; k < signal.width; k++) if (signal.output(stream, t, k) > 0.5 === signal.target(t, k) > 0.5) right++;
  return `${right} of ${signal.width} right`;
}

/** The whole read vector as 100 %, split by age; older is stronger. */
function paintAges(
  ctx: Ctx,
  inks: Inks,
  box: { x: number; y: number; w: number },
  layout: StageLayout,
  scene: Scene,
): void {
  if (!scene.lanes.length) return;
  const narrow = layout.mode === "narrow";
  text(ctx, narrow ? "Read now, by age" : "Read now, by age of the memory", box.x, 14, { colour: inks.t3 });
  const left = box.x + 18;
  const room = box.w - 18;
  const pitch = Math.min(22, (layout.strip - 60) / scene.lanes.length);
  scene.lanes.forEach(({ lane, emphasis, now }, k) => {
    const y = 30 + k * pitch;
    glyph(ctx, inks, lane.hue, box.x + 5, y + 5, 4);
    const parts = now && ages(now, scene.period);
    const fade = emphasis === "faded" ? 0.25 : 1;
    if (!parts) {
      ctx.fillStyle = inks.hv;
      ctx.fillRect(left, y, room, 11);
      return;
    }
    let x = left;
    for (let i = 0; i < 5; i++) {
      const w = parts[i]! * room;
      if (i < 4) {
        ctx.fillStyle = inks[lane.hue];
        ctx.globalAlpha = fade * AGE_ALPHA[i]!;
        ctx.fillRect(x, y, Math.max(0, w - 1), 11);
      } else if (w > 1) {
        // What memory held before the first step: no write of this run, so an outline.
        ctx.strokeStyle = inks.t3;
        ctx.globalAlpha = fade;
        ctx.lineWidth = 1;
        ctx.strokeRect(x + 0.5, y + 0.5, Math.max(0, w - 2), 10);
      }
      x += w;
    }
    ctx.globalAlpha = 1;
  });
  const y = 30 + scene.lanes.length * pitch + 6;
  if (narrow || y > layout.strip - 4) return;
  const [a, b, c] = ageLimits(scene.period);
  const words = [`≤ ${a} steps`, `≤ ${b}`, `≤ ${c}`, "older"];
  let x = box.x;
  words.forEach((label, i) => {
    ctx.globalAlpha = AGE_ALPHA[i]!;
    ctx.fillStyle = inks.t2;
    ctx.fillRect(x, y - 4, 8, 8);
    ctx.globalAlpha = 1;
    text(ctx, label, x + 12, y, { colour: inks.t3 });
    x += textWidth(ctx, label) + 20;
  });
}

function paintAxis(ctx: Ctx, inks: Inks, layout: StageLayout, scene: Scene): void {
  const { window, t, ghost, linked } = scene;
  const { y } = layout.axis;
  const every = window.step >= 5 ? 16 : window.step >= 2.5 ? 32 : 64;
  const first = Math.max(0, Math.floor(window.first));
  const last = Math.min(scene.signal.planned - 1, window.first + stepsInView(layout, window));
  const near = (step: number | null, x: number, room: number): boolean =>
    step !== null && Math.abs(x - xOfStep(layout, window, step)) <= room;
  for (let step = Math.ceil(first / every) * every; step <= last; step += every) {
    const x = xOfStep(layout, window, step);
    if (x < layout.time.x + 6 || x > layout.time.x + layout.time.w - 10) continue;
    if (!near(t, x, 28) && !near(linked, x, 44) && !near(ghost, x, 26)) {
      text(ctx, String(step), x, y + 11, { colour: inks.t3, align: "center" });
    }
    ctx.fillStyle = inks.ln2;
    ctx.fillRect(Math.round(x), y, 1, 4);
  }
  if (layout.mode !== "phone") text(ctx, "step", layout.pad, y + 11, { colour: inks.t3 });
  const box = layout.lanes.find(({ folded }) => !folded)?.now;
  if (!box) return;
  const headY = layout.mode === "phone" ? box.y - 14 : y + 11;
  const beat = scene.beats && beatAt(scene.beats.part).name;
  text(ctx, `${beat ?? "memory"} at t = ${t}`, box.matrix.x, headY, { colour: beat ? beatInk(inks, beat) : inks.t3 });
  if (box.usage) text(ctx, "usage", box.usage.x, headY, { colour: inks.t3 });
  if (box.gates) text(ctx, "gates", box.gates.x, headY, { colour: inks.t3 });
}

function paintLane(ctx: Ctx, inks: Inks, layout: StageLayout, box: LaneBox, scene: Scene): void {
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
  if (lane.gauge) paintGauge(ctx, inks, layout, raster, window, t, lane.model.steps, lane.gauge);
  if (!box.folded) paintTurns(ctx, inks, layout, raster, window, t, lane.turns);
  ctx.globalAlpha = 1;
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
  if (!lane.has(t) || box.folded) return;
  const beat = scene.beats?.lanes.get(lane.stream);
  const picture = beat && scene.beats ? between(beat, scene.beats.part) : lane.picture(t);
  paintNow(ctx, inks, box.now, picture, lane.image, {
    limits: lane.limits,
    usageLimit: lane.usageLimit,
    faded: emphasis === "faded",
    row: item.slot === null ? null : lane.rowOfSlot(item.slot),
    linked: item.linked,
  });
  if (beat && scene.beats) paintBeats(ctx, inks, box.now, beat, scene.beats.part, scene.scale);
}

function paintHeader(ctx: Ctx, inks: Inks, layout: StageLayout, box: LaneBox, scene: Scene, item: LaneScene): void {
  const { lane } = item;
  const { header, raster } = box;
  const error = lane.error.at(scene.t);
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
    const words = [lane.moment ?? sizes, error?.words].filter(Boolean).join(" · ");
    text(ctx, words, header.x + header.w - MENU, header.y + 8.5, { colour: inks.t3, align: "right" });
    return;
  }
  if (box.folded) return;
  const roomy = header.h > 80;
  const ends: [number, number][] = [[header.y + 8.5, header.x + 16 + textWidth(ctx, lane.label, 12, 600)]];
  const line = (words: string, y: number, colour: string): void => {
    const shown = fitted(ctx, words, header.w);
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
  const room = 1 + [62, 90, 106].filter((least) => header.h > least).length;
  lines.slice(0, room).forEach(([words, colour], k) => line(words, 26 + 16 * k, colour));
  if (error && header.h >= 60) text(ctx, error.words, header.x, header.y + header.h - 8, { colour: inks.t3 });
  if (layout.mode === "narrow") return;
  const right = raster.x - 6;
  const index = (words: string, y: number): void => {
    const left = right - textWidth(ctx, words) - 4;
    if (ends.some(([at, end]) => Math.abs(at - y) < 11 && end > left)) return;
    text(ctx, words, right, y, { colour: inks.t3, align: "right" });
  };
  if (lagged) {
    for (const lag of [1, 10, 100, 1000]) {
      if (lag > scene.signal.planned) break;
      const y = raster.y + ((lagRow(lag, scene.signal.planned) + 0.5) / LAG_ROWS) * raster.h;
      if (y < raster.y + raster.h - (roomy && error ? 16 : 4) || !roomy) index(String(lag), y);
    }
  } else if (roomy) {
    const last = lane.bank.kind === "append" ? scene.signal.planned : lane.slots;
    index("0", raster.y + 6);
    index(String(last - 1), raster.y + raster.h - 6);
  }
}

/** From the first bad step on: hatched, with the reason. */
function paintFailure(
  ctx: Ctx,
  inks: Inks,
  layout: StageLayout,
  box: LaneBox,
  scene: Scene,
  failure: { step: number; reason: string },
): void {
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
  if (width > 140) {
    const words = fitted(ctx, `Stopped at step ${failure.step}: ${failure.reason}`, width - 24);
    const w = textWidth(ctx, words) + 12;
    ctx.fillStyle = inks.bg;
    ctx.fillRect(x0 + 8, raster.y + raster.h / 2 - 10, w, 20);
    text(ctx, words, x0 + 14, raster.y + raster.h / 2, { colour: inks.t2 });
  }
}

/** Linked moment, ghost and playhead, through strip and lanes. */
function paintMoments(ctx: Ctx, inks: Inks, layout: StageLayout, scene: Scene, y: (step: number) => number): void {
  const { window, t, linked, ghost } = scene;
  const { time, signal, axis, bottom } = layout;
  const at = (step: number): number => xOfStep(layout, window, step);
  const inView = (x: number): boolean => x > time.x && x < time.x + time.w;
  const now = at(t);
  if (linked !== null && inView(at(linked))) {
    const x = at(linked);
    ctx.fillStyle = rgba(parseHex(inks.w), 0.9);
    ctx.fillRect(Math.round(x) - 0.5, signal.top - 4, 1, bottom - signal.top + 4);
    ctx.beginPath();
    ctx.arc(x, y(linked), 4, 0, 7);
    ctx.fill();
    if (Math.abs(x - now) > 48) tag(ctx, inks, `written ${linked}`, Math.max(x, time.x + 34), axis.y + 11, inks.w);
  }
  if (ghost !== null && ghost !== t && inView(at(ghost))) paintReadouts(ctx, inks, layout, scene, at(ghost), ghost, y);
  if (ghost !== null && ghost !== t && ghost !== linked && inView(at(ghost))) {
    const x = at(ghost);
    ctx.fillStyle = inks.t3;
    ctx.globalAlpha = 0.8;
    for (let k = signal.top; k < bottom; k += 5) ctx.fillRect(Math.round(x), k, 1, 2);
    ctx.globalAlpha = 1;
    const clear = linked === null || Math.abs(x - at(linked)) > 58;
    if (Math.abs(x - now) > 38 && clear) tag(ctx, inks, String(ghost), x, axis.y + 11, inks.t2);
  }
  const x = Math.round(now);
  if (x < time.x - 1 || x > time.x + time.w + 1) return;
  ctx.fillStyle = inks.tx;
  ctx.fillRect(x - 0.5, layout.arcBase, 1.5, bottom - layout.arcBase + 2);
  const words = String(t);
  const w = textWidth(ctx, words, 11, 600) + 12;
  ctx.beginPath();
  ctx.roundRect(x - w / 2 + 0.5, axis.y + 2, w, 18, 4);
  ctx.fill();
  text(ctx, words, x + 0.5, axis.y + 11.5, { colour: inks.bg, align: "center", weight: 600 });
}
