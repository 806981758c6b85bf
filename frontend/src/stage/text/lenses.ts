/** What a lens is and what it shows, as text. */

import { mainSource } from "../../memory/arcs";
import { percent } from "../../draw/ink/format";
import type { Lane } from "../../draw/lane/lane";
import type { LensName, ModelLens } from "../../view/vocabulary";
import type { LensCache } from "../../recording/lens_cache.svelte";
import type { StageModel } from "../stage_model";

export const LENS_CHOICES: readonly { value: LensName; label: string; title: string }[] = [
  {
    value: "mechanism",
    label: "Mechanism",
    title:
      "Follows the model's own update exactly: erase, write, read. It tells where stored content came from, not what caused an output. (V)",
  },
  {
    value: "sensitivity",
    label: "Sensitivity",
    title:
      "How far the output moves with a small change of an earlier input, ‖∂y/∂x‖. Small where a gate is saturated. (V)",
  },
  {
    value: "intervention",
    label: "Intervention",
    title:
      "How far the output moves when an earlier input is blanked and the run repeated from there, ‖y − y(x := 0)‖. (V)",
  },
];

export const LENS_SAYS: Readonly<Record<ModelLens, { prose: (t: number) => string; note: string }>> = {
  sensitivity: {
    prose: (t) => `How far each output at t = ${t} moves with a small change of an input before it.`,
    note: "Parts of all that moves it, over the steps looked at. Lens: sensitivity, ‖∂y/∂x‖.",
  },
  intervention: {
    prose: (t) => `How far each output at t = ${t} moves when an input before it is blanked and the run repeated.`,
    note: "Parts of all that moves it, over the steps looked at. Lens: intervention, one step blanked at a time.",
  },
};

/** The input that each model's output at t depended on most, as the lens sees it; `why` where it cannot look. */
export function lensSources(
  model: StageModel,
  lenses: LensCache,
  lens: ModelLens,
  shown: readonly number[],
  t: number,
): { lane: Lane; text: string; why: string | null }[] {
  return shown.map((stream) => {
    const lane = model.lane(stream);
    if (!lane.model.hasStep(t)) return { lane, text: "no step", why: null };
    const refusal = lenses.refusal(lens, stream, t);
    if (refusal) return { lane, text: "not to be had", why: refusal.message };
    const parts = lenses.parts(lens, stream, t);
    if (!parts) return { lane, text: "…", why: null };
    const source = mainSource(parts);
    return { lane, text: source?.share ? `t = ${source.step}, ${percent(source.share)}` : "nothing", why: null };
  });
}

/** The part that the inputs within one step of a moment have in the output at t; "…" while it is not known. */
export function lensShare(lenses: LensCache, lens: ModelLens, stream: number, moment: number, t: number): string {
  const parts = lenses.parts(lens, stream, t);
  if (!parts) return "…";
  let sum = 0;
  for (let s = Math.max(0, moment - 1); s <= Math.min(t, moment + 1); s++) sum += parts[s + 1]!;
  return percent(sum);
}
