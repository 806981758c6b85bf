/** Lag rows: what any memory can show, the shares of its reads by how far back they were written. */

import { clear, type Column, type ColumnSource } from "./tape";

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
