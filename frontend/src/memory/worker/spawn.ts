// Inlined: an exported page is one file, and a file opened from disk may not load a second one.
import LedgerWorker from "./worker?worker&inline";

/** Starts the ledger's worker. Throws where the page may not have one. */
export function spawnLedger(): Worker {
  return new LedgerWorker({ name: "ledger" });
}
