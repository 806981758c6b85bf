/** The verdict of the recording that is open. It is reached when the run has ended, not before. */

import type { Verdict } from "../../wire/wire.gen";

/** What it follows of a session. */
export interface Progress {
  readonly live: boolean;
  /** Steps there are. */
  readonly total: number;
}

export class VerdictState {
  value = $state.raw<Verdict | null>(null);
  /** Why there is none; "" while it is on its way or not due. */
  reason = $state("");
  private asked = false;
  private readonly stopped = new AbortController();

  constructor(private readonly ask: (signal: AbortSignal) => Promise<Verdict>) {}

  due({ live, total }: Progress): boolean {
    return !live && total > 0;
  }

  /** Asks once, when it is due. */
  follow(progress: Progress): void {
    if (!this.due(progress) || this.asked) return;
    this.asked = true;
    const { signal } = this.stopped;
    this.ask(signal).then(
      (verdict) => {
        if (!signal.aborted) this.value = verdict;
      },
      (error: unknown) => {
        if (!signal.aborted) this.reason = error instanceof Error ? error.message : String(error);
      },
    );
  }

  stop(): void {
    this.stopped.abort();
  }
}
