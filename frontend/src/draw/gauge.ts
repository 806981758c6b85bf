/** What stands above and over a lane's raster beside its marks: a strip of bars, and the lines where a memory's phase turns. */

import { actedAt } from "../ledger/banks";
import type { ModelLog } from "../ledger/log";
import type { BankSpec } from "../wire/manifest";
import { mostPonder } from "./gates";
import { stepsInView, xOfStep, type Box, type StageLayout, type TimeWindow } from "./layout";
import { text, textWidth, type Ctx } from "./text";
import type { Inks } from "./tokens";

/** One number a step, drawn as bars above the raster. */
export interface Gauge {
  name: string;
  /** 0 … 1. */
  at(t: number): number;
}

/** Slopes of a recurrent state, update gate of a cell that is read as it is, ponder time; null for other banks. */
export function gaugeOf(model: ModelLog, bank: BankSpec): Gauge | null {
  const mean = (values: Float32Array): number => values.reduce((sum, v) => sum + v, 0) / values.length;
  if (bank.kind === "recurrent") {
    const slopes = model.need(bank.name, "slopes");
    return { name: "slope", at: (t) => mean(slopes.at(t)) };
  }
  if (bank.kind === "cell" && bank.direct) {
    const update = model.need(bank.name, "input_gate");
    return { name: "update", at: (t) => mean(update.at(t)) };
  }
  const ponder = model.f32(null, "ponder");
  return ponder && { name: "ponder", at: (t) => Math.min(1, ponder.at(t)[0]! / mostPonder(model)) };
}

/** The gap between lanes has room for this much. */
const HEIGHT = 6;

/** Bars of steps first … t in the gap above the raster, and their name at its left where there is room. */
export function paintGauge(
  ctx: Ctx,
  inks: Inks,
  layout: StageLayout,
  raster: Box,
  window: TimeWindow,
  t: number,
  steps: number,
  gauge: Gauge,
): void {
  const first = Math.max(0, Math.floor(window.first));
  const last = Math.min(t, steps - 1, Math.ceil(window.first + stepsInView(layout, window)));
  const width = Math.max(1, window.step - (window.step >= 3 ? 1 : 0));
  ctx.save();
  ctx.beginPath();
  ctx.rect(raster.x, raster.y - HEIGHT - 1, raster.w, HEIGHT + 1);
  ctx.clip();
  ctx.fillStyle = inks.t3;
  ctx.globalAlpha = 0.7;
  for (let step = first; step <= last; step++) {
    const h = gauge.at(step) * HEIGHT;
    if (h > 0.2) ctx.fillRect(xOfStep(layout, window, step) - window.step / 2, raster.y - 1 - h, width, h);
  }
  ctx.restore();
}

/** From `step` on, until the next turn, the bank does what `words` say. */
export interface Turn {
  step: number;
  words: string;
}

/** Where a gated bank begins or ceases to write or to read. Found once, in order of steps. */
export class Turns {
  private readonly found: Turn[] = [];
  private next = 0;
  private state = "";

  constructor(
    private readonly model: ModelLog,
    private readonly bank: BankSpec,
  ) {}

  /** All turns among the steps held. */
  all(): readonly Turn[] {
    if (!this.bank.gated) return this.found;
    for (; this.next < this.model.steps; this.next++) {
      const { write, read } = actedAt(this.model, this.bank, this.next);
      const words = write ? (read ? "writes and reads" : "writes only") : read ? "reads only" : "rests";
      if (words === this.state) continue;
      this.state = words;
      this.found.push({ step: this.next, words });
    }
    return this.found;
  }
}

/** A dotted line through the raster at each turn, with what the bank does from there on where the words fit. */
export function paintTurns(
  ctx: Ctx,
  inks: Inks,
  layout: StageLayout,
  raster: Box,
  window: TimeWindow,
  t: number,
  turns: readonly Turn[],
): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(raster.x, raster.y, raster.w, raster.h);
  ctx.clip();
  turns.forEach(({ step, words }, k) => {
    if (step > t) return;
    const left = Math.max(raster.x, xOfStep(layout, window, step) - window.step / 2);
    const until = turns[k + 1]?.step ?? Infinity;
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
    const width = textWidth(ctx, words) + 8;
    if (right - left < width + 2 || raster.h < 40) return;
    ctx.fillStyle = inks.sk;
    ctx.globalAlpha = 0.8;
    ctx.fillRect(left + 2, raster.y + raster.h - 17, width, 15);
    ctx.globalAlpha = 1;
    text(ctx, words, left + 6, raster.y + raster.h - 9, { colour: inks.t2 });
  });
  ctx.restore();
}
