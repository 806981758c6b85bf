/**
 * The ledger's worker, whose code comes beside the first picture and not before it: there are no arcs to draw until then. What is sent to
 * it meanwhile waits.
 */
import type { WorkerLike } from "./client";
import type { FromWorker, ToWorker } from "./questions";

export class LateWorker implements WorkerLike {
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  onmessageerror: ((event: MessageEvent) => void) | null = null;
  private worker: WorkerLike | null = null;
  private waiting: [ToWorker, Transferable[]][] = [];
  private over = false;

  /** `load` may fail, which is an error of the worker as any other. */
  constructor(load: () => Promise<WorkerLike> = async () => (await import("./spawn")).spawnLedger() as WorkerLike) {
    load().then(
      (worker) => this.begin(worker),
      () => this.onerror?.(new Event("error") as ErrorEvent),
    );
  }

  postMessage(message: ToWorker, transfer: Transferable[]): void {
    if (this.worker) this.worker.postMessage(message, transfer);
    else this.waiting.push([message, transfer]);
  }

  terminate(): void {
    this.over = true;
    this.waiting = [];
    this.worker?.terminate();
  }

  private begin(worker: WorkerLike): void {
    this.worker = worker;
    if (this.over) return worker.terminate();
    worker.onmessage = (event) => this.onmessage?.(event);
    worker.onerror = (event) => this.onerror?.(event);
    worker.onmessageerror = (event) => this.onmessageerror?.(event);
    for (const sent of this.waiting) worker.postMessage(...sent);
    this.waiting = [];
  }
}
