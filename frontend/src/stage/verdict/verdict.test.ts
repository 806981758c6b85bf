import { describe, expect, it } from "vitest";
import { ODD_BEAT, ranked } from "../../verdict/testverdict";
import type { TaskEvent } from "../../wire/manifest";
import type { Verdict } from "../../wire/wire.gen";
import { cueText } from "./cue";
import { controllerOf } from "../testcontroller";
import { HeldNow } from "./held_now.svelte";
import { MAX_ROWS, meanwhileRows, rowsOf, shownRows, type LaneOf, type Meanwhile } from "./rows";
import { VerdictState } from "./verdict_state.svelte";

const lanes: LaneOf[] = ["lstm", "transformer", "ntm", "dnc"].map((id, stream) => ({
  stream,
  id,
  label: id.toUpperCase(),
  glyph: "ntm",
}));
const event = (kind: string, step: number, until: number): TaskEvent => ({ kind, step, until, label: "" });
const events = [event("store", 25, 49), event("recall", 79, 103), event("store", 120, 130), event("recall", 150, 160)];

describe("rows of the verdict", () => {
  it("stand by rank, each with its numbers and its sentence", () => {
    const rows = rowsOf(lanes, ODD_BEAT);
    expect(rows.map(({ id, place }) => [id, place])).toEqual([
      ["dnc", 1],
      ["ntm", 2],
      ["transformer", 3],
      ["lstm", 4],
    ]);
    const [best] = rows;
    expect(best).toMatchObject({
      error: "0.8%",
      unit: "0.005 mV",
      right: "103%",
      share: 1.03,
      floats: "5\u2009592",
      cost: "0.36",
    });
    expect(best!.because.filter(({ clause }) => clause).map(({ text }) => text)).toContain("99% held at t = 79");
    expect(rows[3]!.bar).toBe(1);
  });

  it("stand in the order of the lanes where there is no verdict yet, with nothing in them", () => {
    expect(rowsOf(lanes, null).map(({ id, place, error }) => [id, place, error])).toEqual(
      lanes.map(({ id }) => [id, null, ""]),
    );
  });

  it("say nothing of a model that was not asked, and put one that is not ranked behind the others", () => {
    const verdict = { ...ODD_BEAT, ranking: [ranked("ntm"), ranked("lstm", { error: null, right_share: null })] };
    const rows = rowsOf(lanes, verdict);
    expect(rows.map(({ id, place, error, right }) => [id, place, error, right])).toEqual([
      ["ntm", 1, "1.0%", "100%"],
      ["lstm", null, "", ""],
      ["transformer", null, "", ""],
      ["dnc", null, "", ""],
    ]);
  });

  it("rank what is shown alone: of a training one moment", () => {
    const moments = [ranked("a@9"), ranked("a@16", { tied: true }), ranked("a@0", { error: 0.5 })];
    const [row] = rowsOf([{ stream: 4, id: "a@0", label: "A", glyph: "ntm" }], { ...ODD_BEAT, ranking: moments });
    expect([row!.place, row!.bar]).toEqual([1, 1]);
  });

  it("are six of many, one of them the pinned one", () => {
    const many = rowsOf(
      Array.from({ length: 9 }, (_, stream) => ({ stream, id: `m${stream}`, label: "M", glyph: "ntm" })),
      null,
    );
    const streams = (pinned: number | null, all = false): number[] =>
      shownRows(many, pinned, all).map((row) => row.stream);
    expect(streams(null)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(streams(2)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(streams(8)).toEqual([0, 1, 2, 3, 4, 8]);
    expect(streams(8, true)).toHaveLength(9);
    expect(shownRows(many.slice(0, MAX_ROWS), null, false)).toHaveLength(MAX_ROWS);
  });
});

describe("before the cue", () => {
  it("says what is stored, and when it will be asked back", () => {
    expect(cueText(events, 20)).toBe("To be stored at t = 25 to 48, asked back at t = 79, in 59 steps.");
    expect(cueText(events, 25)).toBe("Being stored, t = 25 to 48, asked back at t = 79, in 54 steps.");
    expect(cueText(events, 60)).toBe("Stored at t = 25 to 48, asked back at t = 79, in 19 steps.");
    expect(cueText(events, 78)).toContain("in 1 step.");
    expect(cueText(events, 79)).toBe("Asked back now, until t = 102.");
    const forecast = [
      { kind: "store", step: 0, until: 48, label: "context" },
      { kind: "recall", step: 48, until: 200, label: "forecast" },
      { kind: "recall", step: 200, until: 256, label: "free-running" },
    ];
    expect([45, 47, 48, 199, 200, 254].map((t) => cueText(forecast, t))).toEqual([
      "Context until t = 47, then forecast, in 3 steps.",
      "Context until t = 47, then forecast, in 1 step.",
      "Forecast until t = 199.",
      "Forecast until t = 199.",
      "Free-running until t = 255.",
      "Free-running until t = 255.",
    ]);
    expect(cueText(events, 102)).toBe("To be stored at t = 120 to 129, asked back at t = 150, in 48 steps.");
    expect(cueText(events, 159)).toBeNull();
  });

  it("has what is held where the error will stand, with its step where that is an older one", () => {
    const of = (stream: number): Meanwhile => ({
      held: stream < 2 ? { part: stream ? 1.02 : 0.333, t: stream ? 60 : 58 } : null,
      error: stream ? "" : "12.0%",
      cost: stream ? undefined : 0.312,
      reads: stream ? "" : "reads its last steps",
    });
    const [first, second, third] = meanwhileRows(lanes, 60, of);
    expect(first).toMatchObject({ id: "lstm", place: null, bar: 0.333, error: "33%", unit: "at t = 58" });
    expect(first).toMatchObject({ right: "12.0%", cost: "0.31", because: [{ text: "reads its last steps" }] });
    expect(second).toMatchObject({ bar: 1, error: "102%", unit: "", right: "", cost: "", because: [] });
    expect(third).toMatchObject({ bar: 0, error: "", unit: "" });
  });

  it("is held what the ledger says, of all that is going to be asked back", async () => {
    const { model, session, shown } = await controllerOf("memories");
    const held = new HeldNow(model, session.ledger!);
    held.want(shown, [40, 63], 62);
    expect(held.of(0, [40, 63])).toBeNull(); // not all of it has been written
    held.want(shown, [40, 63], 90);
    await expect.poll(() => shown.every((stream) => held.of(stream, [40, 63]) !== null)).toBe(true);
    for (const stream of shown) {
      const { memory } = model.lane(stream);
      const lost = memory.held.losses(40, 63, 91);
      const found = held.of(stream, [40, 63])!;
      expect(found.t).toBe(90);
      expect(found.part).toBeCloseTo(1 - lost.reduce((sum, taken) => sum + taken, 0), 5);
    }
    expect(held.of(0, [40, 64])).toBeNull();
  });
});

describe("the verdict of an open recording", () => {
  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

  it("is asked for once, when the run has ended", async () => {
    let asked = 0;
    const state = new VerdictState(() => (asked++, Promise.resolve(ODD_BEAT)));
    state.follow({ live: true, total: 103 });
    state.follow({ live: false, total: 0 });
    expect([asked, state.due({ live: true, total: 103 })]).toEqual([0, false]);
    state.follow({ live: false, total: 160 });
    state.follow({ live: false, total: 160 });
    await settle();
    expect([asked, state.value, state.reason]).toEqual([1, ODD_BEAT, ""]);
  });

  it("says why there is none, and hears no answer that is no longer wanted", async () => {
    const state = new VerdictState(() => Promise.reject(new Error("the log is not whole.")));
    state.follow({ live: false, total: 9 });
    await settle();
    expect([state.value, state.reason]).toEqual([null, "the log is not whole."]);
    const answers: ((verdict: Verdict) => void)[] = [];
    const left = new VerdictState(() => new Promise((resolve) => answers.push(resolve)));
    left.follow({ live: false, total: 160 });
    left.stop();
    answers[0]!(ODD_BEAT);
    await settle();
    expect(left.value).toBeNull();
  });
});
