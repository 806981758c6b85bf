/** Painter of what lies under the lanes: both outputs one over the other, and their difference step by step. */

import { num } from "../draw/ink/format";
import { stepsInView, xOfStep, type StageLayout, type TimeWindow } from "../draw/stage/layout";
import type { SignalTrack } from "../analysis/signal";
import { tag, text, textWidth, type Ctx } from "../draw/ink/text";
import type { Inks } from "../draw/ink/tokens";
import { scientific } from "./text";

export interface TapeScene {
  t: number;
  ghost: number | null;
  window: TimeWindow;
  signal: SignalTrack;
  gaps: ArrayLike<number>;
  /** Largest absolute output. */
  scale: number;
  /** First step seen to differ; −1: none. */
  departs: number;
}

/** Rows of bits, or one line. */
const BIT = 9;
const LINE = 72;
const DIFFERENCE = 52;
/** Room for the names where they stand above. */
const NAME = 18;
const GAP = 10;
/** Smallest difference drawn, as a power of ten: float32 rounds around here. */
const MIN_POWER = -8;

interface Places {
  outputs: { y: number; h: number };
  difference: { y: number; h: number };
  height: number;
}

export function places(layout: StageLayout, signal: SignalTrack): Places {
  const name = layout.mode === "phone" ? NAME : 0;
  const h = signal.kind === "bits" ? signal.width * BIT : LINE;
  const y = 2 + name;
  const below = y + h + GAP + name;
  return { outputs: { y, h }, difference: { y: below, h: DIFFERENCE }, height: below + DIFFERENCE + 8 };
}

export function paintTape(ctx: Ctx, inks: Inks, layout: StageLayout, scene: TapeScene): void {
  const { outputs, difference, height } = places(layout, scene.signal);
  ctx.clearRect(0, 0, layout.W, height);
  const { time } = layout;
  for (const box of [outputs, difference]) {
    ctx.fillStyle = inks.sk;
    ctx.fillRect(time.x, box.y, time.w, box.h);
  }
  ctx.save();
  ctx.beginPath();
  ctx.rect(time.x, 0, time.w, height);
  ctx.clip();
  if (scene.signal.kind === "bits") paintBits(ctx, inks, layout, outputs, scene);
  else paintLines(ctx, inks, layout, outputs, scene);
  paintGaps(ctx, inks, layout, difference, scene);
  paintMoments(ctx, inks, layout, outputs.y, difference.y + difference.h, scene);
  ctx.restore();
  paintNames(ctx, inks, layout, outputs, difference, scene);
}

function inView({ window, gaps }: TapeScene, layout: StageLayout): [number, number] {
  return [
    Math.max(0, Math.floor(window.first)),
    Math.min(gaps.length - 1, Math.ceil(window.first + stepsInView(layout, window))),
  ];
}

/** Per bit the Transformer's output as a bar of its hue, the stateless DNC's as a line across it. */
function paintBits(ctx: Ctx, inks: Inks, layout: StageLayout, box: { y: number }, scene: TapeScene): void {
  const { signal, window } = scene;
  const [first, last] = inView(scene, layout);
  const room = BIT - 2;
  for (let t = first; t <= last; t++) {
    const x = xOfStep(layout, window, t) - window.step / 2;
    const w = Math.max(1, window.step - (window.step >= 4 ? 1 : 0));
    const faint = signal.asked(t) ? 1 : 0.3;
    for (let k = 0; k < signal.width; k++) {
      const foot = box.y + (k + 1) * BIT - 1;
      const [a, b] = [signal.output(0, t, k), signal.output(1, t, k)];
      ctx.globalAlpha = 0.45 * faint;
      ctx.fillStyle = inks.transformer;
      ctx.fillRect(x, foot - a * room, w, a * room);
      ctx.globalAlpha = faint;
      ctx.fillStyle = inks.sdnc;
      ctx.fillRect(x, foot - b * room - 0.6, w, 1.2);
    }
  }
  ctx.globalAlpha = 1;
}

function paintLines(ctx: Ctx, inks: Inks, layout: StageLayout, box: { y: number; h: number }, scene: TapeScene): void {
  const { signal, window } = scene;
  const [first, last] = inView(scene, layout);
  let [low, high] = [Infinity, -Infinity];
  for (let t = 0; t < scene.gaps.length; t++)
    for (const stream of [0, 1]) {
      const v = signal.output(stream, t);
      low = Math.min(low, v);
      high = Math.max(high, v);
    }
  const span = high - low || 1;
  const y = (v: number): number => box.y + box.h - 4 - ((v - low) / span) * (box.h - 8);
  ctx.lineJoin = "round";
  for (const [stream, ink, width, alpha] of [
    [0, inks.transformer, 5, 0.4],
    [1, inks.sdnc, 1.2, 1],
  ] as const) {
    ctx.strokeStyle = ink;
    ctx.lineWidth = width;
    ctx.globalAlpha = alpha;
    ctx.beginPath();
    for (let t = first; t <= last; t++) ctx.lineTo(xOfStep(layout, window, t), y(signal.output(stream, t)));
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
}

/** Bars on a logarithmic axis; a step that does not differ at all has none. */
function paintGaps(ctx: Ctx, inks: Inks, layout: StageLayout, box: { y: number; h: number }, scene: TapeScene): void {
  const { window, gaps, departs } = scene;
  const [first, last] = inView(scene, layout);
  const foot = box.y + box.h;
  ctx.fillStyle = inks.ln2;
  ctx.fillRect(layout.time.x, foot - 1, layout.time.w, 1);
  const end = Math.min(layout.time.x + layout.time.w, xOfStep(layout, window, last) + window.step / 2);
  if (gaps.length && Array.prototype.every.call(gaps, (gap: number) => gap === 0)) {
    const x = (layout.time.x + end) / 2;
    text(ctx, "0 at every step: every bit agrees", x, box.y + box.h / 2, {
      colour: inks.t2,
      align: "center",
      size: 12,
    });
    return;
  }
  const top = topDecade(gaps);
  for (let t = first; t <= last; t++) {
    const h = height(gaps[t]!, top) * (box.h - 3);
    ctx.fillStyle = departs >= 0 && t >= departs ? inks.tx : inks.t3;
    const x = xOfStep(layout, window, t) - window.step / 2;
    ctx.fillRect(x, foot - 1 - h, Math.max(1, window.step - (window.step >= 4 ? 1 : 0)), h);
  }
  if (departs >= first && departs <= last) {
    const x = xOfStep(layout, window, departs) - window.step / 2;
    ctx.strokeStyle = inks.t2;
    ctx.setLineDash([2, 3]);
    ctx.beginPath();
    ctx.moveTo(Math.round(x) - 0.5, box.y);
    ctx.lineTo(Math.round(x) - 0.5, foot);
    ctx.stroke();
    ctx.setLineDash([]);
    const label = `departs at ${departs}`;
    const wide = textWidth(ctx, label, 11, 500);
    const room = x - layout.time.x > wide + 14;
    tag(ctx, inks, label, room ? x - 6 - wide / 2 : x + 8 + wide / 2, box.y + 9, inks.t2);
  }
}

function topDecade(gaps: ArrayLike<number>): number {
  let largest = 0;
  for (let t = 0; t < gaps.length; t++) largest = Math.max(largest, gaps[t]!);
  return largest > 0 ? Math.max(MIN_POWER + 2, Math.ceil(Math.log10(largest))) : 0;
}

/** Part of the strip a difference fills, 0 … 1. */
function height(gap: number, top: number): number {
  return gap > 0 ? Math.max(0.04, Math.min(1, (Math.log10(gap) - MIN_POWER) / (top - MIN_POWER))) : 0;
}

function paintMoments(ctx: Ctx, inks: Inks, layout: StageLayout, y0: number, y1: number, scene: TapeScene): void {
  ctx.fillStyle = inks.tx;
  ctx.fillRect(xOfStep(layout, scene.window, scene.t) - 0.75, y0, 1.5, y1 - y0);
  if (scene.ghost === null || scene.ghost === scene.t) return;
  ctx.strokeStyle = inks.t2;
  ctx.lineWidth = 1;
  ctx.setLineDash([1, 3]);
  ctx.beginPath();
  const x = Math.round(xOfStep(layout, scene.window, scene.ghost)) + 0.5;
  ctx.moveTo(x, y0);
  ctx.lineTo(x, y1);
  ctx.stroke();
  ctx.setLineDash([]);
}

function paintNames(
  ctx: Ctx,
  inks: Inks,
  layout: StageLayout,
  outputs: { y: number; h: number },
  difference: { y: number; h: number },
  scene: TapeScene,
): void {
  const { gaps, signal } = scene;
  const t = Math.min(scene.ghost ?? scene.t, gaps.length - 1);
  const phone = layout.mode === "phone";
  const name = { colour: inks.tx, size: 12, weight: 600 };
  const top = topDecade(gaps);
  const x = layout.pad;
  if (phone) {
    text(ctx, "Outputs", x, outputs.y - 9, name);
    text(ctx, "Difference", x, difference.y - 9, name);
  } else {
    text(ctx, "Outputs", x, outputs.y + 8, name);
    text(ctx, signal.kind === "bits" ? "probability of 1" : "over each other", x, outputs.y + 25, { colour: inks.t3 });
    text(ctx, "Difference", x, difference.y + 8, name);
    text(ctx, "largest, log scale", x, difference.y + 25, { colour: inks.t3 });
  }
  if (Array.prototype.some.call(gaps, (gap: number) => gap > 0)) {
    power(ctx, inks, `10`, String(top), layout.time.x - 6, difference.y + 6);
    if (!phone) power(ctx, inks, `10`, String(MIN_POWER), layout.time.x - 6, difference.y + difference.h - 5);
  }
  // The key, and the value now: right of the strip, or in the line of the name.
  const right = phone ? x + 74 : layout.nowX + 14;
  const line = phone ? outputs.y - 9 : outputs.y + 8;
  ctx.globalAlpha = 0.45;
  ctx.fillStyle = inks.transformer;
  ctx.fillRect(right, line - 4, 16, 8);
  ctx.globalAlpha = 1;
  text(ctx, "Transformer", right + 22, line, { colour: inks.t2 });
  const second = phone ? right + 96 : right;
  const under = phone ? line : line + 17;
  ctx.fillStyle = inks.sdnc;
  ctx.fillRect(second, under - 0.6, 16, 1.2);
  text(ctx, "sDNC", second + 22, under, { colour: inks.t2 });
  if (t < 0) return;
  const gap = gaps[t]!;
  if (phone) {
    exact(ctx, inks, `at t = ${t}: `, gap, x + 74, difference.y - 9);
    return;
  }
  text(ctx, `at t = ${t}`, right, difference.y + 8, { colour: inks.t3 });
  exact(ctx, inks, "", gap, right, difference.y + 27, 15);
  if (layout.mode === "wide")
    text(ctx, `of outputs up to ${num(scene.scale)}`, right, difference.y + 45, { colour: inks.t3 });
}

function power(ctx: Ctx, inks: Inks, base: string, exponent: string, right: number, y: number): void {
  const label = exponent.replace("-", "−");
  const w = textWidth(ctx, label, 9);
  text(ctx, label, right, y - 3, { colour: inks.t3, size: 9, align: "right" });
  text(ctx, base, right - w - 1, y + 1, { colour: inks.t3, align: "right" });
}

function exact(ctx: Ctx, inks: Inks, before: string, value: number, x: number, y: number, size = 12): void {
  const { mantissa, exponent } = scientific(value);
  const label = `${before}${mantissa}${exponent === null ? "" : " × 10"}`;
  text(ctx, label, x, y, { colour: inks.tx, size, weight: 600 });
  if (exponent === null) return;
  text(ctx, exponent, x + textWidth(ctx, label, size, 600) + 1, y - size * 0.35, {
    colour: inks.tx,
    size: size >= 15 ? 11 : 9,
    weight: 600,
  });
}
