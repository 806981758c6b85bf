/** What the stage sums over a run it takes in while steps pass: of a long run they are let go of. */
import { expect, it, vi } from "vitest";
import { LedgerClient } from "../memory/worker/client";
import { RecordingLog } from "../memory/log";
import { makeLog } from "../memory/testlog";
import { DARK, makeInks } from "../draw/ink/tokens";
import { stubCanvases } from "../draw/testdrawing";
import { layout } from "../draw/stage/layout";
import { StageModel, type Look } from "./stage_model";

it("knows the heights of the scrubber of steps that nobody has painted before they went", () => {
  stubCanvases();
  const STEPS = 64 * 8;
  const made = makeLog(STEPS, [{ slots: 5, width: 3 }]);
  const log = new RecordingLog(made.manifest, 1);
  const stage = new StageModel(log, new LedgerClient(log, { spawn: null }), makeInks(DARK, true), [0]);
  for (const message of made.messages) {
    log.append(message.slice());
    stage.grow(false);
  }
  expect(log.has(0, 63)).toBe(false);
  const wished: number[] = [];
  log.wished = (k) => wished.push(k);
  expect(stage.density.at(3)).toBeGreaterThan(0);
  expect(wished).toEqual([]);
  vi.unstubAllGlobals();
});

it("asks for the arcs of a step with the move to it, where the run is held in part", () => {
  stubCanvases();
  const made = makeLog(64, [{ slots: 5, width: 3 }, { units: 4 }]);
  for (const keep of [Infinity, 1]) {
    const log = new RecordingLog(made.manifest, keep);
    for (const message of made.messages) log.append(message.slice());
    const ledger = new LedgerClient(log, { spawn: null });
    const asked = vi.spyOn(ledger, "shares");
    const stage = new StageModel(log, ledger, makeInks(DARK, true), [0, 1]);
    stage.askAhead([1, 0], 30, false);
    expect(stage.shareCache.playhead).toBe(30); // words of other steps ask for nothing
    expect(asked.mock.calls.map(([stream, , , t, asker]) => [stream, t, asker])).toEqual(keep === 1 ? [[1, 30, "now"], [0, 30, "now"]] : []); // prettier-ignore
  }
  vi.unstubAllGlobals();
});

it("asks for whole rows while it plays, and is content with sums first while it rests", () => {
  stubCanvases();
  const made = makeLog(64, [{ slots: 5, width: 3 }]);
  const log = new RecordingLog(made.manifest);
  for (const message of made.messages) log.append(message.slice());
  const ledger = new LedgerClient(log, { spawn: null });
  const asked = vi.spyOn(ledger, "shares");
  const stage = new StageModel(log, ledger, makeInks(DARK, true), [0]);
  const look = { window: { first: 0, step: 5 }, rows: "slots", shown: [0], solo: null, target: null, lens: "mechanism" } as const; // prettier-ignore
  const scene = (more: Pick<Look, "t" | "playing">): unknown =>
    stage.scene({ ...look, ...more }, layout(900, 600, { folded: [false], health: false }), 1);
  scene({ t: 30, playing: true });
  scene({ t: 31, playing: false });
  expect(asked.mock.calls.map(([, , , t, , whole]) => [t, whole])).toEqual([[30, true], [31, false]]); // prettier-ignore
  vi.unstubAllGlobals();
});
