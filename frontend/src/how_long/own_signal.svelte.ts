/** The question of one's own signal: which signal, which models, how long a segment. The signal is chosen as for a new run. */
import { RECALL } from "../wire/task_names";
import type { RetentionRequest } from "../wire/wire.gen";
import { NewRun } from "../new_run/new_run.svelte";

/** What the server measures, as in its schema. */
export const MOST = { segment: 128, delay: 2000, delays: 16 } as const;

/** Delays as typed, "10, 40, 120" -> numbers; null: none are named; a sentence where they cannot be read. */
export function delaysIn(text: string): readonly number[] | null | string {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== "");
  if (parts.length === 0) return null;
  const found = [...new Set(parts.map(Number))];
  if (!parts.every((part) => /^\d{1,6}$/.test(part)) || found.some((delay) => delay > MOST.delay))
    return `Delays are whole numbers of 0 to ${MOST.delay} steps, such as 10, 40, 120.`;
  return found.length > MOST.delays ? `At most ${MOST.delays} delays are measured at a time.` : found;
}

export class OwnSignal {
  readonly run = new NewRun();
  segment = $state<number | null>(24);
  /** As typed; empty: coarse to fine. */
  delays = $state("");

  /** Why it cannot be measured as it is; "" where it can. */
  readonly why = $derived.by(() => {
    const { run } = this;
    if (run.models.running.length === 0) return "Choose at least one model.";
    if (run.filed && !run.held) return run.source === "draw" ? "Draw a signal first." : "Choose a file first.";
    if (run.filed && run.previewError) return "The window cannot be used as it is.";
    const { segment } = this;
    if (segment === null || !Number.isInteger(segment) || segment < 1 || segment > MOST.segment)
      return `A segment has 1 to ${MOST.segment} steps.`;
    const delays = delaysIn(this.delays);
    if (typeof delays === "string") return delays;
    return run.status?.replay_only ? "Live runs are off on this host." : "";
  });

  async load(): Promise<void> {
    this.run.task = RECALL;
    await this.run.load();
  }

  request(): RetentionRequest {
    const signal = this.run.fixed();
    const { models } = this.run.request();
    const delays = delaysIn(this.delays);
    return {
      signal,
      models,
      segment: this.segment ?? 24,
      delays: typeof delays === "string" ? null : delays && [...delays],
      contents: true,
    };
  }
}
