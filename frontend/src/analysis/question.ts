/** What a run asks: the stretch that is stored, and the one over which it is asked back. Steps are inclusive. */
import type { TaskEvent } from "../wire/manifest";

export type Span = readonly [first: number, last: number];

export interface Question {
  readonly store: Span;
  readonly recall: Span;
}

/**
 * The question a step belongs to: each begins with something stored, and its recalls are all that follow before the next is
 * stored. Steps before the first belong to the first. Null where nothing is stored or nothing is asked back.
 */
export function questionAt(events: readonly TaskEvent[], t: number): Question | null {
  const all = questionsOf(events);
  return all.findLast(({ store }) => store[0] <= t) ?? all[0] ?? null;
}

export function questionsOf(events: readonly TaskEvent[]): Question[] {
  const found: { store: Span; recall: Span | null }[] = [];
  for (const { kind, step, until } of events) {
    const open = found.at(-1);
    if (kind === "store") {
      // Several stretches one after another are asked for together.
      if (open && open.recall === null) open.store = [open.store[0], until - 1];
      else found.push({ store: [step, until - 1], recall: null });
    } else if (kind === "recall" && open) {
      open.recall = [open.recall?.[0] ?? step, until - 1];
    }
  }
  return found.filter((one): one is Question => one.recall !== null);
}
