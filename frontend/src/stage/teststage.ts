/** A golden recording on a stage without a screen: everything the stage derives, with every share answered already. */
import { LedgerClient } from "../memory/worker/client";
import { goldenLog } from "../memory/testgolden";
import { stubCanvases } from "../draw/testdrawing";
import { DARK, makeInks } from "../draw/ink/tokens";
import { StageModel } from "./stage_model";

/** All models of the recording, shares of steps `ts` and origins of these slots known. */
export async function stageOf(
  name: "memories" | "kinds",
  ts: readonly number[],
  slots: readonly number[] = [],
): Promise<StageModel> {
  stubCanvases();
  const log = goldenLog(name);
  const ledger = new LedgerClient(log, { spawn: null });
  const streams = log.models.map((model) => model.spec.stream);
  const stage = new StageModel(log, ledger, makeInks(DARK, true), streams);
  for (const stream of streams) {
    const bank = stage.bankOf(stream);
    for (const t of ts) {
      for (let head = 0; head < bank.readHeads; head++) await ledger.shares(stream, bank.name, head, t, `test ${head}`);
      for (const index of slots.filter((slot) => slot < stage.lane(stream).slotsAt(t)))
        await ledger.ask({ kind: "slot", stream, bank: bank.name, index, t }, "test slot");
    }
  }
  stage.grow(true);
  return stage;
}
