/** The verdict of a recording, as the server gives it and an exported page carries it. */

/** How one model did, best first. */
export interface Ranked {
  readonly model: string;
  readonly label: string;
  /** Root mean square of what is wrong over that of what was asked for; of bits the part that is wrong. Null: not asked. */
  readonly error: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** The error in the signal's own unit. */
  readonly unit_error: number | null;
  readonly unit: string | null;
  /** Part of the reads that comes from the moment asked for, ± 1 step; null where no ledger says. */
  readonly right_share: number | null;
  /** Numbers kept between steps; `floats_grow`: with every step. */
  readonly floats: number | null;
  readonly floats_grow: boolean;
  readonly ms_per_step: number | null;
  /** No difference to the one before that the data could show. */
  readonly tied: boolean;
  /** The clauses of this model, as one sentence. */
  readonly because: string;
}

/** A statement with the moment that shows it. */
export interface Clause {
  readonly text: string;
  readonly model: string;
  readonly step: number;
}

export interface Verdict {
  readonly question: string;
  readonly when: string;
  /** What cannot be said, and why. */
  readonly note: string | null;
  /** The step that shows the answer best. */
  readonly poster: number | null;
  readonly store: readonly [number, number] | null;
  readonly recall: readonly [number, number] | null;
  /** Signals it rests on. */
  readonly n: number;
  readonly ranking: readonly Ranked[];
  readonly clauses: readonly Clause[];
}
