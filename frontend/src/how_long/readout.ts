/** The right edge of the chart is its legend and its readout: one label a curve at the height of its end, none over another. */
import type { Curve } from "./rows";

export interface Label {
  readonly curve: Curve;
  /** Where the curve ends, and where its label stands, in pixels from the top. */
  readonly end: number;
  y: number;
}

/** Labels at least `gap` apart, each as near as may be to the end of its curve, within `top` … `bottom`. */
export function spread(
  ends: readonly { curve: Curve; end: number }[],
  gap: number,
  top: number,
  bottom: number,
): Label[] {
  const labels = ends.map(({ curve, end }) => ({ curve, end, y: end })).sort((a, b) => a.end - b.end);
  // Neighbours that overlap become one block about the middle of where they would stand; blocks merge until none overlap.
  const blocks: { labels: Label[]; middle: number }[] = [];
  for (const label of labels) {
    blocks.push({ labels: [label], middle: within(label.end, 1, gap, top, bottom) });
    for (;;) {
      const [a, b] = [blocks.at(-2), blocks.at(-1)!];
      if (!a || b.middle - half(b, gap) >= a.middle + half(a, gap)) break;
      const joined = [...a.labels, ...b.labels];
      blocks.splice(-2, 2, { labels: joined, middle: within(mean(joined), joined.length, gap, top, bottom) });
    }
  }
  for (const { labels: members, middle } of blocks)
    members.forEach((label, k) => (label.y = middle + (k - (members.length - 1) / 2) * gap));
  return labels;
}

function half({ labels }: { labels: readonly Label[] }, gap: number): number {
  return (labels.length * gap) / 2;
}

function mean(labels: readonly Label[]): number {
  return labels.reduce((sum, { end }) => sum + end, 0) / labels.length;
}

function within(middle: number, count: number, gap: number, top: number, bottom: number): number {
  const room = ((count - 1) * gap) / 2;
  return Math.max(top + room, Math.min(middle, bottom - room));
}
