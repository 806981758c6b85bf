/** Painter of the signal strip: input, what was asked, every model's answer, and the windows of the task. */

import type { TaskEvent } from "../../wire/manifest";
import { stepsInView, xOfStep, type StageLayout, type TimeWindow } from "./layout";
import type { Range } from "../../analysis/scale";
import type { ForecastTrack } from "../../analysis/forecast";
import type { SignalTrack } from "../../analysis/signal";
import { fitted, text, textWidth, type Ctx } from "../ink/text";
import type { Hue, Inks } from "../ink/tokens";
import { parseHex, rgba } from "../ink/colour";

export interface Answer {
  stream: number;
  hue: Hue;
  emphasis: "normal" | "alone" | "faded";
}

/** Of the band of a forecast: two over each other still show both lines. */
const BAND_ALPHA = 0.14;

/** Height of a value on the strip. */
export function signalY(box: StageLayout, range: Range, value: number): number {
  const { top, bottom } = box.signal;
  const v = Math.min(range.high, Math.max(range.low, value));
  return bottom - ((v - range.low) / (range.high - range.low)) * (bottom - top);
}

export function paintLine(
  ctx: Ctx,
  inks: Inks,
  box: StageLayout,
  window: TimeWindow,
  signal: SignalTrack,
  answers: readonly Answer[],
  t: number,
  range: Range,
  forecast: ForecastTrack | null = null,
): void {
  const first = Math.max(0, Math.floor(window.first));
  const last = Math.min(signal.planned - 1, Math.ceil(window.first + stepsInView(box, window)));
  const y = (value: number): number => signalY(box, range, value);
  const x = (step: number): number => xOfStep(box, window, step);
  clip(ctx, box);
  if (range.low < 0 && range.high > 0) {
    ctx.fillStyle = inks.ln;
    ctx.fillRect(box.time.x, Math.round(y(0)), box.time.w, 1);
  }
  /** A line through value(step), broken where it is not a number. */
  const line = (from: number, to: number, value: (step: number) => number): void => {
    ctx.beginPath();
    let drawing = false;
    for (let step = Math.max(from, first); step <= Math.min(to, last); step++) {
      const v = value(step);
      if (Number.isNaN(v)) drawing = false;
      else if (drawing) ctx.lineTo(x(step), y(v));
      else {
        ctx.moveTo(x(step), y(v));
        drawing = true;
      }
    }
    ctx.stroke();
  };
  ctx.lineJoin = "round";
  // The future, as far as it is known: dotted.
  setStroke(ctx, inks.t3, 1, 0.55, [1, 3]);
  line(t, last, (step) => signal.shown(step));
  // What was asked for while the models saw nothing: the reference under their answers.
  setStroke(ctx, inks.tx, 1.2, 0.55, [4, 3]);
  line(0, t, (step) => (signal.asked(step) ? signal.target(step) : NaN));
  setStroke(ctx, inks.tx, 1.5, 1, []);
  line(0, t, (step) => (signal.asked(step) ? NaN : signal.input(step)));
  if (forecast) {
    setStroke(ctx, inks.t2, 1, 1, [2, 3]);
    line(0, t, (step) => (signal.asked(step) ? forecast.baseline(step) : NaN));
    for (const { stream, hue, emphasis } of answers) {
      if (emphasis === "faded") continue;
      ctx.fillStyle = rgba(parseHex(inks[hue]), BAND_ALPHA);
      ctx.beginPath();
      const from = Math.max(first, 0);
      const to = Math.min(t, last);
      const edge = (step: number, side: "above" | "below"): void => {
        const band = signal.asked(step) ? forecast.band(stream, step) : null;
        if (band) ctx.lineTo(x(step), y(signal.output(stream, step) + band[side]));
      };
      for (let step = from; step <= to; step++) edge(step, "above");
      for (let step = to; step >= from; step--) edge(step, "below");
      ctx.fill();
    }
  }
  for (const answer of order(answers)) {
    const { emphasis } = answer;
    const alpha = emphasis === "faded" ? 0.08 : emphasis === "alone" ? 1 : 0.85;
    setStroke(ctx, inks[answer.hue], emphasis === "alone" ? 1.8 : 1.3, alpha, []);
    line(0, t, (step) => (signal.asked(step) ? signal.output(answer.stream, step) : NaN));
  }
  ctx.restore();
}

function order(answers: readonly Answer[]): Answer[] {
  return [...answers].sort((a, b) => Number(a.emphasis === "alone") - Number(b.emphasis === "alone"));
}

function setStroke(ctx: Ctx, colour: string, width: number, alpha: number, dash: number[]): void {
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.globalAlpha = alpha;
  ctx.setLineDash(dash);
}

function clip(ctx: Ctx, box: StageLayout): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(box.time.x, 0, box.time.w, box.strip + box.axis.h);
  ctx.clip();
}

/** Windows of the task behind the signal: store warm, recall cool, under a bracket in the ink of the action. */
export function paintWindows(
  ctx: Ctx,
  inks: Inks,
  box: StageLayout,
  window: TimeWindow,
  events: readonly TaskEvent[],
  t: number,
): void {
  const { top, bottom } = box.signal;
  clip(ctx, box);
  for (const event of events) {
    const ink = actionInk(inks, event);
    const { x0, x1, shown } = span(box, window, event);
    if (!shown || !ink) continue;
    const begun = event.step <= t;
    const past = Math.min(x1, xOfStep(box, window, t) + window.step / 2);
    ctx.fillStyle = rgba(parseHex(ink), begun ? 0.05 : 0.03);
    ctx.fillRect(x0, top - 4, x1 - x0, bottom - top + 8);
    if (begun) {
      ctx.fillStyle = rgba(parseHex(ink), 0.09);
      ctx.fillRect(x0, top - 4, past - x0, bottom - top + 8);
    }
    ctx.fillStyle = ink;
    ctx.globalAlpha = begun ? 0.9 : 0.4;
    ctx.fillRect(x0, top - 5, x1 - x0, 2);
    ctx.globalAlpha = 1;
  }
  ctx.restore();
}

/** Names of windows (under their bracket) and of labelled moments (under the line), over the signal; never one over another. */
export function paintEventWords(
  ctx: Ctx,
  inks: Inks,
  box: StageLayout,
  window: TimeWindow,
  events: readonly TaskEvent[],
  t: number,
): void {
  const { top, bottom } = box.signal;
  const free = { above: -Infinity, below: -Infinity };
  clip(ctx, box);
  for (const event of events) {
    const { x0, x1, shown } = span(box, window, event);
    if (!shown) continue;
    const above = actionInk(inks, event) !== null;
    const label = fitted(ctx, event.label || event.kind, 120);
    const width = textWidth(ctx, label);
    const left = above ? Math.max(x0, box.time.x) + 4 : Math.max(box.time.x, (x0 + x1) / 2 - width / 2);
    const row = above ? "above" : "below";
    if (left < free[row] || (above && left + width > x1)) continue;
    free[row] = left + width + 8;
    const y = above ? top + 5 : bottom + 5;
    ctx.globalAlpha = 0.75;
    ctx.fillStyle = inks.bg;
    ctx.fillRect(left - 2, y - 6, width + 4, 12);
    ctx.globalAlpha = 1;
    text(ctx, label, left, y, { colour: event.step <= t ? inks.t2 : inks.t3 });
  }
  ctx.restore();
}

function actionInk(inks: Inks, event: TaskEvent): string | null {
  return event.kind === "store" ? inks.wf : event.kind === "recall" ? inks.rf : null;
}

function span(box: StageLayout, window: TimeWindow, event: TaskEvent): { x0: number; x1: number; shown: boolean } {
  const x0 = xOfStep(box, window, event.step) - window.step / 2;
  const x1 = xOfStep(box, window, Math.max(event.step + 1, event.until)) - window.step / 2;
  return { x0, x1, shown: x1 >= box.time.x && x0 <= box.time.x + box.time.w };
}
