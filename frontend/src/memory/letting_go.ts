/**
 * What a log lets go of when it holds too much: the whole chunks looked at longest ago. A chunk of all models came as one piece of memory,
 * which is free only when nothing of it is held; so its models go together.
 */
import type { ModelLog } from "./model_log";

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
