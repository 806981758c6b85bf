/** Column sources: what each kind of bank did at a step, as inks for its tape. Read from the log, in order of steps. */

import { actedAt, attentionRow, readRow, usageAt, writeRow } from "../ledger/banks";
import type { ModelLog } from "../ledger/log";
import type { BankSpec } from "../wire/manifest";
import type { Column, ColumnSource } from "./tape";

/** More slots than this are folded by maximum, never by mean: a single strong read must stay visible. */
export const MOST_ROWS = 128;

export interface Fold {
  rows: number;
  /** Slots per row. */
  per: number;
}

export function foldRows(slots: number, most = MOST_ROWS): Fold {
  const per = Math.max(1, Math.ceil(slots / most));
  return { rows: Math.max(1, Math.ceil(slots / per)), per };
}

/** Weights below twice the uniform one are the floor of a soft address, not an action; they get no ink. */
function inked(weight: number, slots: number): number {
  return weight > 2 / Math.max(4, slots) ? weight : 0;
}

/**
 * NTM and DNC. Held is the model's own usage where it keeps one, else how much of what was written into the slot has
 * survived erasing: held ← held · Π_h(1 − w_h · mean(e_h)) + Σ_h w_h, at most 1. Erased is what that product (or, with
 * usage, a free gate) took away.
 */
export class MatrixColumns implements ColumnSource {
  readonly style = "marks";
  readonly rows: number;
  readonly halves: 1 | 2;
  private readonly fold: Fold;
  private readonly held: Float32Array;

  constructor(
    private readonly model: ModelLog,
    private readonly bank: BankSpec,
    /** Pixel rows there are to draw on. */
    pixels = 2 * MOST_ROWS,
  ) {
    this.fold = foldRows(bank.slots ?? 1, Math.min(MOST_ROWS, pixels));
    this.rows = this.fold.rows;
    this.halves = pixels >= 2 * this.rows ? 2 : 1;
    this.held = new Float32Array(bank.slots ?? 1);
  }

  available(): number {
    return this.model.steps;
  }

  fill(t: number, column: Column): void {
    const { name, writeHeads, readHeads, width } = this.bank;
    const slots = this.held.length;
    clear(column);
    if (t === 0) this.held.fill(0);
    const writes = Array.from({ length: writeHeads }, (_, h) => writeRow(this.model, name, h, t));
    const reads = Array.from({ length: readHeads }, (_, h) => readRow(this.model, name, h, t));
    const erase = this.model.f32(name, "erase")?.at(t);
    const strength = writes.map((_, h) => (erase ? mean(erase, h * width, width) : 0));
    const usage = this.bank.usage ? usageAt(this.model, name, t) : null;
    for (let i = 0; i < slots; i++) {
      let keep = 1;
      let write = 0;
      let read = 0;
      for (let h = 0; h < writeHeads; h++) {
        const w = writes[h]![i]!;
        keep *= 1 - w * strength[h]!;
        write += w;
      }
      for (let h = 0; h < readHeads; h++) read = Math.max(read, reads[h]![i]!);
      const before = this.held[i]!;
      const lost = before * (1 - keep);
      const now = usage ? usage[i]! : Math.min(1, before - lost + write);
      // With usage: what the free gates released is usage that went down although nothing was written here.
      const freed = usage ? Math.max(0, before - now) : 0;
      this.held[i] = now;
      const row = Math.floor(i / this.fold.per);
      raise(column.hold, row, now);
      raise(column.write, row, inked(write, slots));
      raise(column.read, row, inked(read, slots));
      // Without a lower half to itself the erase ink must let the write shine through.
      const gone = Math.max(lost > 0.25 ? lost : 0, freed > 0.25 ? freed : 0);
      raise(column.erase, row, this.halves === 2 ? gone : gone * (write > 0.1 ? 0.35 : 0.8));
    }
  }
}

/**
 * Attention, slots × time: the write lies on the diagonal and stays; reads by maximum over heads and folded slots. In a gated
 * bank only slots that were made are held, and a step that read nothing has no read ink.
 */
export class AppendColumns implements ColumnSource {
  readonly style = "marks";
  readonly halves = 1;
  readonly rows: number;
  private readonly fold: Fold;
  private row = new Float32Array(256);
  /** Rows in which something has been written. */
  private readonly made: Uint8Array;

  constructor(
    private readonly model: ModelLog,
    private readonly bank: BankSpec,
    planned: number,
    pixels = MOST_ROWS,
  ) {
    this.fold = foldRows(planned, Math.min(MOST_ROWS, pixels));
    this.rows = this.fold.rows;
    this.made = new Uint8Array(this.rows);
  }

  available(): number {
    return this.model.steps;
  }

  fill(t: number, column: Column): void {
    clear(column);
    const { name, readHeads } = this.bank;
    const { per } = this.fold;
    if (this.row.length < t + 1) this.row = new Float32Array(2 * (t + 1));
    const now = Math.min(this.rows - 1, Math.floor(t / per));
    const acted = actedAt(this.model, this.bank, t);
    if (t === 0) this.made.fill(0);
    if (acted.write) this.made[now] = 1;
    for (let row = 0; row <= now; row++) column.hold[row] = this.made[row]! * 0.44;
    for (let h = 0; h < readHeads && acted.read; h++) {
      const weights = attentionRow(this.model, name, h, t, this.row);
      for (let s = 0; s <= t; s++) {
        const weight = weights[s]!;
        if (weight > 2 / Math.max(16, t + 1)) raise(column.read, Math.floor(s / per), Math.min(1, weight * 2.5));
      }
    }
    if (acted.write) column.write[now] = 1;
  }
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
    private readonly ready: () => number,
    private readonly longest: number,
  ) {}

  available(): number {
    return this.ready();
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

function raise(rows: Float32Array, row: number, value: number): void {
  if (value > rows[row]!) rows[row] = value;
}

function mean(values: Float32Array, from: number, length: number): number {
  let sum = 0;
  for (let i = from; i < from + length; i++) sum += values[i]!;
  return sum / length;
}
