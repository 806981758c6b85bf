/** The verdict of the recording that is open: asked for when there is something to judge, and again when there is more. */

import { questionsOf } from "../../analysis/question";
import type { TaskEvent } from "../../wire/manifest";
import type { Verdict } from "../../wire/verdict";

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
  private asked: string | null = null;
  private stopped = new AbortController();

  constructor(
    private readonly events: readonly TaskEvent[],
    /** Gives the verdict over what there is now. */
    private readonly ask: (signal: AbortSignal) => Promise<Verdict>,
  ) {}

  /** Whether a run has come to a question's end, so that something can be said. */
  due({ live, total }: Progress): boolean {
    return !live || this.answered(total) > 0;
  }

  /** Asks once for every state of the run that says something new. */
  follow(progress: Progress): void {
    const key = progress.live ? `${this.answered(progress.total)}` : "all";
    if (!this.due(progress) || key === this.asked) return;
    this.asked = key;
    const { signal } = this.stopped;
    this.ask(signal).then(
      (verdict) => {
        if (key !== this.asked || signal.aborted) return;
        this.value = verdict;
        this.reason = "";
      },
      (error: unknown) => {
        if (key === this.asked && !signal.aborted) this.reason = error instanceof Error ? error.message : String(error);
      },
    );
  }

  stop(): void {
    this.stopped.abort();
  }

  /** Questions whose last step has come. */
  private answered(total: number): number {
    return questionsOf(this.events).filter(({ recall }) => recall[1] < total).length;
  }
}
