/** What the stage sums over a run it takes in while steps pass: of a long run they are let go of. */
import { expect, it, vi } from "vitest";
import { LedgerClient } from "../memory/worker/client";
import { RecordingLog } from "../memory/log";
import { makeLog } from "../memory/testlog";
import { DARK, makeInks } from "../draw/ink/tokens";
import { stubCanvases } from "../draw/testdrawing";
import { StageModel } from "./stage_model";

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
