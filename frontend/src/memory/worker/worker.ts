/** Entry of the ledger's worker: everything it does is LedgerService. */
import { LedgerService } from "./questions";
import type { ToWorker } from "./questions";

// The page's TypeScript library has no worker scope; these two members are all that is used of it.
const scope = self as unknown as {
  postMessage(message: unknown, transfer: Transferable[]): void;
  onmessage: (event: MessageEvent<ToWorker>) => void;
};
const service = new LedgerService((message, transfer) => scope.postMessage(message, transfer));
scope.onmessage = (event) => service.receive(event.data);
