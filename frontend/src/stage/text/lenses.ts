/** What a lens is and what it shows, as text. */

import { small } from "../../draw/ink/format";
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

/** Said where there is no server: in an exported page. */
export const NO_MODELS =
  "Not in this file: Sensitivity and Intervention. They run the models again, which a server with the recording does.";

/** Said there of a selection. */
export const NO_MOVES =
  "Not in this file: how far the answers move without it. That takes the models, which a server with the recording has.";

/** What is read below the list of a lens: its definition, and the scale that its arcs share. */
const SCALE = "One scale for all models: an arc is as wide as one step moves the output.";

export const LENS_SAYS: Readonly<Record<ModelLens, { prose: (t: number) => string; note: string }>> = {
  sensitivity: {
    prose: (t) => `How far each output at t = ${t} moves with a small change of an input before it.`,
    note: `Output per input, both as the models see them. ${SCALE} Lens: sensitivity, ‖∂y/∂x‖.`,
  },
  intervention: {
    prose: (t) => `How far each output at t = ${t} moves when an input before it is blanked and the run repeated.`,
    note: `In the models' own units. ${SCALE} Lens: intervention, one step blanked at a time.`,
  },
};

/** The input that moves each model's output at t most, as the lens sees it; `why` where it cannot look. */
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
    const moves = lenses.moves(lens, stream, t);
    if (!moves) return { lane, text: "…", why: null };
    let best = 1;
    for (let i = 2; i < moves.length; i++) if (moves[i]! > moves[best]!) best = i;
    const most = moves[best] ?? 0;
    return { lane, text: most > 0 ? `t = ${best - 1}, ${small(most)}` : "nothing", why: null };
  });
}

/** How far the input of a moment moves the output at t; "…" while it is not known. */
export function lensMove(lenses: LensCache, lens: ModelLens, stream: number, moment: number, t: number): string {
  const moves = lenses.moves(lens, stream, t);
  return moves ? small(moves[moment + 1] ?? 0) : "…";
}
