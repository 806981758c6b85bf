/** Provenance: which past writes make up a read, as a few arcs, and as a bar of ages. */

import type { StageLayout, TimeWindow } from "./layout";
import { stepsInView, xOfStep } from "./layout";
import { paintArcLabels, type ArcLabel, type Summing } from "./arc_labels";
import type { Ctx } from "../ink/text";
import type { Hue, Inks } from "../ink/tokens";

/** One arc: where it ends, how much of the widest it is, and what stands on it. */
export interface DrawnArc {
  step: number;
  /** 1: the widest there is. Negative: the write cancels. */
  part: number;
  /** Among other lanes, and where its lane stands alone; "": nothing. */
  label: string;
  long: string;
  /** What the arc sums, where it is a share of a row; null: it is one number of one step. */
  sum: Summing | null;
  /** Of a sum whose steps are not known singly: the first and the last of them, between which `step` lies. */
  over?: readonly [number, number];
}

/** One model's arcs in a frame. */
export interface ArcSet {
  hue: Hue;
  /** The step that reads; arcs start here. */
  t: number;
  list: readonly DrawnArc[];
  /** Position among the models shown: models nest at 7 % steps in height. */
  nest: number;
  /** "alone": another lane is not shown beside it; "faded": another lane is isolated. */
  emphasis: "normal" | "alone" | "faded";
}

/**
 * Arcs from now to the moments that are read. Solid adds, dashed cancels; width is 15 px × |part|; a dotted drop line
 * ends in a ring on the signal at `signalY(step)`.
 */
export function paintArcs(
  ctx: Ctx,
  inks: Inks,
  box: StageLayout,
  window: TimeWindow,
  sets: readonly ArcSet[],
  signalY: (step: number) => number,
): void {
  const { time, arcBase } = box;
  const room = arcBase - 12;
  const span = stepsInView(box, window) * 0.86;
  const labels: ArcLabel[] = [];
  ctx.save();
  ctx.beginPath();
  ctx.rect(time.x, 0, time.w + 8, box.strip);
  ctx.clip();
  ctx.strokeStyle = inks.ln;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(time.x, arcBase + 0.5);
  ctx.lineTo(time.x + time.w, arcBase + 0.5);
  ctx.stroke();
  for (const set of [...sets].sort((a, b) => rank(a) - rank(b))) {
    const shown = set.emphasis !== "faded";
    const from = xOfStep(box, window, set.t);
    const alpha = set.emphasis === "alone" ? 0.92 : shown ? 0.72 : 0.07;
    for (const { step, part, label, long, sum, over } of set.list) {
      const lag = set.t - step;
      if (lag < 2) continue;
      const to = xOfStep(box, window, step);
      const height = Math.min(room, 10 + (room - 8) * Math.sqrt(lag / span)) * (1 - 0.07 * set.nest);
      ctx.strokeStyle = inks[set.hue];
      ctx.globalAlpha = alpha;
      ctx.lineWidth = Math.max(0.8, Math.min(15, Math.abs(part) * 15));
      ctx.lineCap = "butt";
      ctx.setLineDash(part < 0 ? [5, 4] : []);
      ctx.beginPath();
      ctx.moveTo(from, arcBase);
      const bend = (from - to) * 0.06;
      ctx.bezierCurveTo(from - bend, arcBase - height * 1.33, to + bend, arcBase - height * 1.33, to, arcBase);
      ctx.stroke();
      ctx.setLineDash([]);
      if (!shown) continue;
      if (over) {
        // No ring on the signal: no step is said.
        const [left, right] = over.map((at) => xOfStep(box, window, at));
        ctx.fillStyle = inks[set.hue];
        ctx.fillRect(left! - window.step / 2, arcBase - 1, right! - left! + window.step, 3);
      } else if (to > time.x) drop(ctx, inks, set.hue, to, arcBase, signalY(step), Math.abs(part), alpha);
      const alone = set.emphasis === "alone";
      const says = alone ? long : label;
      if (says !== "" && Math.abs(part) > (alone ? 0.08 : 0.3) && lag > 12) {
        const left = Math.max(to, time.x);
        labels.push({
          x: (left + from) / 2,
          y: arcBase - height * arcRise((left + from) / 2, from, to),
          size: Math.abs(part),
          says,
          hue: set.hue,
          sum,
        });
      }
    }
    ctx.globalAlpha = 1;
  }
  paintArcLabels(ctx, inks, labels, time);
  ctx.restore();
}

function rank(set: ArcSet): number {
  return set.emphasis === "alone" ? 1 : 0;
}

/** Height of the Bézier at x as a part of its top (its middle), so that a label sits on the line even when it is cut. */
function arcRise(x: number, from: number, to: number): number {
  const u = Math.min(1, Math.max(0, (x - to) / (from - to || 1)));
  return Math.max(0.35, 4 * u * (1 - u));
}

function drop(ctx: Ctx, inks: Inks, hue: Hue, x: number, from: number, to: number, share: number, alpha: number): void {
  ctx.globalAlpha = alpha * 0.8;
  ctx.lineWidth = 1;
  ctx.setLineDash([1, 2]);
  ctx.beginPath();
  ctx.moveTo(x, from);
  ctx.lineTo(x, to);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.globalAlpha = 1;
  ctx.fillStyle = inks.bg;
  ctx.strokeStyle = inks[hue];
  ctx.beginPath();
  ctx.arc(x, to, 2.2 + 3 * Math.sqrt(share), 0, 7);
  ctx.fill();
  ctx.lineWidth = 1.6;
  ctx.stroke();
}

/** Limits of the age classes in steps: up to 8, one period, three periods, older. */
export function ageLimits(period: number): readonly [number, number, number] {
  return [8, period, 3 * period];
}

/**
 * The whole read vector by age: four classes and the initial content, absolute shares scaled to sum to 1
 * (a cancelling write counts by its size). Null where nothing is read.
 */
export function ages(shares: ArrayLike<number>, period: number): Float64Array | null {
  const t = shares.length - 2;
  const [a, b, c] = ageLimits(period);
  const sums = new Float64Array(5);
  for (let s = 0; s <= t; s++) {
    const lag = t - s;
    sums[lag <= a ? 0 : lag <= b ? 1 : lag <= c ? 2 : 3]! += Math.abs(shares[s + 1]!);
  }
  sums[4] = Math.abs(shares[0] ?? 0);
  const total = sums.reduce((sum, v) => sum + v, 0);
  return total > 0 ? sums.map((v) => v / total) : null;
}

export const AGE_ALPHA = [0.22, 0.42, 0.68, 1] as const;
