/** Verdicts of the recordings on the first page: asked for one after another, each once, and kept. */

import type { Verdict } from "../wire/wire.gen";

export class Verdicts {
  /** By id; null: there is none. */
  private known = $state.raw<ReadonlyMap<string, Verdict | null>>(new Map());
  private wanted: string[] = [];
  private asking: string | null = null;
  private readonly stopped = new AbortController();

  constructor(private readonly ask: (id: string, signal: AbortSignal) => Promise<Verdict>) {}

  /** Undefined while it is on its way. */
  of(id: string): Verdict | null | undefined {
    return this.known.get(id);
  }

  /** Asks for these before all that are still waiting: they are what is looked at now. */
  wantAll(ids: readonly string[]): void {
    const fresh = ids.filter((id) => !this.known.has(id) && id !== this.asking);
    this.wanted = [...fresh, ...this.wanted.filter((id) => !fresh.includes(id))];
    void this.work();
  }

  stop(): void {
    this.stopped.abort();
    this.wanted = [];
  }

  /** One at a time: a server of two cores has a page to serve besides. */
  private async work(): Promise<void> {
    if (this.asking !== null) return;
    const { signal } = this.stopped;
    for (let id = this.wanted.shift(); id !== undefined && !signal.aborted; id = this.wanted.shift()) {
      this.asking = id;
      const verdict = await this.ask(id, signal).catch(() => null); // a picture with a title is whole without one
      if (signal.aborted) break;
      this.known = new Map(this.known).set(id, verdict);
    }
    this.asking = null;
  }
}
