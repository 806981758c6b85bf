/** What models can be asked to do, as the page offers it: sentence, knobs with their ranges, steps that follow from them. */

import type { TaskCard } from "../wire/wire.gen";
import { RECALL } from "./plan";

export interface Knob {
  /** Key of the task's parameters. */
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  readonly start: number;
  readonly least: number;
  readonly most: number;
  readonly says: string;
}

export interface TaskPlan {
  /** Where it is written otherwise than the server's name with a capital letter. */
  readonly title?: string;
  readonly says: string;
  /** Runs on a signal of the user's; the others make their own bits from the seed. */
  readonly signal: boolean;
  readonly knobs: readonly Knob[];
  /** Steps of a run; of a task on a signal the signal's own. */
  readonly steps: (options: Readonly<Record<string, number>>) => number;
}

function knob(
  name: string,
  label: string,
  unit: string,
  [start, least, most]: readonly [number, number, number],
  says: string,
): Knob {
  return { name, label, unit, start, least, most, says };
}

const of = (options: Readonly<Record<string, number>>, name: string): number => options[name] ?? 0;
const AGAIN = "Times over, without clearing the memory";

export const TASKS: Readonly<Record<string, TaskPlan>> = {
  "signal-recall": {
    says: "A marked segment of the signal has to be held while the signal goes on, and be replayed after a cue. The models have not seen your signal before.",
    signal: true,
    knobs: [
      knob(
        "segment",
        "Segment",
        "steps",
        [RECALL.segment.start, RECALL.segment.least, RECALL.segment.most],
        "Steps to hold",
      ),
      knob(
        "delay",
        "Delay",
        "steps",
        [RECALL.delay.start, RECALL.delay.least, RECALL.delay.most],
        "Steps between the segment and the cue",
      ),
      knob(
        "lead",
        "Lead",
        "steps",
        [RECALL.lead.start, RECALL.lead.least, RECALL.lead.most],
        "Steps of signal before the first segment",
      ),
      knob(
        "rounds",
        "Rounds",
        "",
        [1, 1, Infinity],
        `${AGAIN}; as many as the signal has room for. The models were trained on up to three.`,
      ),
    ],
    steps: () => 0,
  },
  forecast: {
    says: "The next value of the signal has to be told at every step after some listening. The models have not seen your signal before.",
    signal: true,
    knobs: [
      knob("context", "Listening", "steps", [48, 4, 400], "Steps to listen before the first forecast"),
      knob("free", "Alone from", "", [0, 0, 4000], "Step from which it hears only its own forecasts; 0 means never"),
    ],
    steps: () => 0,
  },
  copy: {
    says: "Random bit vectors in, the same vectors out. The task makes its own input from the seed.",
    signal: false,
    knobs: [
      knob("length", "Vectors", "", [20, 1, 60], "Bit vectors to copy each time"),
      knob("rounds", "Rounds", "", [3, 1, 12], AGAIN),
    ],
    steps: (o) => of(o, "rounds") * (2 * of(o, "length") + 1),
  },
  "repeat-copy": {
    says: "Random bit vectors in, the same vectors out several times, then an end marker. The number of times is an input.",
    signal: false,
    knobs: [
      knob("length", "Vectors", "", [5, 1, 20], "Bit vectors to copy"),
      knob("repeats", "Repeats", "", [5, 1, 20], "Times to repeat them; trained on up to ten"),
    ],
    steps: (o) => of(o, "length") + 2 + of(o, "length") * of(o, "repeats"),
  },
  "associative-recall": {
    says: "Several items of three bit vectors are shown; asked with one of them, the one that followed it has to be told.",
    signal: false,
    knobs: [knob("items", "Items", "", [6, 2, 20], "Items to remember; trained on up to six")],
    steps: (o) => 4 * of(o, "items") + 8,
  },
  ngrams: {
    title: "N-grams",
    says: "The next bit of a random source has to be guessed; its odds depend on the five bits before.",
    signal: false,
    knobs: [knob("length", "Bits", "", [200, 20, 1000], "Bits of the sequence")],
    steps: (o) => of(o, "length"),
  },
  "priority-sort": {
    says: "Bit vectors come with priorities; those of the highest have to be told in their order.",
    signal: false,
    knobs: [knob("items", "Vectors", "", [20, 5, 40], "Vectors to sort")],
    steps: (o) => of(o, "items") + 1 + Math.floor(0.8 * of(o, "items")),
  },
};

/**
 * How a task is offered: in this page's own words where it has them, else in the server's, with a number for each of its
 * options. How many steps such a run takes is known to the task alone.
 */
export function taskPlan(name: string, cards: readonly TaskCard[] = []): TaskPlan {
  const own = TASKS[name];
  if (own) return own;
  const card = cards.find((card) => card.name === name);
  return {
    says: card?.description ?? "This task takes its own defaults.",
    signal: card?.takes_signal ?? false,
    knobs: (card?.options ?? []).map(({ name, label, default: start, low, high }) =>
      knob(name, label, "", [start, low, high], `${label}: a whole number of ${low} to ${high}`),
    ),
    steps: () => 0,
  };
}

export function defaults(plan: TaskPlan): Record<string, number> {
  return Object.fromEntries(plan.knobs.map(({ name, start }) => [name, start]));
}
