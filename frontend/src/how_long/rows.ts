/** A measurement's rows, by view and model. */
import type { Retention, RetentionRow } from "../wire/wire.gen";

export const EXACT = 0.1;
export const BLUR = 0.5;
/** Nearly what always answering 0 gets. */
export const CHANCE = 0.95;
/** Fewer windows than this have no band, and no model is said to be better than another. */
export const MIN_WINDOWS = 8;

/** It waits or runs. */
export function underWay({ status }: Pick<Retention, "status">): boolean {
  return status === "waiting" || status === "running";
}

/** All delays are measured: what follows from them can be said, whatever else is under way. */
export function throughDelays(measurement: Pick<Retention, "status" | "stage">): boolean {
  return !underWay(measurement) || (measurement.stage !== null && measurement.stage.name !== "delays");
}

export interface Point {
  readonly delay: number;
  readonly error: number;
  /** The band over windows; the value itself where there is none. */
  readonly low: number;
  readonly high: number;
}

export interface Curve {
  /** Its name in rows, figures and links. */
  readonly key: string;
  readonly label: string;
  /** null: a reference, which is no model. */
  readonly glyph: string | null;
  /** By ascending delay. */
  readonly points: readonly Point[];
}

/** One curve a model that has rows in this view, in the order of the models; of replays those of the segment that was asked for. */
export function curves(
  { models, rows, segment }: Pick<Retention, "models" | "rows" | "segment">,
  view: string,
): Curve[] {
  const asked = (row: RetentionRow): boolean => row.view === view && (row.segment === null || row.segment === segment);
  return models
    .map(({ id, label, glyph }) => ({
      key: id,
      label,
      glyph,
      points: pointsOf(rows.filter((row) => row.model === id && asked(row))),
    }))
    .filter(({ points }) => points.length > 0);
}

/** The curves of memories whose retention is known; answering 0 is a line of its own. */
export function references({
  references: named,
  rows,
  segment,
}: Pick<Retention, "references" | "rows" | "segment">): Curve[] {
  return curves({ models: named.map((one) => ({ ...one, checkpoint: "", glyph: "" })), rows, segment }, "behaviour")
    .map((curve) => ({ ...curve, glyph: null }))
    .filter(({ key }) => key !== "chance");
}

function pointsOf(rows: readonly RetentionRow[]): Point[] {
  return rows
    .filter(({ error, bank }) => error !== null && bank === null)
    .map(pointOf)
    .sort((a, b) => a.delay - b.delay);
}

function pointOf({ delay, error, low, high }: RetentionRow): Point {
  const value = error ?? NaN;
  return { delay, error: value, low: low ?? value, high: high ?? value };
}

/** The value measured at exactly this delay. */
export function at(curve: Curve, delay: number): Point | null {
  return curve.points.find((point) => point.delay === delay) ?? null;
}

/** All delays that some curve was measured at, ascending. */
export function delaysOf(of: readonly Curve[]): number[] {
  return [...new Set(of.flatMap(({ points }) => points.map(({ delay }) => delay)))].sort((a, b) => a - b);
}

/** The measured delay nearest to a place on a logarithmic axis. */
export function nearest(delays: readonly number[], wanted: number): number | null {
  const apart = (delay: number): number => Math.abs(Math.log(Math.max(delay, 1)) - Math.log(Math.max(wanted, 1)));
  return delays.reduce<number | null>((best, d) => (best === null || apart(d) < apart(best) ? d : best), null);
}

/** Where a curve passes a level: the last measured delay below it and the first above, each null where there is none. */
export function passes(points: readonly Point[], level: number): { below: number | null; above: number | null } {
  const first = points.findIndex(({ error }) => error > level);
  if (first < 0) return { below: points.at(-1)?.delay ?? null, above: null };
  return { below: points[first - 1]?.delay ?? null, above: points[first]!.delay };
}

/** The delay beyond the training at which the curves differ most, on a logarithmic scale: where there is something to see. */
export function telling(of: readonly Curve[], trained = 0): number | null {
  let best: { delay: number; spread: number } | null = null;
  const all = delaysOf(of);
  const beyond = all.filter((delay) => delay > trained);
  for (const delay of beyond.length ? beyond : all) {
    const logs = of.flatMap((curve) => at(curve, delay) ?? []).map(({ error }) => Math.log(Math.max(error, 1e-6)));
    const mean = logs.reduce((sum, one) => sum + one, 0) / logs.length;
    const spread = Math.sqrt(logs.reduce((sum, one) => sum + (one - mean) ** 2, 0) / logs.length);
    if (best === null || spread > best.spread) best = { delay, spread };
  }
  return best?.delay ?? null;
}
