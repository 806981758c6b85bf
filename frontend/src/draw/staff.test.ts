import { describe, expect, it } from "vitest";
import type { Lane } from "./lane";
import { layout } from "./layout";
import type { LaneScene, Scene } from "./scene";
import { paintLane } from "./staff";
import { SvgPen } from "./svg_pen";
import type { Ctx } from "./text";
import { DARK, makeInks } from "./tokens";

const inks = makeInks(DARK, true);
const WIDE = 6;

/** A lane with a name and numbers, whose memory paints nothing. */
function lane(label: string, told: { moment?: string; error?: string } = {}): Lane {
  const still = { paint: () => undefined };
  return {
    label,
    hue: "rnn",
    sizes: ["256 cells", "slow cells on top"],
    moment: told.moment ?? null,
    error: { at: () => (told.error ? { words: told.error } : null) },
    rowsShown: () => "slots",
    tape: still,
    lag: still,
    gauge: null,
    turns: [],
    fold: { rows: 4, per: 1 },
    bank: { kind: "cell" },
    slots: 4,
    has: () => false,
    model: { steps: 0, failure: null },
  } as unknown as Lane;
}

/** Words painted, with where they begin and end. */
function words(width: number, item: LaneScene): { words: string; left: number; right: number }[] {
  const box = layout(width, 640, 1);
  const pen = new SvgPen(width, 640, "#000", { measure: (text) => text.length * WIDE, picture: () => "" });
  const scene = {
    t: 3,
    rows: "slots",
    window: { first: 0, step: 3 },
    signal: { planned: 40 },
    lanes: [item],
    scale: 1,
  };
  paintLane(pen as unknown as Ctx, inks, box, box.lanes[0]!, scene as unknown as Scene);
  return [...pen.document("").matchAll(/<text x="([\d.]+)"([^>]*)>([^<]*)<\/text>/g)].map(([, x, style, said]) => {
    const long = said!.length * WIDE;
    const left = Number(x) - (style!.includes('"end"') ? long : 0);
    return { words: said!, left, right: left + long };
  });
}
const item = (of: Lane, more: Partial<LaneScene> = {}): LaneScene =>
  ({ lane: of, emphasis: "normal", linked: [], slot: null, failure: null, ...more }) as LaneScene;

describe("the head of a lane on a phone", () => {
  /** Where the sign of the menu begins, and that of a lane kept on top. */
  const MENU = 390 - 12 - 14 + 4;
  const PIN = MENU - 14;

  it("ends before the signs of menu and pin", () => {
    const of = lane("LSTM", { error: "error 0.17" });
    expect(words(390, item(of)).map(({ words }) => words)).toEqual(["LSTM", "256 cells · error 0.17"]);
    expect(words(390, item(of))[1]!.right).toBeLessThanOrEqual(MENU);
    expect(words(390, item(of, { top: true }))[1]!.right).toBeLessThanOrEqual(PIN);
  });

  it("leaves out what has no room beside a long name", () => {
    const of = lane("Universal Transformer, deep", { moment: "16 000 updates", error: "error 0.17" });
    const [name, told] = words(390, item(of, { top: true }));
    expect(told!.words).toBe("error 0.17");
    expect(told!.left).toBeGreaterThan(name!.right);
  });
});
