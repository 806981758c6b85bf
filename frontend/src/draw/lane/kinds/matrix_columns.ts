/** Column source of matrix banks: what each step held, wrote, read and erased, slot by slot. */

import type { ModelLog } from "../../../memory/log";
import type { Reader } from "../../../memory/kinds/base";
import type { MatrixMemory } from "../../../memory/kinds/matrix";
import { foldRows, MAX_ROWS, type Fold } from "../slot_rows";
import { clear, raise } from "../tape";
import { TILE, type Column, type ColumnSource } from "../tape";
import { heads, mean } from "./parts";

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
  readonly fold: Fold;
  private readonly erases: Reader;
  private readonly held: Float32Array;
  private readonly sums: Float32Array;
  /** The step before which `held` holds. */
  private next = -1;
  /** Whether `held` follows from all steps before. */
  private sure = true;
  /** What was held before the first step of a tile. */
  private readonly known = new Map<number, Float32Array>();
  /** What is held before step `front`, which all steps before it have led to. */
  private readonly running: Float32Array;
  private front = 0;
  /** Tiles filled without knowing what was held before, by their first step: the step from which on. */
  private readonly guessed = new Map<number, number>();

  constructor(
    private readonly model: ModelLog,
    private readonly memory: MatrixMemory,
    /** Pixel rows there are to draw on. */
    pixels = 2 * MAX_ROWS,
  ) {
    const { bank } = memory;
    this.erases = model.need(bank.name, "erase");
    this.fold = foldRows(memory.slots(), Math.min(MAX_ROWS, pixels));
    this.rows = this.fold.rows;
    this.halves = pixels >= 2 * this.rows ? 2 : 1;
    this.held = new Float32Array(memory.slots());
    this.sums = new Float32Array(this.held.length);
    this.running = new Float32Array(this.held.length);
  }

  holds(t: number): boolean {
    return this.memory.bank.usage ? this.memory.has(t) : this.model.hasStep(t);
  }

  /** Without usage, what is held follows from all steps before: where they were missing it is looked at again. */
  doubts(t: number): boolean {
    const start = t - (t % TILE);
    const from = this.guessed.get(start);
    if (from === undefined || !this.known.has(start) || !this.model.has(start, from)) return false;
    this.next = -1;
    return this.guessed.delete(start);
  }

  fill(t: number, column: Column): void {
    const { memory } = this;
    const { writeHeads, readHeads, width } = memory.bank;
    const slots = this.held.length;
    clear(column);
    if (t !== this.next) this.enter(t);
    if (t % TILE === 0) this.mark(t);
    this.next = t + 1;
    const writes = heads(writeHeads, (h) => memory.writeRow(h, t));
    const reads = heads(readHeads, (h) => memory.readRow(h, t));
    const erase = this.erases.at(t);
    const strength = writes.map((_, h) => mean(erase, h * width, width));
    const usage = memory.usage(t);
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
      raise(column.write, row, inked(Math.min(1, write), slots));
      raise(column.read, row, inked(read, slots));
      // Without a lower half to itself the erase ink must let the write shine through.
      const gone = Math.max(lost > 0.25 ? lost : 0, freed > 0.25 ? freed : 0);
      raise(column.erase, row, this.halves === 2 ? gone : gone * (write > 0.1 ? 0.35 : 0.8));
    }
  }

  /** What was held before a step that does not follow the last one filled. */
  private enter(t: number): void {
    const { model, memory, held } = this;
    held.fill(0);
    if (memory.bank.usage) {
      if (t > 0 && this.holds(t - 1)) held.set(memory.usage(t - 1)!);
      return;
    }
    this.follow(t);
    const start = t - (t % TILE);
    let from = t;
    this.sure = this.known.has(start) && (t === start || this.model.has(start, t - 1));
    if (this.sure) {
      held.set(this.known.get(start)!);
      from = start;
    } else {
      this.guessed.set(start, from);
      while (from > start && model.hasStep(from - 1)) from--;
    }
    for (; from < t; from++) this.keep(from, held);
  }

  /** Goes on with what is held as far as steps have come one after another, so that a tile can be drawn when they have gone again. */
  follow(steps: number): void {
    if (this.memory.bank.usage) return;
    for (; this.front <= steps; this.front++) {
      if (this.front % TILE === 0) this.known.set(this.front, this.running.slice());
      if (this.front === steps || !this.model.ready(this.front)) return;
      this.keep(this.front, this.running);
    }
  }

  /** Notes what is held before the first step of a tile, or that it is not known. */
  private mark(t: number): void {
    if (this.memory.bank.usage) return;
    if (this.sure) this.known.set(t, this.held.slice());
    else this.guessed.set(t, t);
  }

  /** held ← held · Π_h(1 − w_h · mean(e_h)) + Σ_h w_h of one step. */
  private keep(t: number, held: Float32Array): void {
    const { memory } = this;
    const { writeHeads, width } = memory.bank;
    const erase = this.erases.at(t);
    for (let i = 0; i < held.length; i++) this.sums[i] = 0;
    for (let h = 0; h < writeHeads; h++) {
      const weights = memory.writeRow(h, t);
      const strength = mean(erase, h * width, width);
      for (let i = 0; i < held.length; i++) {
        held[i]! *= 1 - weights[i]! * strength;
        this.sums[i]! += weights[i]!;
      }
    }
    for (let i = 0; i < held.length; i++) held[i] = Math.min(1, held[i]! + this.sums[i]!);
  }
}
