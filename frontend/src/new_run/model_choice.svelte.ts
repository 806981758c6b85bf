/** Which models run side by side, with their training or as they were in the end, and what a step of all of them costs. */

import { HUES, hueOf } from "../draw/ink/tokens";
import type { ModelCard } from "../wire/wire.gen";

/** Models that a newcomer's run begins with, one of each kind: more lanes than four are hard to read at first. */
const FIRST = ["lstm", "transformer", "ntm", "dnc"];

export class ModelChoice {
  /** All checkpoints of this server. */
  cards = $state.raw<readonly ModelCard[]>([]);
  chosen = $state.raw<ReadonlySet<string>>(new Set());
  /** Models that run as they were all along their training, where moments of it were set aside. */
  private trained = $state.raw<ReadonlySet<string>>(new Set());
  private readonly task: () => string;

  /** Those that can do this task, in the order of their hues. */
  readonly able = $derived.by(() =>
    this.cards
      .filter((card) => card.task === this.task())
      .sort((a, b) => HUES.indexOf(hueOf(a.glyph)) - HUES.indexOf(hueOf(b.glyph))),
  );
  readonly running = $derived(this.able.filter((card) => this.chosen.has(card.model)));
  /** Models that run side by side, every moment of a training counted. */
  readonly streams = $derived(this.running.reduce((sum, card) => sum + this.moments(card), 0));
  /** Milliseconds of one step of all of them, as measured on this host; null while one is not measured. */
  readonly ms = $derived(this.summed((card) => card.measured_ms_per_step));
  /** Bytes that one step of all of them records, before compression. */
  readonly bytes = $derived(this.summed((card) => card.bytes_per_step));

  constructor(task: () => string) {
    this.task = task;
  }

  /** What the server has; one of each kind is chosen. */
  load(cards: readonly ModelCard[]): void {
    this.cards = cards;
    this.chosen = new Set(FIRST);
  }

  toggle(model: string): void {
    this.chosen = toggled(this.chosen, model);
  }

  /** A model with its training, or as it was in the end. */
  train(model: string): void {
    this.trained = toggled(this.trained, model);
  }

  learns(card: ModelCard): boolean {
    return card.snapshots.length > 1 && this.trained.has(card.model);
  }

  /** As the server is asked for them. */
  get names(): string[] {
    return this.running.map((card) => (this.learns(card) ? `${card.model}@*` : card.model));
  }

  /** Models that a card stands for: 1, or the moments of its training. */
  private moments(card: ModelCard): number {
    return this.learns(card) ? card.snapshots.length : 1;
  }

  /** A figure of one step summed over all that will run; null while it is not known of one of them. */
  private summed(figure: (card: ModelCard) => number | null): number | null {
    let sum = 0;
    for (const card of this.running) {
      const one = figure(card);
      if (one === null) return null;
      sum += one * this.moments(card);
    }
    return this.running.length ? sum : null;
  }
}

function toggled(set: ReadonlySet<string>, one: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(one)) next.add(one);
  return next;
}
