/**
 * Trainings in a recording. Streams that are moments of one training are one lane of the stage, and where the stage
 * stands in training chooses which of them it shows: the latest one at or before that update.
 */
import type { ModelSpec } from "../wire/manifest";

export interface Moment {
  readonly stream: number;
  /** Updates of training before it. */
  readonly update: number;
}

/** The streams of one lane. */
export interface TrainingHistory {
  /** What links call the lane: the id of its model, or the name of the checkpoint whose training it is. */
  readonly name: string;
  /** In the order of training; a model that is no moment of a training has one. */
  readonly moments: readonly Moment[];
  /** Updates of the whole training; null where it is none. */
  readonly updates: number | null;
}

/** One per lane, in the order of their first streams. */
export function historiesOf(models: readonly ModelSpec[]): TrainingHistory[] {
  const histories = new Map<string, { name: string; moments: Moment[]; updates: number | null }>();
  for (const { stream, id, training } of models) {
    const moment = { stream, update: training?.update ?? 0 };
    const key = training ? `of ${training.of}` : `id ${id}`;
    const updates = training ? Math.max(training.update, ...training.updates) : null;
    const known = histories.get(key);
    if (known) {
      known.moments.push(moment);
      known.updates = Math.max(known.updates ?? 0, updates ?? 0);
    } else histories.set(key, { name: training?.of ?? id, moments: [moment], updates });
  }
  for (const { moments } of histories.values()) moments.sort((a, b) => a.update - b.update);
  return [...histories.values()];
}

/** Updates at which some lane changes, ascending; none where there is nothing to choose. */
export function updatesOf(histories: readonly TrainingHistory[]): number[] {
  const several = histories.filter(({ moments }) => moments.length > 1);
  return [...new Set(several.flatMap(({ moments }) => moments.map(({ update }) => update)))].sort((a, b) => a - b);
}

/** The checkpoint a model was loaded from: of moments of a training the one it led to. */
export function checkpointOf({ training, checkpoint }: ModelSpec): string | null {
  return training?.of ?? checkpoint?.name ?? null;
}

/** The latest moment at or before an update; the first where there is none. */
export function momentAt({ moments }: TrainingHistory, update: number): Moment {
  return moments.findLast((moment) => moment.update <= update) ?? moments[0]!;
}

/** The stream of every lane. */
export function streamsAt(histories: readonly TrainingHistory[], update: number): number[] {
  return histories.map((history) => momentAt(history, update).stream);
}
