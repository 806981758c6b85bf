/** What stands on the arcs. Where several models read the same moment at once, one label says the moment and the share of each. */

import { percent } from "../ink/format";
import { stepsText } from "../ink/sources";
import { glyph, text, textWidth, type Ctx } from "../ink/text";
import type { Hue, Inks } from "../ink/tokens";

/** The writes an arc is the sum of, and the share of any run of steps in its row. */
export interface Summing {
  from: number;
  to: number;
  share: (from: number, to: number) => number;
}

export interface ArcLabel {
  /** Middle of the label. */
  x: number;
  y: number;
  /** The larger ones are placed first. */
  size: number;
  says: string;
  hue: Hue;
  sum: Summing | null;
}

/** A label as it is drawn: what stands before the models, and of each its sign and its words. */
export interface PlacedLabel {
  x: number;
  y: number;
  width: number;
  lead: string;
  parts: { hue: Hue; says: string }[];
}

/** Room of a sign before its words, between two models, and around it all. */
const MARK = 13;
const GAP = 9;
const PAD = 8;
const HEIGHT = 16;
const SIZE = 11;
const WEIGHT = 600;

/**
 * Labels that do not lie on one another, in `time`. Arcs that would, and sum the same steps or some of them, share a label: it gives the
 * steps of all of them together, and each model's share of just those. Of others that would the smaller arc goes without.
 */
export function placedLabels(
  labels: readonly ArcLabel[],
  time: { x: number; w: number },
  widthOf: (text: string) => number,
): PlacedLabel[] {
  const placed: (PlacedLabel & { members: ArcLabel[] })[] = [];
  for (const label of [...labels].sort((a, b) => b.size - a.size)) {
    const alone = put([label], time, widthOf);
    if (!alone) continue;
    const other = placed.find((there) => overlaps(there, alone));
    if (!other) {
      placed.push({ ...alone, members: [label] });
      continue;
    }
    const members = [...other.members, label];
    const shared = sameMoment(other.members, label) ? put(members, time, widthOf) : null;
    if (shared && !placed.some((there) => there !== other && overlaps(there, shared)))
      Object.assign(other, shared, { members });
  }
  return placed.map(({ x, y, width, lead, parts }) => ({ x, y, width, lead, parts }));
}

/** Whether an arc is of another model than these, and sums steps that they sum too or that lie next to theirs. */
function sameMoment(members: readonly ArcLabel[], { sum, hue }: ArcLabel): boolean {
  const near = (other: ArcLabel): boolean =>
    sum !== null && other.sum !== null && sum.from <= other.sum.to + 1 && other.sum.from <= sum.to + 1;
  return members.every((other) => other.sum && other.hue !== hue) && members.some(near);
}

function put(
  members: readonly ArcLabel[],
  time: { x: number; w: number },
  widthOf: (text: string) => number,
): PlacedLabel | null {
  const [first] = members as [ArcLabel, ...ArcLabel[]];
  let lead = "";
  let parts = [{ hue: first.hue, says: first.says }];
  if (members.length > 1) {
    const sums = members.map(({ sum }) => sum!);
    const from = Math.min(...sums.map((sum) => sum.from));
    const to = Math.max(...sums.map((sum) => sum.to));
    lead = stepsText({ from, to });
    parts = members.map(({ hue, sum }) => ({ hue, says: percent(sum!.share(from, to)) }));
  }
  const words = parts.reduce((sum, { says }) => sum + MARK + widthOf(says), 0) + GAP * (parts.length - 1);
  const width = words + PAD + (lead ? widthOf(lead) + GAP : 0);
  if (width > time.w) return null;
  const x = Math.min(time.x + time.w - width / 2, Math.max(time.x + width / 2, first.x));
  return { x, y: Math.max(10, first.y), width, lead, parts };
}

function overlaps(a: PlacedLabel, b: PlacedLabel): boolean {
  return Math.abs(a.x - b.x) < (a.width + b.width) / 2 && Math.abs(a.y - b.y) < HEIGHT - 1;
}

export function paintArcLabels(ctx: Ctx, inks: Inks, labels: ArcLabel[], time: { x: number; w: number }): void {
  const widthOf = (says: string): number => textWidth(ctx, says, SIZE, WEIGHT);
  for (const { x, y, width, lead, parts } of placedLabels(labels, time, widthOf)) {
    ctx.fillStyle = inks.bg;
    ctx.fillRect(x - width / 2, y - HEIGHT / 2, width, HEIGHT);
    let at = x - width / 2 + PAD / 2;
    if (lead) {
      text(ctx, lead, at, y, { colour: inks.tx, weight: WEIGHT });
      at += widthOf(lead) + GAP;
    }
    for (const { hue, says } of parts) {
      glyph(ctx, inks, hue, at + 4, y, 4);
      text(ctx, says, at + MARK, y, { colour: inks[hue], weight: WEIGHT });
      at += MARK + widthOf(says) + GAP;
    }
  }
}
