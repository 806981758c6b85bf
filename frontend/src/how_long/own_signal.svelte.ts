/** The question of one's own signal: which signal, which models, how long a segment. The signal is chosen as for a new run. */
import { RECALL } from "../wire/task_names";
import type { RetentionRequest } from "../wire/wire.gen";
import { NewRun } from "../new_run/new_run.svelte";

export const SEGMENTS = [8, 16, 24, 32] as const;

export class OwnSignal {
  readonly run = new NewRun();
  segment = $state(24);
  /** The upload whose window has been widened: once, so that what the user chooses stays. */
  private widened: string | null = null;

  /** Why it cannot be measured as it is; "" where it can. */
  readonly why = $derived.by(() => {
    const { run } = this;
    if (run.running.length === 0) return "Choose at least one model.";
    if (run.filed && !run.held) return run.source === "draw" ? "Draw a signal first." : "Choose a file first.";
    if (run.filed && run.previewError) return "The window cannot be used as it is.";
    return run.status?.replay_only ? "Live runs are off on this host." : "";
  });

  async load(): Promise<void> {
    this.run.task = RECALL;
    await this.run.load();
  }

  /** The more of a series, the more windows: all of a new file is taken, as far as the server allows. For an effect. */
  widen(): void {
    const { run } = this;
    if (!run.held || run.held.id === this.widened) return;
    this.widened = run.held.id;
    run.stop = Math.min(run.held.report.rows, run.rowsMost);
  }

  request(): RetentionRequest {
    const { signal, models } = this.run.request();
    return { signal, models, segment: this.segment };
  }
}
