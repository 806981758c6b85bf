/** Every command of the stage, and what it leaves behind. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Lane } from "../draw/lane/lane";
import { layout } from "../draw/stage/layout";
import type { Command } from "./commands/commands";
import { ROWS } from "./commands/commands";
import { matching, offers } from "./commands/palette";
import { controllerOf, inks, TRAINING } from "./testcontroller";

type Stage = Awaited<ReturnType<typeof controllerOf>>;

/** A stage of 1184 × 752 px at step 60; streams: 0 NTM, 1 DNC, 2 DNC-D, 3 LSTM, 4 Transformer. */
async function opened(trained = false): Promise<Stage> {
  const stage = await controllerOf("memories", trained);
  const box = layout(1184, 752, stage.shown.length);
  stage.viewport.box = box;
  stage.viewport.open(box, 0, stage.model.signal.planned);
  stage.cursor.seek(60);
  return stage;
}

const lanesOf = ({ model }: Stage): Lane[] => model.log.models.map(({ spec }) => model.lane(spec.stream));

let stage: Stage;
beforeEach(async () => {
  stage = await opened();
});

const run = (...commands: Command[]): void => commands.forEach((command) => stage.run(command));

describe("commands of time", () => {
  it("go to a step, and never beyond the ends", () => {
    const at = (command: Command): number => {
      stage.run(command);
      return stage.cursor.t;
    };
    expect(at({ does: "step", by: 10 })).toBe(70);
    expect(at({ does: "step", by: -1 })).toBe(69);
    expect(at({ does: "first" })).toBe(0);
    expect(at({ does: "step", by: -1 })).toBe(0);
    expect(at({ does: "last" })).toBe(131);
  });

  it("go from event to event of the kind chosen, and stop at the last", () => {
    const next: Command = { does: "event", direction: 1 };
    stage.cursor.seek(0);
    run(next);
    expect(stage.cursor.t).toBe(40);
    run(next);
    expect(stage.cursor.t).toBe(94);
    run(next);
    expect(stage.cursor.t).toBe(94);
    run({ does: "event", direction: -1 });
    expect(stage.cursor.t).toBe(40);
    run({ does: "event-kind" });
    expect(stage.view.events).not.toBe("task");
    const kinds = new Set([stage.view.events]);
    while (stage.view.events !== "task") {
      run({ does: "event-kind" });
      kinds.add(stage.view.events);
    }
    expect(kinds).toEqual(new Set(["task", "peak", "write", "read"]));
  });

  it("go to the writes and reads of the lane that is looked at", () => {
    for (const kind of ["write", "read"] as const) {
      stage.view.events = kind;
      stage.view.solo = stage.idOf(0);
      const own = stage.tracks.events(kind, [stage.model.lane(0)]);
      expect(own.length).toBeGreaterThan(0);
      stage.cursor.seek(0);
      run({ does: "event", direction: 1 });
      expect(stage.cursor.t).toBe(own.find((t) => t > 0));
      const all = stage.tracks.events(kind, lanesOf(stage));
      expect(all).toEqual([...new Set(all)].sort((a, b) => a - b));
      expect(all.length).toBeGreaterThan(own.length);
    }
  });

  it("play, pause, and change the speed one notch", () => {
    run({ does: "toggle" });
    expect(stage.session.playing).toBe(true);
    run({ does: "pause" });
    expect(stage.session.playing).toBe(false);
    stage.session.setSpeed(8);
    run({ does: "faster" });
    expect(stage.cursor.speed).toBe(15);
    run({ does: "slower" }, { does: "slower" });
    expect(stage.cursor.speed).toBe(4);
  });

  it("repeat from here, to here, what is selected, or what is in view", () => {
    const { cursor, view } = stage;
    run({ does: "loop-in" });
    expect(cursor.loop).toEqual([60, 131]);
    cursor.seek(80);
    run({ does: "loop-out" });
    expect(cursor.loop).toEqual([60, 80]);
    run({ does: "loop" });
    expect(cursor.loop).toBeNull();
    stage.select(20, 10);
    expect(view.selection).toEqual([10, 20]);
    run({ does: "loop" });
    expect(cursor.loop).toEqual([10, 20]);
    run({ does: "free" });
    expect([cursor.loop, view.selection]).toEqual([null, null]);
    stage.viewport.inView = 50;
    run({ does: "loop" });
    expect(cursor.loop).toEqual([30, 79]); // the opening view begins there
  });
});

describe("commands of lanes", () => {
  it("act on the pinned lane, else on the one alone, else on the one pointed at, else on the first", () => {
    expect(stage.acting).toBe(0);
    stage.hover = { zone: "lane", stream: 4, slot: null, t: 9 };
    expect(stage.acting).toBe(4);
    stage.view.solo = stage.idOf(3);
    expect(stage.acting).toBe(3);
    stage.pin({ zone: "lane", stream: 1, slot: 0, t: 9 });
    expect(stage.acting).toBe(1);
    stage.pin({ zone: "signal", t: 9 });
    expect(stage.acting).toBe(3);
  });

  it("isolate, mute, fold, keep on top and move", () => {
    run({ does: "isolate", place: 2 });
    expect([stage.solo, stage.viewport.phoneLane]).toEqual([2, 2]);
    run({ does: "mute" }, { does: "fold" }, { does: "top" });
    expect([[...stage.laneOrder.muted], [...stage.laneOrder.folded], [...stage.laneOrder.top]]).toEqual([
      [2],
      [2],
      [2],
    ]);
    expect(stage.shown[0]).toBe(2);
    run({ does: "mute" }, { does: "top" }, { does: "isolate", place: 2 });
    expect([stage.laneOrder.muted.size, stage.laneOrder.top.size]).toEqual([0, 0]);
    expect(stage.solo).toBeNull();
    run({ does: "isolate", place: 8 });
    expect(stage.solo).toBeNull(); // there are five
    stage.ranked = [3, 0, 1, 2, 4]; // from now on keys mean the rows of the verdict
    run({ does: "isolate", place: 0 });
    expect(stage.solo).toBe(3);
    stage.view.solo = stage.idOf(1);
    run({ does: "move", by: 1 });
    expect(stage.shown).toEqual([0, 2, 1, 3, 4]);
  });

  it("open the read map of a lane that has one", () => {
    expect(stage.mapped).toBe(0);
    run({ does: "read-map" });
    expect(stage.readMap).toBe(0);
    run({ does: "read-map" });
    expect(stage.readMap).toBeNull();
    stage.view.solo = stage.idOf(3); // a cell state is read as a whole
    expect(stage.mapped).toBe(0);
    for (const stream of [0, 1, 2, 4]) stage.toggle("hidden", stream);
    expect(stage.mapped).toBeUndefined();
    run({ does: "read-map" });
    expect(stage.readMap).toBeNull();
  });

  it("walk the slots of a lane, from the first to the last", () => {
    run({ does: "walk", by: 1 });
    const first = stage.model.lane(0).slotOfPlace(0);
    expect(stage.pinned).toEqual({ zone: "lane", stream: 0, slot: first, t: 60 });
    const walked = [first];
    for (let k = 0; k < 9; k++) {
      run({ does: "walk", by: 1 });
      walked.push((stage.pinned as { slot: number }).slot);
    }
    expect(new Set(walked).size).toBe(7); // an NTM of 7 slots
    expect(walked.at(-1)).toBe(walked.at(-2));
    run({ does: "walk", by: -1 });
    expect((stage.pinned as { slot: number }).slot).toBe(walked[5]);
  });

  it("pin what is under the pointer, and free it with everything else", () => {
    const target = { zone: "lane", stream: 1, slot: 3, t: 50 } as const;
    run({ does: "pin" });
    expect(stage.pinned).toBeNull();
    stage.hover = target;
    run({ does: "pin" });
    expect([stage.pinned, stage.target]).toEqual([target, target]);
    stage.hover = null;
    stage.view.solo = stage.idOf(1);
    run({ does: "free" });
    expect([stage.pinned, stage.solo, stage.target]).toEqual([null, null, null]);
  });
});

describe("commands of the view", () => {
  it("change what the rows are, and free what was pinned on the rows before", () => {
    const { view } = stage;
    stage.pin({ zone: "lane", stream: 0, slot: 1, t: 60 });
    run({ does: "rows" });
    expect([view.rows, stage.pinned]).toEqual(["lag", null]);
    run({ does: "rows" });
    expect(view.rows).toBe("slots");
  });

  it("show and hide the health of the memories", () => {
    run({ does: "health" });
    expect(stage.view.health).toBe("filled");
    expect(stage.tracks.extend("filled", lanesOf(stage), Infinity)).toBe(true);
    const [lane] = lanesOf(stage);
    expect(stage.tracks.health(lane!).at("filled", 60)).toBe(lane!.memory.occupancy(60, 132));
    run({ does: "health" });
    expect(stage.view.health).toBeNull();
  });

  it("go round the lenses, and look through them at what is shown while it rests", () => {
    const want = vi.spyOn(stage.lenses, "want");
    const lenses = [1, 2, 3].map(() => {
      run({ does: "lens" });
      return stage.view.lens;
    });
    expect(lenses).toEqual(["sensitivity", "intervention", "mechanism"]);
    stage.lookThrough();
    expect(want).toHaveBeenLastCalledWith("mechanism", []);
    run({ does: "lens" });
    stage.hover = { zone: "lane", stream: 3, slot: 1, t: 20 };
    stage.lookThrough();
    const now = [0, 1, 2, 3, 4].map((stream) => ({ stream, t: 60 }));
    expect(want).toHaveBeenLastCalledWith("sensitivity", [...now, { stream: 3, t: 20 }]);
    run({ does: "toggle" });
    stage.lookThrough();
    expect(want).toHaveBeenLastCalledWith("mechanism", []);
  });

  it("a clause has what was stored in view beside its moment, and moves nothing where it is", () => {
    const { view, viewport } = stage;
    const { w } = viewport.box!.time;
    const model = stage.model.lane(0).model.spec.id;
    const opening = viewport.window;
    stage.show({ model, step: 100 });
    expect([viewport.window, view.from, viewport.followed]).toEqual([opening, null, 100]);
    viewport.show({ first: 70, step: 8 });
    stage.show({ model, step: 117 });
    expect(viewport.window.step).toBe(8);
    expect(viewport.window.first).toBeLessThanOrEqual(40);
    expect(viewport.window.first + w / 8).toBeGreaterThan(118);
    viewport.show({ first: 90, step: 16 });
    stage.show({ model, step: 117 });
    expect(78 * 16).toBeGreaterThan(w); // which is not to be seen at once from this near
    expect([viewport.window.step < 16, viewport.window.first <= 40]).toEqual([true, true]);
    expect(viewport.window.first + w / viewport.window.step).toBeGreaterThan(118);
    viewport.show({ first: 60, step: 16 });
    stage.show({ model, step: 20 }); // nothing is stored yet
    expect(viewport.window).toEqual({ first: 60, step: 16 });
  });

  it("zoom around now, pan by quarters, fit the selection and open as at first", () => {
    const { view, viewport } = stage;
    const { w } = viewport.box!.time;
    const opening = viewport.window;
    expect([opening, view.zoom]).toEqual([{ first: 30, step: 8 }, null]); // stored from 40 on, asked for until 119
    viewport.show({ first: 40, step: 12 });
    run({ does: "zoom", by: 1 });
    expect([viewport.window.step, view.zoom]).toEqual([16, 16]);
    const under = (60 - viewport.window.first + 0.5) * 16;
    expect(Math.abs(under - 20.5 * 12)).toBeLessThanOrEqual(8); // now stays where it was, to a step
    viewport.show({ first: 20, step: 16 });
    run({ does: "pan", by: 1 });
    expect(viewport.window.first).toBe(Math.round(20 + w / 16 / 4));
    viewport.show({ first: 80, step: 16 });
    run({ does: "pan", by: 1 });
    expect(viewport.window.first).toBe(Math.ceil(132 - w / 16));
    expect(view.from).toBe(viewport.window.first); // the link says what was chosen by hand
    viewport.glide(30);
    expect([viewport.window.first, view.from]).toEqual([30, null]); // and nothing of what follows the playhead
    viewport.show({ first: 20, step: 16 });
    run({ does: "pan", by: -1 }, { does: "pan", by: -1 }, { does: "pan", by: -1 });
    expect(viewport.window.first).toBe(0);
    stage.select(40, 63);
    run({ does: "fit" });
    expect(viewport.window.step).toBe(16);
    expect([view.zoom, view.from]).toEqual([16, viewport.window.first]); // a link brings it back
    const middle = viewport.window.first + w / 16 / 2;
    expect(Math.abs(middle - 52)).toBeLessThanOrEqual(1);
    run({ does: "reset" });
    expect([viewport.window, view.zoom, view.from]).toEqual([opening, null, null]);
  });

  it("shows one lane in a lecture: the pinned one, or the best", () => {
    expect(stage.single).toBeNull();
    run({ does: "lecture" });
    expect([stage.view.lecture, stage.single]).toEqual([true, 0]);
    stage.ranked = [3, 0, 1, 2, 4];
    expect(stage.single).toBe(3);
    run({ does: "isolate", place: 2 });
    expect(stage.single).toBe(1);
    run({ does: "free" });
    expect([stage.view.lecture, stage.single, stage.solo]).toEqual([null, null, 1]);
  });

  it("waits with the zoom of a link until there is a box", async () => {
    const { view, viewport } = await controllerOf("memories");
    viewport.apply(16, null, 60, 132);
    viewport.zoom(1, 60, 132);
    viewport.pan(1, 132);
    viewport.fit(0, 9, 132);
    viewport.reset(60, 132);
    expect([view.zoom, view.from]).toEqual([16, null]);
    viewport.box = layout(1184, 752, 4);
    viewport.open(viewport.box, 60, 132);
    expect(viewport.window).toEqual({ first: 0, step: 16 });
    viewport.apply(8, null, 120, 132);
    expect(viewport.window).toEqual({ first: Math.round(132 - viewport.box.time.w / 8), step: 8 });
  });

  it("opens at the first step that a link wants, and stays there until the playhead leaves it", async () => {
    const { view, viewport } = await controllerOf("memories");
    viewport.apply(16, 70, 10, 132);
    viewport.box = layout(1184, 752, 4);
    viewport.open(viewport.box, 10, 132);
    expect([viewport.window, viewport.followed]).toEqual([{ first: 70, step: 16 }, 10]);
    viewport.keepWithin(60);
    expect([viewport.window.first, view.from]).toEqual([60, 60]);
    viewport.glide(12.5);
    expect([viewport.window.first, view.from]).toEqual([12.5, null]);
  });

  it("find moments like this one, and go from one to the next", () => {
    const { cursor } = stage;
    run({ does: "similar" });
    const { of, t, length, hits } = stage.similar!;
    expect([of, t, length]).toEqual(["NTM", 60, 1]);
    expect(hits.length).toBeGreaterThan(0);
    expect(hits.every((hit) => hit.likeness <= 1 + 1e-9)).toBe(true);
    const later = hits.map((hit) => hit.t).filter((step) => step > 60).sort((a, b) => a - b); // prettier-ignore
    run({ does: "event", direction: 1 });
    expect(cursor.t).toBe(later[0] ?? 60);
    stage.select(40, 63);
    expect(stage.similar).toBeNull();
    run({ does: "similar" });
    expect([stage.similar!.of, stage.similar!.t, stage.similar!.length]).toEqual(["shape", 40, 24]);
    expect(stage.similar!.hits[0]!.likeness).toBeGreaterThan(stage.similar!.hits.at(-1)!.likeness - 1e-9);
    stage.select(100, 140);
    run({ does: "similar" }); // part of it has not been run
    expect(stage.similar).toBeNull();
  });
});

describe("commands of the page", () => {
  it("are handed to the page, each to its own", async () => {
    const called: string[] = [];
    const page = Object.fromEntries(
      ["copy", "share", "help", "palette", "theme", "picture"].map((name) => [
        name,
        (kind = "") => called.push(name + kind),
      ]),
    );
    Object.assign((stage as unknown as { page: object }).page, page);
    run({ does: "copy" }, { does: "share" }, { does: "png" }, { does: "svg" }, { does: "theme" }, { does: "palette" }, { does: "help" }); // prettier-ignore
    expect(called).toEqual(["copy", "share", "picturepng", "picturesvg", "theme", "palette", "help"]);
  });

  it("are offered by the palette in words, each but those that it says lane by lane", async () => {
    const all = offers(stage, "");
    const lines = all.map(({ group, says, key }) => `${group.padEnd(8)} ${says}${key === null ? "" : ` [${key}]`}`);
    await expect(lines.join("\n") + "\n").toMatchFileSnapshot("commands/memories.offers.txt");
    const said = new Set(all.map(({ says }) => says));
    for (const { says, command } of ROWS)
      expect(said.has(says), says).toBe(!["isolate", "palette", "beside", "train", "learn"].includes(command.does));
  });

  it("are carried out from the palette", () => {
    const pick = (query: string): void => matching(offers(stage, query), query)[0]!.run();
    const { cursor, view } = stage;
    pick("17");
    expect(cursor.t).toBe(17);
    pick("4000");
    expect(cursor.t).toBe(131);
    pick("isolate lstm");
    expect(stage.solo).toBe(3);
    pick("mute ntm");
    pick("fold ntm");
    pick("keep ntm");
    expect([stage.laneOrder.muted.has(0), stage.laneOrder.folded.has(0), stage.laneOrder.top.has(0)]).toEqual([
      true,
      true,
      true,
    ]);
    pick("take ntm");
    expect(stage.laneOrder.hidden.has(0)).toBe(true);
    pick("put ntm");
    expect(stage.laneOrder.hidden.has(0)).toBe(false);
    pick("speed: 24");
    expect(cursor.speed).toBe(24);
    pick("step through signal");
    expect(view.events).toBe("peak");
    pick("lens: inter");
    expect(stage.view.lens).toBe("intervention");
    pick("health: twin");
    expect(view.health).toBe("twins");
    pick("recall at");
    expect(cursor.t).toBe(94);
    pick("first step");
    expect(cursor.t).toBe(0);
  });
});

describe("a training on the stage", () => {
  it("goes through its moments, and everything said of one lane holds for the next", async () => {
    stage = await opened(true);
    const { training } = stage;
    expect(training.updates).toEqual(TRAINING.updates);
    const [early, late] = [1, 2];
    const lane = training.streams.indexOf(late);
    expect(lane).toBeGreaterThanOrEqual(0);
    stage.view.solo = stage.idOf(late);
    stage.pin({ zone: "lane", stream: late, slot: 1, t: 60 });
    stage.openReadMap(late);
    stage.toggle("muted", late);
    stage.findSimilar("state", late);
    expect(stage.similar).not.toBeNull();
    run({ does: "train", by: -1 });
    expect(training.at).toBe(0);
    expect([stage.solo, stage.readMap, [...stage.laneOrder.muted]]).toEqual([early, early, [early]]);
    expect(stage.pinned).toEqual({ zone: "lane", stream: early, slot: 1, t: 60 });
    expect(stage.similar).toBeNull(); // states of another moment
    run({ does: "train", by: 1 });
    expect([training.at, stage.solo]).toEqual([4000, late]);
    run({ does: "learn" });
    expect(training.playing).toBe(true);
    run({ does: "learn" });
    expect(training.playing).toBe(false);
    const offered = offers(stage, "").filter(({ group }) => group === "Training");
    offered[0]!.run();
    expect(training.at).toBe(0);
  });

  it("has a curve: the error of each moment over all steps", async () => {
    stage = await opened(true);
    const [curve, ...more] = stage.learning.all();
    expect(more).toEqual([]);
    expect(curve!.history.name).toBe(TRAINING.of);
    expect(curve!.moments.map(({ update, part, errorText }) => [update, part, errorText])).toEqual(
      [1, 2].map((stream, k) => {
        const { error } = stage.model.lane(stream);
        return [TRAINING.updates[k], error.part(131), error.at(131)!.label];
      }),
    );
  });
});

describe("what a lane shows", () => {
  it("is another bank, another reader, in new inks, and is forgotten with what belonged to it", async () => {
    const transformer = stage.model.lane(4);
    const banks = transformer.model.spec.banks.map(({ name }) => name);
    expect([stage.model.bankOf(4).name, banks]).toEqual(["layer1", ["layer0", "layer1"]]);
    stage.setReader(4, 1);
    expect(stage.model.shareCache.head(4)).toBe(1);
    stage.setBank(4, "layer0");
    expect([stage.model.bankOf(4).name, stage.model.shareCache.head(4)]).toEqual(["layer0", null]);
    expect(stage.model.lane(4)).not.toBe(transformer);
    const same = stage.model.lane(4);
    stage.setBank(4, "layer0");
    expect(stage.model.lane(4)).toBe(same);
    stage.model.recolour(inks);
    expect(stage.model.interesting).toBe(Math.floor((94 + 2 * 118) / 3));
    expect(stage.model.period).toBe(24);
  });

  it("shows one head of an associative memory at a time", async () => {
    stage = await controllerOf("kinds");
    const delta = lanesOf(stage).findIndex(({ drawn }) => drawn.heads > 1);
    const lane = stage.model.lane(delta);
    const first = lane.picture(60);
    stage.setContentHead(delta, 1);
    expect(lane.head).toBe(1);
    expect(lane.picture(60).blocks[0]!.values).not.toEqual(first.blocks[0]!.values);
    stage.setContentHead(delta, 99);
    expect(lane.head).toBe(lane.drawn.heads - 1);
  });
});
