/** Answers of the ledger so far, counted once a frame however many arrive: sentences that depend on them are made again. */

import type { LedgerClient } from "../memory/worker/client";
import { Frame } from "../ui/canvas";

export class Answers {
  count = $state(0);
  private readonly heard = new Frame(() => this.count++);
  private readonly quiet: () => void;

  constructor(ledger: Pick<LedgerClient, "onAnswer">) {
    this.quiet = ledger.onAnswer(this.heard.mark);
  }

  stop(): void {
    this.quiet();
    this.heard.stop();
  }
}
