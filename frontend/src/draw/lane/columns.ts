/** What column sources share, and the one that any memory has: the shares of its reads by lag. Each kind has its own (lane/kinds). */

import type { Column, ColumnSource } from "./tape";

/** More slots than this are folded by maximum, never by mean: a single strong read must stay visible. */
export const MAX_ROWS = 128;

export interface Fold {
  rows: number;
  /** Slots per row. */
  per: number;
}

export function foldRows(slots: number, most = MAX_ROWS): Fold {
  const per = Math.max(1, Math.ceil(slots / most));
  return { rows: Math.max(1, Math.ceil(slots / per)), per };
}

/** Rows of the lag view: log lag, shared by all models. */
export const LAG_ROWS = 64;

/** Row of a lag in a run whose largest lag is `longest`. */
export function lagRow(lag: number, longest: number): number {
  return Math.min(LAG_ROWS - 1, Math.floor((Math.log1p(lag) / Math.log1p(Math.max(8, longest))) * LAG_ROWS));
}

/**
 * Share of the read by how far back it was written, any model; negative shares count by their size. A short lag fills all the
 * rows up to the next one, many long lags share a row.
 */
export class LagColumns implements ColumnSource {
  readonly style = "ramp";
  readonly halves = 1;
  readonly rows = LAG_ROWS;

  constructor(
    private readonly shares: (t: number) => ArrayLike<number> | null,
    private readonly longest: number,
  ) {}

  holds(t: number): boolean {
    return this.shares(t) !== null;
  }

  fill(t: number, column: Column): void {
    clear(column);
    const row = this.shares(t);
    if (!row) return;
    for (let s = 0; s <= t; s++) {
      const share = Math.abs(row[s + 1]!);
      const from = lagRow(t - s, this.longest);
      const until = Math.max(from + 1, lagRow(t - s + 1, this.longest));
      for (let k = from; k < until; k++) column.read[k]! += share;
    }
  }
}

export function clear(column: Column): void {
  column.hold.fill(0);
  column.read.fill(0);
  column.write.fill(0);
  column.erase.fill(0);
}

export function raise(rows: Float32Array, row: number, value: number): void {
  if (value > rows[row]!) rows[row] = value;
}
