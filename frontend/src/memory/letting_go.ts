/**
 * What a log lets go of when it holds too much: the whole chunks looked at longest ago. A chunk of all models came as one piece of memory,
 * which is free only when nothing of it is held; so its models go together.
 */
import { KEYFRAME_EVERY } from "../wire/manifest";
import type { ModelLog } from "./model_log";

/** Steps all over a run by which the scale of a lane is settled: their chunks are held at once, with those of the picture. */
export const MEASURED = 24;

/** Bytes of chunks that a page holds: some 4500 steps of an LSTM, 22 000 of a DNC. */
const KEEP = 24 << 20;

/**
 * The same for a run with so many bytes a step. Where they are large it is more: with room for fewer chunks, those by which scales are
 * settled would push each other out, and be fetched again, for ever.
 */
export function roomFor(step: number): number {
  return Math.max(KEEP, 2 * MEASURED * KEYFRAME_EVERY * step);
}

/** Lets go until what could go is at most `keep` bytes. Returns the chunks that lay behind a gap: they have to come again. */
export function letGo(models: readonly ModelLog[], keep: number): number[] {
  if (keep === Infinity || loose(models) <= keep) return [];
  const used = new Map<number, number>();
  for (const model of models) for (const [k, when] of model.uses()) used.set(k, Math.max(when, used.get(k) ?? 0));
  const lost: number[] = [];
  // The newest stays, however little room there is: something just asked for it.
  const oldest = [...used].sort(([, a], [, b]) => a - b).slice(0, -1);
  for (const [k] of oldest) {
    if (loose(models) <= keep) break;
    const known = models.filter(({ local }) => local).map((model) => model.release(k));
    if (known.includes(false)) lost.push(k);
  }
  return lost;
}

function loose(models: readonly ModelLog[]): number {
  return models.reduce((sum, model) => sum + model.loose, 0);
}
