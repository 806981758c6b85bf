/** Where a read comes from, as text: a sum over several steps always gives its range and the most that one step has of it. */

import type { Arc } from "../../memory/arcs";
import { percent } from "./format";

type Summed = Pick<Arc, "step" | "from" | "to" | "share" | "peak">;

/** "t = 112", or of several steps "t = 147–153". */
export function stepsText({ from, to }: Pick<Arc, "from" | "to">): string {
  return from === to ? `t = ${from}` : `t = ${from}–${to}`;
}

/** "t = 147–153, 72%". */
export function shareText(arc: Summed): string {
  return `${stepsText(arc)}, ${percent(arc.share)}`;
}

/** "at most 34% in one step"; nothing where there is one step. */
export function mostText({ from, to, peak }: Summed): string {
  return from === to ? "" : `at most ${percent(peak)} in one step`;
}

/** "t = 147–153, 72%, at most 34% in one step". */
export function sourceText(arc: Summed): string {
  return [shareText(arc), mostText(arc)].filter((part) => part !== "").join(", ");
}
