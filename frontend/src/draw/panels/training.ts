/** Painter of the training scrubber: the learning curve of every training, its moments, and the one that is shown. */

import { count } from "../ink/format";
import { text, textWidth, type Ctx } from "../ink/text";
import { dashOf, type Hue, type Inks } from "../ink/tokens";

export const TRAINING_HEIGHT = 48;
/** The line of no error; the curve lies above, the numbers of updates below. */
const BASE = 26;
const TOP = 4;
/** Room for half a dot at either end. */
const SIDE = 5;

export interface TrainingScene {
  /** Positions, ascending. */
  updates: readonly number[];
  at: number;
  curves: readonly {
    hue: Hue;
    faded: boolean;
    /** Error of every moment, as a part; NaN where it is not known. */
    points: readonly { update: number; part: number }[];
    /** Update of the moment its lane shows. */
    shown: number;
  }[];
}

/** Logarithmic, as most is learned early: 0 has its place left of the first update. */
export function xOnTraining(update: number, updates: readonly number[], width: number): number {
  const first = updates.find((known) => known > 0) ?? 1;
  const part = (value: number): number => Math.log1p(value / first);
  const [low, high] = [part(updates[0] ?? 0), part(updates.at(-1) ?? 1)];
  return SIDE + ((part(update) - low) / Math.max(1e-9, high - low)) * (width - 2 * SIDE);
}

/** The position nearest to a place. */
export function updateOnTraining(x: number, updates: readonly number[], width: number): number {
  const away = (update: number): number => Math.abs(xOnTraining(update, updates, width) - x);
  return updates.reduce((best, update) => (away(update) < away(best) ? update : best), updates[0] ?? 0);
}

/** Positions whose numbers are written: the one shown, the ends, and of the others those that have room. */
export function labelled(
  { updates, at }: Pick<TrainingScene, "updates" | "at">,
  width: number,
  widthOf: (label: string) => number,
): { update: number; x: number }[] {
  const placed: { update: number; x: number; left: number; right: number }[] = [];
  const last = updates.length - 1;
  for (const update of [at, updates[last]!, updates[0]!, ...updates]) {
    const half = widthOf(count(update)) / 2;
    const x = Math.max(half, Math.min(width - half, xOnTraining(update, updates, width)));
    const [left, right] = [x - half, x + half];
    if (placed.every((other) => right + 8 < other.left || left - 8 > other.right))
      placed.push({ update, x, left, right });
  }
  return placed.map(({ update, x }) => ({ update, x }));
}

export function paintTraining(ctx: Ctx, inks: Inks, width: number, scene: TrainingScene): void {
  const { updates, at, curves } = scene;
  const x = (update: number): number => xOnTraining(update, updates, width);
  ctx.clearRect(0, 0, width, TRAINING_HEIGHT);
  ctx.fillStyle = inks.ln2;
  ctx.fillRect(0, BASE, width, 1);
  for (const update of updates) ctx.fillRect(Math.round(x(update)), BASE, 1, 4);
  const most = Math.max(1e-9, ...curves.flatMap(({ points }) => points.map(({ part }) => part || 0)));
  const y = (part: number): number => BASE - (part / most) * (BASE - TOP);
  const now = x(at);
  for (const curve of curves) {
    const points = curve.points.filter(({ part }) => Number.isFinite(part));
    ctx.strokeStyle = ctx.fillStyle = inks[curve.hue];
    ctx.lineWidth = 1.5;
    // What lies ahead is paler, as in the scrubber of the run.
    for (const ahead of [false, true]) {
      ctx.save();
      ctx.beginPath();
      ctx.rect(ahead ? now : 0, 0, ahead ? width - now : now, TRAINING_HEIGHT);
      ctx.clip();
      ctx.globalAlpha = (curve.faded ? 0.3 : 1) * (ahead ? 0.45 : 1);
      ctx.setLineDash(dashOf(curve.hue));
      ctx.beginPath();
      points.forEach(({ update, part }, k) => (k ? ctx.lineTo(x(update), y(part)) : ctx.moveTo(x(update), y(part))));
      ctx.stroke();
      ctx.restore();
    }
    for (const { update, part } of points) {
      ctx.globalAlpha = (curve.faded ? 0.3 : 1) * (update > at ? 0.45 : 1);
      ctx.beginPath();
      ctx.arc(x(update), y(part), update === curve.shown ? 3.5 : 2, 0, 7);
      ctx.fill();
    }
    ctx.globalAlpha = 1;
  }
  for (const { update, x: at } of labelled(scene, width, (label) => textWidth(ctx, label))) {
    const shown = update === scene.at;
    text(ctx, count(update), at, 42, { colour: shown ? inks.tx : inks.t3, align: "center" });
  }
  ctx.fillStyle = inks.tx;
  ctx.fillRect(now - 0.75, 0, 1.5, BASE + 4);
  ctx.beginPath();
  ctx.arc(now, BASE + 4, 4.5, 0, 7);
  ctx.fill();
}
