/** Words about a read are used only where they have been measured, and a number is said of the step that it is of. */
import { describe, expect, it } from "vitest";
import type { StageModel } from "../stage_model";
import { stageOf } from "../teststage";
import { mainSources, readText, rightMoment } from "./reads";
import { plain } from "./sentences";

/** A row [t + 2] with these shares by step; −1 is what memory held before. The rest is spread over the steps without a share. */
function row(t: number, parts: Record<number, number>): Float64Array {
  const left = 1 - Object.values(parts).reduce((sum, share) => sum + share, 0);
  const free = Array.from({ length: t + 1 }, (_, s) => s).filter((s) => parts[s] === undefined).length;
  return Float64Array.from({ length: t + 2 }, (_, k) => parts[k - 1] ?? (k === 0 ? 0 : left / free));
}

const said = (stage: StageModel, t: number, rows: readonly (Float64Array | null)[]): string =>
  plain(
    readText(
      stage,
      rows.map((_, stream) => stream),
      t,
      (stream) => rows[stream]!,
    ),
  ).trim();

describe("a read", () => {
  it("has a source only where a step and the two beside it have half of it", async () => {
    const stage = await stageOf("memories", []);
    const events = stage.log.manifest.task.events;
    const t = events.find(({ kind }) => kind === "store")!.step + 2; // nothing stored is over yet
    expect(said(stage, t, [row(t, { 1: 0.51 })])).toBe(`NTM reads t = 1, ${t - 1} steps ago.`);
    expect(said(stage, t, [row(t, { 0: 0.2, 1: 0.2, 2: 0.2 })])).toBe(`NTM reads t = 1, ${t - 1} steps ago.`);
    expect(said(stage, t, [row(t, { 1: 0.3, 4: 0.3 })])).toBe("NTM has no single source.");
    expect(said(stage, t, [row(t, { [t]: 0.6 })])).toBe("NTM reads its last steps.");
    expect(said(stage, t, [row(t, { [t - 2]: 0.6 })])).toBe("NTM reads its last steps.");
    expect(said(stage, t, [row(t, { [t - 3]: 0.6 })])).toBe(`NTM reads t = ${t - 3}, 3 steps ago.`);
    expect(said(stage, t, [row(t, { [-1]: 0.45, 1: 0.52 })])).toBe(`NTM reads t = 1, ${t - 1} steps ago.`);
    expect(said(stage, t, [row(t, { [-1]: 0.52, 1: 0.45 })])).toBe(
      "NTM reads mostly what memory held before the first step.",
    );
  });

  it("of a memory whose last writes have a fifth of it is not mostly of its last steps", async () => {
    const stage = await stageOf("memories", []);
    const t = 40;
    expect(stage.log.manifest.task.events.every(({ until }) => until > t)).toBe(true);
    // As a DNC was found: its last four writes 19 %, its last ten 39 %.
    const spread = row(t, { 40: 0.053, 39: 0.05, 38: 0.047, 37: 0.04, 36: 0.035, 35: 0.035, 34: 0.03, 33: 0.03, 32: 0.03, 31: 0.03 }); // prettier-ignore
    expect(said(stage, t, [spread])).toBe("NTM has no single source.");
    const near = row(t, { 40: 0.15, 38: 0.15, 36: 0.15, 34: 0.15 });
    expect(said(stage, t, [near, near])).toBe("NTM and DNC read mostly their last 8 steps.");
  });

  it("of a replay is back, out of order, or mostly the segment, as far as that is so", async () => {
    const stage = await stageOf("memories", []);
    const { events } = stage.log.manifest.task;
    const recall = events.find(({ kind }) => kind === "recall")!;
    const store = events.findLast(({ kind, until }) => kind === "store" && until <= recall.step)!;
    const t = recall.step + 3;
    expect(rightMoment(stage, t)).toBe(store.step + 3);
    expect(rightMoment(stage, recall.step - 1)).toBeNull();
    const stored = `the segment stored from t = ${store.step} on`;
    expect(said(stage, t, [row(t, { [store.step + 3]: 0.6 })])).toBe(`NTM reads back ${stored}.`);
    expect(said(stage, t, [row(t, { [store.step + 9]: 0.7 })])).toBe(`NTM reads ${stored}, not in order.`);
    const end = recall.step + (store.until - store.step) - 1; // its last moment, which a write of the step after it holds
    expect(said(stage, end, [row(end, { [store.until]: 0.9 })])).toBe(`NTM reads back ${stored}.`);
    const before = recall.step - 1;
    const many = Object.fromEntries([0, 3, 6, 9].map((k) => [store.step + k, 0.15]));
    expect(said(stage, before, [row(before, many)])).toBe(`NTM reads mostly ${stored}.`);
  });

  it("says what it is of where that is not now, apart from the models that are", async () => {
    const stage = await stageOf("memories", []);
    const prose = readText(
      stage,
      [0, 1, 2],
      31,
      (stream) => [row(31, { 5: 0.9 }), row(20, { 5: 0.9 }), row(31, { 5: 0.8 })][stream]!,
    );
    expect(plain(prose).trim()).toBe(
      "NTM and DNC with de-allocation read t = 5, 26 steps ago. At t = 20 DNC reads t = 5, 15 steps ago.",
    );
    expect(prose.filter(({ late }) => late).map(({ text }) => text)).toEqual([
      "At t = 20 ",
      "DNC",
      " reads t = 5, 15 steps ago. ",
    ]);
  });
});

describe("the list of sources", () => {
  it("carries the step of each number while a newer one is computed, and nothing before the first", async () => {
    const stage = await stageOf("memories", [40]);
    const shown = [0, 1];
    const settled = mainSources(stage, shown, 40);
    expect(settled.map(({ late }) => late)).toEqual([null, null]);
    const waiting = mainSources(stage, shown, 45); // nobody has asked about it
    expect(waiting.map(({ late }) => late)).toEqual([40, 40]);
    expect(waiting.map(({ text }) => text)).toEqual(settled.map(({ text }) => text));
    const fresh = await stageOf("memories", []);
    expect(mainSources(fresh, shown, 45).map(({ text, late }) => [text, late])).toEqual([["…", null], ["…", null]]); // prettier-ignore
  });

  it("says beside a sum what its largest step has, and of one step how long ago it was", async () => {
    const stage = await stageOf("memories", [0, 40]);
    const [, dnc] = mainSources(stage, [0, 1], 0);
    expect([dnc!.text, dnc!.aside]).toEqual(["t = 0, 100%", "this step"]);
    const [ntm] = mainSources(stage, [0], 40);
    expect([ntm!.text, ntm!.aside]).toEqual(["t = 37–40, 93%", "at most 63% in one step"]);
  });
});
