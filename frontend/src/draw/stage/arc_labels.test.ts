/** Labels of arcs: none lies on another, and models that read one moment share one label whose numbers are all of the same steps. */
import { describe, expect, it } from "vitest";
import type { Hue } from "../ink/tokens";
import { placedLabels, type ArcLabel } from "./arc_labels";

const TIME = { x: 100, w: 600 };
const widthOf = (text: string): number => 6 * text.length;

/** A label over the middle of a read of `parts` (share by step). */
function label(hue: string, parts: Record<number, number>, more: Partial<ArcLabel> = {}): ArcLabel {
  const steps = Object.keys(parts).map(Number);
  const share = (from: number, to: number): number =>
    steps.reduce((sum, s) => sum + (s >= from && s <= to ? parts[s]! : 0), 0);
  const [from, to] = [Math.min(...steps), Math.max(...steps)];
  const size = share(from, to);
  return { x: 400, y: 40, size, says: `${hue} alone`, hue: hue as Hue, sum: { from, to, share }, ...more };
}

describe("labels of arcs", () => {
  it("are one where models read the same moment: its steps, and of each its share of just those", () => {
    const dnc = label("dnc", { 48: 0.3, 49: 0.5, 50: 0.2 });
    const ntm = label("ntm", { 46: 0.1, 47: 0.8 }, { y: 47 });
    const [shared, ...others] = placedLabels([ntm, dnc], TIME, widthOf);
    expect(others).toEqual([]);
    expect([shared!.lead, shared!.parts]).toEqual([
      "t = 46–50",
      [
        { hue: "dnc", says: "100%" },
        { hue: "ntm", says: "90%" },
      ],
    ]);
    expect([shared!.x, shared!.y]).toEqual([400, 40]);
  });

  it("say what they say alone where they do not meet", () => {
    const far = label("ntm", { 47: 0.9 }, { y: 80 });
    const near = label("dnc", { 48: 1 });
    expect(placedLabels([far, near], TIME, widthOf).map(({ lead, parts }) => [lead, parts[0]!.says])).toEqual([
      ["", "dnc alone"],
      ["", "ntm alone"],
    ]);
  });

  it("leave out the smaller arc where another moment is read, and where there is no sum", () => {
    const dnc = label("dnc", { 48: 1 });
    for (const other of [
      label("ntm", { 60: 0.9 }),
      label("ntm", { 48: 0.9 }, { sum: null }),
      label("dnc", { 48: 0.6 }),
    ])
      expect(placedLabels([other, dnc], TIME, widthOf).map(({ parts }) => parts)).toEqual([
        [{ hue: "dnc", says: "dnc alone" }],
      ]);
  });

  it("stay inside, and go where there is no room for them at all", () => {
    const [edge] = placedLabels([label("dnc", { 48: 1 }, { x: 102, y: 2 })], TIME, widthOf);
    expect([edge!.x - edge!.width / 2, edge!.y]).toEqual([TIME.x, 10]);
    expect(placedLabels([label("dnc", { 48: 1 })], { x: 0, w: 40 }, widthOf)).toEqual([]);
    // What the second would add has no room: the first stays as it was.
    const two = [label("dnc", { 48: 1 }), label("ntm", { 48: 0.9 })];
    expect(placedLabels(two, { x: 0, w: 100 }, widthOf).map(({ lead }) => lead)).toEqual([""]);
  });
});
