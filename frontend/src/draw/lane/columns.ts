/** Column sources: what each kind of bank did at a step, as inks for its tape. Read from the log, in order of steps. */

import { actedAt, attentionRow, readRow, usageAt, writeRow } from "../../memory/banks";
import type { ModelLog } from "../../memory/log";
import { KEYFRAME_EVERY, type BankSpec } from "../../wire/manifest";
import { TILE, type Column, type ColumnSource } from "./tape";

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

/** Whether the state after step t can be rebuilt: the steps since the last keyframe are there, and it. */
export function holdsState(model: ModelLog, t: number): boolean {
  if (!model.hasStep(t)) return false;
  if (t < model.steps) return true;
  const k = Math.floor(t / KEYFRAME_EVERY);
  return model.has(k * KEYFRAME_EVERY, t) && (model.spec.keyframe.bytes === 0 || model.keyframe(k) !== null);
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
  private readonly sums: Float32Array;
  /** The step before which `held` holds. */
  private next = -1;
  /** Whether `held` follows from all steps before. */
  private sure = true;
  /** What was held before the first step of a tile. */
  private readonly known = new Map<number, Float32Array>();
  /** Tiles filled without knowing what was held before, by their first step: the step from which on. */
  private readonly guessed = new Map<number, number>();

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
    this.sums = new Float32Array(this.held.length);
  }

  holds(t: number): boolean {
    return this.bank.usage ? holdsState(this.model, t) : this.model.hasStep(t);
  }

  /** Without usage, what is held follows from all steps before: where they were missing it is looked at again. */
  doubts(t: number): boolean {
    const start = t - (t % TILE);
    if (!((this.guessed.get(start) ?? Infinity) <= this.model.steps)) return false;
    this.next = -1;
    return this.guessed.delete(start);
  }

  fill(t: number, column: Column): void {
    const { name, writeHeads, readHeads, width } = this.bank;
    const slots = this.held.length;
    clear(column);
    if (t !== this.next) this.enter(t);
    if (t % TILE === 0) this.mark(t);
    this.next = t + 1;
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

  /** What was held before a step that does not follow the last one filled. */
  private enter(t: number): void {
    const { model, bank, held } = this;
    held.fill(0);
    if (bank.usage) {
      if (t > 0 && this.holds(t - 1)) held.set(usageAt(model, bank.name, t - 1));
      return;
    }
    let from = t;
    this.sure = t <= model.steps;
    if (this.sure) {
      for (from -= t % TILE; from > 0 && !this.known.has(from);) from -= TILE;
      held.set(this.known.get(from) ?? new Float32Array(held.length));
    } else {
      this.guessed.set(from - (from % TILE), from);
      while (from > t - (t % TILE) && model.hasStep(from - 1)) from--;
    }
    for (; from < t; from++) this.keep(from);
  }

  /** Notes what is held before the first step of a tile, or that it is not known. */
  private mark(t: number): void {
    if (this.bank.usage) return;
    if (this.sure) this.known.set(t, this.held.slice());
    else this.guessed.set(t, t);
  }

  /** held ← held · Π_h(1 − w_h · mean(e_h)) + Σ_h w_h of one step. */
  private keep(t: number): void {
    const { name, writeHeads, width } = this.bank;
    if (t % TILE === 0) this.mark(t);
    const erase = this.model.f32(name, "erase")?.at(t);
    for (let i = 0; i < this.held.length; i++) this.sums[i] = 0;
    for (let h = 0; h < writeHeads; h++) {
      const weights = writeRow(this.model, name, h, t);
      const strength = erase ? mean(erase, h * width, width) : 0;
      for (let i = 0; i < this.held.length; i++) {
        this.held[i]! *= 1 - weights[i]! * strength;
        this.sums[i]! += weights[i]!;
      }
    }
    for (let i = 0; i < this.held.length; i++) this.held[i] = Math.min(1, this.held[i]! + this.sums[i]!);
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
  /** The step before which `made` holds. */
  private next = -1;

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

  /** A row needs the keys of all steps before. */
  holds(t: number): boolean {
    return t < this.model.steps;
  }

  fill(t: number, column: Column): void {
    clear(column);
    const { name, readHeads } = this.bank;
    const { per } = this.fold;
    if (this.row.length < t + 1) this.row = new Float32Array(2 * (t + 1));
    const now = Math.min(this.rows - 1, Math.floor(t / per));
    const acted = actedAt(this.model, this.bank, t);
    if (t !== this.next) {
      this.made.fill(0);
      if (!this.bank.gated) this.made.fill(1, 0, now);
      else for (let s = 0; s < t; s++) if (actedAt(this.model, this.bank, s).write) this.made[Math.floor(s / per)] = 1;
    }
    this.next = t + 1;
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

function raise(rows: Float32Array, row: number, value: number): void {
  if (value > rows[row]!) rows[row] = value;
}

function mean(values: Float32Array, from: number, length: number): number {
  let sum = 0;
  for (let i = from; i < from + length; i++) sum += values[i]!;
  return sum / length;
}
