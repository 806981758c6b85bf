/** Column source of attention: steps × time. */

import type { AppendMemory } from "../../../memory/kinds/append";
import { foldRows, MAX_ROWS, type Fold } from "../slot_rows";
import { clear, raise } from "../tape";
import type { Column, ColumnSource } from "../tape";

/**
 * Attention, slots × time: the write lies on the diagonal and stays; reads by maximum over heads and folded slots. In a gated
 * bank only slots that were made are held, and a step that read nothing has no read ink.
 */
export class AppendColumns implements ColumnSource {
  readonly style = "marks";
  readonly halves = 1;
  readonly rows: number;
  readonly fold: Fold;
  private row = new Float32Array(256);
  /** Rows in which something has been written. */
  private readonly made: Uint8Array;
  /** The step before which `made` holds. */
  private next = -1;

  constructor(
    private readonly memory: AppendMemory,
    planned: number,
    pixels = MAX_ROWS,
  ) {
    this.fold = foldRows(planned, Math.min(MAX_ROWS, pixels));
    this.rows = this.fold.rows;
    this.made = new Uint8Array(this.rows);
  }

  /** A row needs the keys of all steps before. */
  holds(t: number): boolean {
    return this.memory.has(t);
  }

  fill(t: number, column: Column): void {
    clear(column);
    const { memory } = this;
    const { gated, readHeads } = memory.bank;
    const { per } = this.fold;
    if (this.row.length < t + 1) this.row = new Float32Array(2 * (t + 1));
    const now = Math.min(this.rows - 1, Math.floor(t / per));
    const acted = memory.acted(t);
    if (t !== this.next) {
      this.made.fill(0);
      if (!gated) this.made.fill(1, 0, now);
      else for (let s = 0; s < t; s++) if (memory.acted(s).write) this.made[Math.floor(s / per)] = 1;
    }
    this.next = t + 1;
    if (acted.write) this.made[now] = 1;
    for (let row = 0; row <= now; row++) column.hold[row] = this.made[row]! * 0.44;
    for (let h = 0; h < readHeads && acted.read; h++) {
      const weights = memory.readRow(h, t, this.row);
      for (let s = 0; s <= t; s++) {
        const weight = weights[s]!;
        if (weight > 2 / Math.max(16, t + 1)) raise(column.read, Math.floor(s / per), Math.min(1, weight * 2.5));
      }
    }
    if (acted.write) column.write[now] = 1;
  }
}
