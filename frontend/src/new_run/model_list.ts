/** The models of a task as a list: by family, and beside each the one figure that says how well it remembers. */

import { small } from "../draw/ink/format";
import type { ModelCard } from "../wire/wire.gen";

export interface Family {
  /** "": models of one's own. */
  readonly name: string;
  readonly cards: readonly ModelCard[];
}

/** In the order in which a family's first model comes; cards keep theirs. */
export function families(cards: readonly ModelCard[]): Family[] {
  const found = new Map<string, ModelCard[]>();
  for (const card of cards) found.set(card.family, [...(found.get(card.family) ?? []), card]);
  return [...found].map(([name, members]) => ({ name, cards: members }));
}

export interface Figure {
  /** Head of the column. */
  readonly name: string;
  readonly says: string;
  readonly of: (card: ModelCard) => string;
}

/** How long each of them remembers, where that was measured; else the result that most of their cards begin with. */
export function figure(cards: readonly ModelCard[]): Figure | null {
  if (cards.some(({ horizon }) => horizon !== null))
    return {
      name: "error ≤ 0.5 up to a delay of",
      says: "Steps of delay up to which it replays with an error of at most 0.5, on held-out mixtures, a segment of 24 steps: see How long?",
      of: ({ horizon }) => horizon?.replace(/^not at.*/, "never") ?? "",
    };
  const counts = new Map<string, number>();
  for (const card of cards) {
    const name = firstResult(card)?.[0];
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const name = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
  if (name === undefined) return null;
  return {
    name: name.replaceAll("_", " "),
    says: "Result of the checkpoint on held-out data",
    of: ({ metrics }) => {
      const value = metrics[name];
      return typeof value === "number" ? small(value) : "";
    },
  };
}

/** The first plain number among the measured results, with its name. */
function firstResult({ metrics }: ModelCard): [string, number] | null {
  return Object.entries(metrics).find((entry): entry is [string, number] => typeof entry[1] === "number") ?? null;
}
