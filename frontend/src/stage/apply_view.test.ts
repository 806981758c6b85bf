/** Golden recording → stage → view → link → view → stage, over every row of the table of settings. */
import { describe, expect, it } from "vitest";
import { DEFAULT_VIEW, ROWS, type PartialView, type Setting, type View } from "../view/fields";
import { parse, serialise } from "../view/permalink";
import { seeded } from "../wire/testlog";
import { layout } from "../draw/stage/layout";
import { applyView } from "./apply_view";
import { ROWS as COMMAND_ROWS, type Command } from "./commands/commands";
import type { StageController } from "./controller.svelte";
import { controllerOf, TRAINING } from "./testcontroller";

type Values = { readonly [K in Setting]: readonly View[K][] };
type Some = Partial<Values>;

/** Values that differ from the default of every setting, for `memories` with a training in it: all are on its stage. */
const TRAINED: Omit<Values, "contents"> = {
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
  from: [0, 30],
  speed: [0.1, 24, Infinity],
  pin: [
    { zone: "signal", t: 40 },
    { zone: "lane", model: "ntm", slot: 3, t: 90 },
  ],
  loop: [[0, 20]],
  selection: [[16, 39]],
  events: ["read"],
  health: ["focus"],
  banks: [[["transformer", "layer0"]]],
  heads: [[["ntm", 1]], [["ntm", 0], ["transformer", 1]]], // prettier-ignore
  map: ["ntm", TRAINING.of],
  lens: ["sensitivity", "intervention"],
  beside: ["shown", "hidden"],
  lecture: [true],
};

/** The bank of `kinds` that is not looked at first, and heads where there are two. */
const KINDS: Pick<Values, "solo" | "banks" | "heads" | "contents"> = {
  solo: ["delta"],
  banks: [[["pair", "encoder0"]], [["pair", "cross0"]]],
  heads: [[["alibi", 0], ["pair", 1]]], // prettier-ignore
  contents: [[["delta", 1]]],
};

const REST = { t: 5, speed: 4 };

/** Something a user might do. */
function disturb(stage: StageController, random: () => number): void {
  const among = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const stream = among(stage.training.streams);
  const { banks } = stage.model.log.model(stream).spec;
  const { bank, drawn } = stage.model.lane(stream);
  const t = Math.floor(random() * stage.cursor.total);
  const works: (() => void)[] = [
    () => stage.run(among(COMMANDS)),
    () => stage.run(among(COMMANDS)),
    () => stage.cursor.seek(t),
    () => stage.select(t, Math.floor(random() * stage.cursor.total)),
    () => stage.press(among([{ zone: "signal", t }, { zone: "axis", t }, { zone: "lane", stream, t, slot: 0 }] as const)), // prettier-ignore
    () => stage.toggle(among(["top", "muted", "folded", "hidden"] as const), stream),
    () => stage.place(stream, Math.floor(random() * stage.shown.length)),
    () => stage.setBank(stream, among(banks).name),
    () => stage.setReader(stream, among([null, ...Array(bank.readHeads).keys()])),
    () => stage.setContentHead(stream, Math.floor(random() * drawn.heads)),
    () => stage.openReadMap(among([null, stream])),
    () => stage.viewport.glide(random() * 30),
    () => stage.training.step(among([1, -1])),
  ];
  among(works)();
}

/** Commands that change what is looked at; the others play, or are the page's. */
const PAGES: readonly Command["does"][] = ["toggle", "pause", "learn", "copy", "share", "png", "svg", "theme", "palette", "help"]; // prettier-ignore
const COMMANDS = COMMAND_ROWS.map(({ command }) => command).filter(({ does }) => !PAGES.includes(does));

describe("the link of a stage", () => {
  it("has a value other than the default to test for every setting", () => {
    expect(new Set(Object.keys({ ...TRAINED, ...KINDS }))).toEqual(new Set(ROWS.map(([name]) => name)));
    for (const values of [TRAINED, KINDS] as Some[])
      for (const [name] of ROWS)
        for (const value of values[name] ?? []) expect(value, name).not.toEqual(DEFAULT_VIEW[name]);
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
          expect(stage.view.snapshot()).toEqual({ ...DEFAULT_VIEW, ...said });
          expect(parse(serialise(stage.view.snapshot()))).toEqual({ view: said, notices: [] });
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
        const values = (TRAINED as Some)[name] ?? [];
        if (values.length && random() < 0.5) said[name] = values[Math.floor(random() * values.length)];
      }
      const { view, notices } = parse(serialise(said as PartialView));
      expect([...notices, ...applyView(view, stage)]).toEqual([]);
      const shown = stage.view.snapshot();
      // Sets of lanes are said in the order of the lanes.
      const ids = (list: readonly string[]): string[] => [...list].sort();
      expect({ ...shown, hidden: ids(shown.hidden) }).toEqual({ ...DEFAULT_VIEW, ...said });
      expect(parse(serialise(shown)).view).toEqual({ ...said, ...(said.hidden ? { hidden: shown.hidden } : {}) });
    }
  });

  it("says whatever the stage is brought to: another stage shows the same after it", async () => {
    for (const [name, trained] of [
      ["memories", true],
      ["kinds", false],
    ] as const) {
      // prettier-ignore
      const [one, other] = [await controllerOf(name, trained), await controllerOf(name, trained)];
      for (const stage of [one, other]) {
        stage.viewport.box = layout(900, 700, { folded: one.shown.map(() => false), health: false });
        stage.viewport.open(stage.viewport.box, stage.cursor.t, stage.model.signal.planned);
      }
      const random = seeded(23);
      for (let trial = 0; trial < 400; trial++) {
        disturb(one, random);
        const link = serialise(one.view);
        const { view, notices } = parse(link);
        expect([...notices, ...applyView(view, other)], link).toEqual([]);
        expect(other.view.snapshot(), link).toEqual(one.view.snapshot());
        expect(serialise(other.view)).toBe(link);
        expect([other.shown, other.solo, other.readMap]).toEqual([one.shown, one.solo, one.readMap]);
        expect(other.pinned).toEqual(one.view.pin ? one.pinned : null);
        for (const stream of one.training.streams) {
          const [here, there] = [one.model.lane(stream), other.model.lane(stream)];
          expect([there.bank.name, there.head]).toEqual([here.bank.name, here.head]);
          expect(other.model.shareCache.head(stream)).toBe(one.model.shareCache.head(stream));
        }
        expect(other.viewport.window.step, link).toBe(one.viewport.window.step);
        if (one.view.from !== null) expect(other.viewport.window, link).toEqual(one.viewport.window);
      }
    }
  });

  it("puts what it does not say at its default, and leaves step and speed alone", async () => {
    const stage = await controllerOf("memories", true);
    applyView(Object.fromEntries(Object.entries(TRAINED).map(([name, values]) => [name, values.at(-1)])), stage);
    applyView({}, stage);
    expect(stage.view.snapshot()).toEqual({ ...DEFAULT_VIEW, t: 131, speed: Infinity });
  });

  it("says what is not in this recording", async () => {
    const stage = await controllerOf("memories");
    const notices = (hash: string): string[] => applyView(parse(hash).view, stage);
    expect(notices("t=4000")).toEqual(["The link asks for step 4000, and this recording has steps 0 to 131: step 131 is shown."]); // prettier-ignore
    expect(stage.cursor.t).toBe(131);
    expect(notices("solo=gpt&hide=gpt,lstm")).toEqual(["The link names a model “gpt” that is not in this recording; it was left out."]); // prettier-ignore
    expect(stage.view.snapshot()).toMatchObject({ solo: null, hidden: ["lstm"] });
    expect(notices("bank=transformer:layer7").join()).toContain("layer7");
    expect(notices("loop=100-900")).toEqual(["The link's loop 100 to 900 goes past the last step: it is 100 to 131 here."]); // prettier-ignore
    expect(notices("select=100-900").join()).toContain("100 to 131 here");
    expect(notices("t=131&loop=100-131&select=0-131&bank=transformer:layer0&head=ntm:1")).toEqual([]);
  });

  it("opens a phone on the lane that it is about", async () => {
    const stage = await controllerOf("memories");
    applyView({ solo: "lstm" }, stage);
    expect(stage.viewport.phoneLane).toBe(3);
    applyView({ hidden: ["ntm"], pin: { zone: "lane", model: "transformer", slot: 2, t: 9 } }, stage);
    expect(stage.viewport.phoneLane).toBe(3);
  });
});
