/** From rows of numbers to arcs: how wide each is, and what stands on it. */

import { provenanceArcs, shareWithin, type Arc } from "../../memory/arcs";
import { percent, small } from "../ink/format";
import { shareText, sourceText, stepsText } from "../ink/sources";
import type { ArcSet, DrawnArc } from "./arcs";
import type { LaneScene, Scene } from "./scene";

/** Smaller shares stay in the remainder. */
const MIN_ARC = 0.012;
/** Arcs of a lane among others, and of one that stands alone. */
const MAX_ARCS = 6;
const MAX_ARCS_ALONE = 9;

/**
 * The arcs of every lane. Of the mechanism an arc is as wide as its share; `shares` may be on their way from one row to the next, the
 * numbers are always those of the row itself. Of another lens it is as wide as one step moves the output, on the scale of all lanes.
 */
export function arcSets(scene: Scene): ArcSet[] {
  return scene.lanes.flatMap((item, nest) => {
    if (!item.shares) return [];
    const max = item.emphasis === "alone" ? MAX_ARCS_ALONE : MAX_ARCS;
    const list =
      scene.full === null
        ? item.blocks
          ? summedArcs(item.shares, item.blocks, { max, least: MIN_ARC })
          : shareArcs(item.shares, item.row, { max, least: MIN_ARC })
        : movingArcs(item.shares, scene.full, max);
    return [{ hue: item.lane.hue, t: item.readAt, list, nest, emphasis: item.emphasis }];
  });
}

/** Arcs of shares, with the numbers of `row`; without one they have none. */
export function shareArcs(
  shares: ArrayLike<number>,
  row: ArrayLike<number> | null,
  options: { max: number; least: number },
): DrawnArc[] {
  return provenanceArcs(shares, options).arcs.map((arc) => {
    const said = row && numbers(arc, row);
    return {
      step: arc.step,
      part: arc.share,
      label: said ? shareText(said) : "",
      long: said ? sourceText(said) : "",
      sum: row && { from: arc.from, to: arc.to, share: (from, to) => shareWithin(row, from, to) },
    };
  });
}

/**
 * Arcs of a row of which only sums are known in places: a block's arc is as wide as its sum and ends at no step, but over its steps.
 * What several lanes have of the same steps is not added up while it is not known.
 */
export function summedArcs(
  row: ArrayLike<number>,
  blocks: readonly (readonly [number, number, number])[],
  options: { max: number; least: number },
): DrawnArc[] {
  const arcs = shareArcs(row, row, options).map((arc): DrawnArc => ({ ...arc, sum: null }));
  for (const [from, to, part] of blocks) {
    if (!(Math.abs(part) >= options.least)) continue;
    const label = `${stepsText({ from, to })}, ${percent(part)}`;
    arcs.push({ step: (from + to) / 2, part, label, long: label, sum: null, over: [from, to] });
  }
  return arcs.sort((a, b) => Math.abs(b.part) - Math.abs(a.part)).slice(0, options.max);
}

/** An arc with the shares of a row. */
function numbers(arc: Arc, row: ArrayLike<number>): Arc {
  let peak = 0;
  for (let s = arc.from; s <= arc.to; s++) if (Math.abs(row[s + 1] ?? 0) > Math.abs(peak)) peak = row[s + 1]!;
  return { ...arc, share: shareWithin(row, arc.from, arc.to), peak };
}

/** Arcs of how far single steps move the output: neighbours share an arc, the number is that of the step at its end. */
function movingArcs(values: ArrayLike<number>, full: number, max: number): DrawnArc[] {
  const parts = Float64Array.from(values, (value) => value / full);
  return provenanceArcs(parts, { max, least: MIN_ARC }).arcs.map(({ step, peak }) => {
    const label = `t = ${step}, ${small(peak * full)}`;
    return { step, part: peak, label, long: label, sum: null };
  });
}

/** The width of the widest arc, as a number of 1, 2 or 5 in front that no value of these rows is above; null where all are 0. */
export function fullWidth(rows: readonly (ArrayLike<number> | null)[]): number | null {
  let most = 0;
  for (const row of rows) if (row) for (let i = 1; i < row.length; i++) most = Math.max(most, row[i]!);
  if (!(most > 0)) return null;
  const decade = 10 ** Math.floor(Math.log10(most));
  return ([1, 2, 5].find((first) => first * decade >= most * (1 - 1e-9)) ?? 10) * decade;
}

/** Steps whose reads the arcs show: the first and the last of them; null where there are no arcs. */
export function arcsOf(lanes: readonly LaneScene[]): readonly [number, number] | null {
  const steps = lanes.filter(({ shares }) => shares !== null).map(({ readAt }) => readAt);
  return steps.length ? [Math.min(...steps), Math.max(...steps)] : null;
}
