/** Golden recording → stage → view → link → view → stage, over every row of the table of settings. */
import { describe, expect, it } from "vitest";
import { DEFAULT_VIEW, ROWS, type PartialView, type Setting, type View } from "../view/fields";
import { parse, serialise } from "../view/permalink";
import { seeded } from "../wire/testlog";
import { applyView, viewOf } from "./link";
import { controllerOf, TRAINING } from "./testcontroller";

type Values = { readonly [K in Setting]: readonly View[K][] };

/** Values that differ from the default of every setting, for `memories` with a training in it: all are on its stage. */
const TRAINED: Values = {
  t: [0, 60, 131],
  train: [0],
  solo: ["lstm", TRAINING.of],
  hidden: [["ntm"], ["lstm", "transformer"]],
  order: [
    ["transformer", "ntm", TRAINING.of, "lstm"],
    ["lstm", "ntm", TRAINING.of, "transformer"],
  ],
  top: [["lstm"]],
  muted: [["ntm"]],
  folded: [["transformer"]],
  rows: ["lag"],
  zoom: [1.5, 16],
  speed: [0.1, 24, Infinity],
  pin: [
    { zone: "signal", t: 40 },
    { zone: "lane", model: "ntm", slot: 3, t: 90 },
  ],
  loop: [[0, 20]],
  selection: [[16, 39]],
  health: ["focus"],
  banks: [[["transformer", "layer0"]]],
  heads: [[["ntm", 1]], [["ntm", 0], ["transformer", 1]]], // prettier-ignore
  lens: ["sensitivity", "intervention"],
};

/** The bank of `kinds` that is not looked at first, and heads where there are two. */
const KINDS: Pick<Values, "solo" | "banks" | "heads"> = {
  solo: ["delta"],
  banks: [[["pair", "encoder0"]], [["pair", "cross0"]]],
  heads: [[["alibi", 0], ["pair", 1]]], // prettier-ignore
};

const REST = { t: 5, speed: 4 };

describe("the link of a stage", () => {
  it("has a value other than the default to test for every setting", () => {
    expect(Object.keys(TRAINED)).toEqual(ROWS.map(([name]) => name));
    for (const [name] of ROWS) for (const value of TRAINED[name]) expect(value, name).not.toEqual(DEFAULT_VIEW[name]);
  });

  it("says every setting alone, and puts it back", async () => {
    for (const [stage, values] of [
      [await controllerOf("memories", true), TRAINED],
      [await controllerOf("kinds"), KINDS],
    ] as const) {
      for (const [name, list] of Object.entries(values) as [Setting, readonly unknown[]][]) {
        for (const value of list) {
          applyView(REST, stage);
          const said = { ...REST, [name]: value } as PartialView;
          expect(applyView(said, stage), name).toEqual([]);
          expect(viewOf(stage)).toEqual({ ...DEFAULT_VIEW, ...said });
          expect(parse(serialise(viewOf(stage)))).toEqual({ view: said, notices: [] });
        }
      }
    }
  });

  it("says all settings together, in any combination, whatever was looked at before", async () => {
    const stage = await controllerOf("memories", true);
    const random = seeded(7);
    for (let trial = 0; trial < 150; trial++) {
      const said: Partial<Record<Setting, unknown>> = { ...REST };
      for (const [name] of ROWS) {
        const values = TRAINED[name];
        if (random() < 0.5) said[name] = values[Math.floor(random() * values.length)];
      }
      const { view, notices } = parse(serialise(said as PartialView));
      expect([...notices, ...applyView(view, stage)]).toEqual([]);
      const shown = viewOf(stage);
      // Sets of lanes are said in the order of the lanes.
      const ids = (list: readonly string[]): string[] => [...list].sort();
      expect({ ...shown, hidden: ids(shown.hidden) }).toEqual({ ...DEFAULT_VIEW, ...said });
      expect(parse(serialise(shown)).view).toEqual({ ...said, ...(said.hidden ? { hidden: shown.hidden } : {}) });
    }
  });

  it("puts what it does not say at its default, and leaves step and speed alone", async () => {
    const stage = await controllerOf("memories", true);
    applyView(Object.fromEntries(ROWS.map(([name]) => [name, TRAINED[name].at(-1)])), stage);
    applyView({}, stage);
    expect(viewOf(stage)).toEqual({ ...DEFAULT_VIEW, t: 131, speed: Infinity });
  });

  it("says what is not in this recording", async () => {
    const stage = await controllerOf("memories");
    const notices = (hash: string): string[] => applyView(parse(hash).view, stage);
    expect(notices("t=4000")).toEqual(["The link asks for step 4000, and this recording has steps 0 to 131: step 131 is shown."]); // prettier-ignore
    expect(stage.cursor.t).toBe(131);
    expect(notices("solo=gpt&hide=gpt,lstm")).toEqual(["The link names a model “gpt” that is not in this recording; it was left out."]); // prettier-ignore
    expect(viewOf(stage)).toMatchObject({ solo: null, hidden: ["lstm"] });
    expect(notices("bank=transformer:layer7").join()).toContain("layer7");
    expect(notices("loop=100-900")).toEqual(["The link's loop 100 to 900 goes past the last step: it is 100 to 131 here."]); // prettier-ignore
    expect(notices("select=100-900").join()).toContain("100 to 131 here");
    expect(notices("t=131&loop=100-131&select=0-131&bank=transformer:layer0&head=ntm:1")).toEqual([]);
  });

  it("opens a phone on the lane that it is about", async () => {
    const stage = await controllerOf("memories");
    applyView({ solo: "lstm" }, stage);
    expect(stage.view.phoneLane).toBe(3);
    applyView({ hidden: ["ntm"], pin: { zone: "lane", model: "transformer", slot: 2, t: 9 } }, stage);
    expect(stage.view.phoneLane).toBe(3);
  });
});
