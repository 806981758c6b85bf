/** Who asks for a row, and who takes what is known. */
import { expect, it, vi } from "vitest";
import { RecordingLog } from "../log";
import { makeLog } from "../testlog";
import { LedgerClient } from "./client";
import { ShareCache } from "./share_cache";

function cache() {
  const made = makeLog(64, [{ slots: 5, width: 3 }]);
  const log = new RecordingLog(made.manifest);
  for (const message of made.messages) log.append(message.slice());
  const ledger = new LedgerClient(log, { spawn: null });
  const asked = vi.spyOn(ledger, "shares");
  const shares = new ShareCache(log, ledger, () => log.model(0).bank());
  const bank = log.model(0).bank().name;
  return { shares, ledger, bank, steps: () => asked.mock.calls.map(([, , , t]) => t) };
}

it("asks for words about the playhead's step, and for none that it has left", () => {
  const { shares, steps } = cache();
  shares.said(0, 10); // before it has moved
  shares.playhead = 30;
  shares.now(0, 30);
  shares.said(0, 30);
  shares.said(0, 10);
  shares.now(0, 30);
  expect(steps()).toEqual([10, 30]); // the question about step 30 was asked once, and nothing took its place
});

it("shows words of a step that was left what is known of it, or else the last row there was", async () => {
  const { shares, ledger, bank } = cache();
  await ledger.shares(0, bank, 0, 20);
  const row = shares.now(0, 20);
  expect(row!.length).toBe(22);
  shares.playhead = 30;
  shares.now(0, 30);
  expect(shares.said(0, 20)).toBe(row);
  expect(shares.said(0, 10)).toBe(row);
});
