/** Verdicts of the recordings on the first page: asked for one after another, each once, and kept. */

import type { Verdict } from "../wire/wire.gen";

export class Verdicts {
  /** By id; null: there is none. */
  private known = $state.raw<ReadonlyMap<string, Verdict | null>>(new Map());
  private readonly wanted: string[] = [];
  private busy = false;
  private readonly stopped = new AbortController();

  constructor(private readonly ask: (id: string, signal: AbortSignal) => Promise<Verdict>) {}

  /** Undefined while it is on its way. */
  of(id: string): Verdict | null | undefined {
    return this.known.get(id);
  }

  want(id: string): void {
    if (this.known.has(id) || this.wanted.includes(id)) return;
    this.wanted.push(id);
    void this.work();
  }

  stop(): void {
    this.stopped.abort();
    this.wanted.length = 0;
  }

  /** One at a time: a server of two cores has a page to serve besides. */
  private async work(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    const { signal } = this.stopped;
    while (this.wanted.length && !signal.aborted) {
      const id = this.wanted[0]!;
      const verdict = await this.ask(id, signal).catch(() => null); // a picture with a title is whole without one
      if (signal.aborted) break;
      this.known = new Map(this.known).set(id, verdict);
      this.wanted.shift();
    }
    this.busy = false;
  }
}
