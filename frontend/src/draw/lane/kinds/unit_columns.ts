/** Column source of states without slots: units × time of cells and of recurrent states. */

import type { UnitMemory } from "../../../memory/kinds/units";
import { foldRows, MAX_ROWS, type Fold } from "../slot_rows";
import { clear } from "../tape";
import type { Column, ColumnSource } from "../tape";

/** Rows of a state: its units are many and alike, and two pixels a row are calmer than one. */
const MAX_UNITS = 64;

/** What counts as much in a state: fixed limits of its size, of what is written and of what is read over the recording. */
export interface UnitLimits {
  held: number;
  write: number;
  read: number;
}

/** What of a state its columns show beside content and write; null where there is no such thing. */
export interface UnitGates {
  /** What each unit keeps of itself, 0 … 1. */
  readonly forget: ((t: number) => Float32Array) | null;
  /** What is read, where that is not the state itself. */
  readonly output: ((t: number) => Float32Array) | null;
}

/**
 * Held is the size of the state, written |i ⊙ g| (|ρ ⊙ d|), each relative to its limit over the recording, because some networks
 * live in ±0.1 and others in ±1. An LSTM also shows what is read, |h|; where the state itself is read (GRU, RNN) that would be
 * the same picture again. Forgotten is (1 − f) · |c before|; a recurrent state has no gate that forgets. Write is taken to the
 * power 1.5: in a state every unit does a little of everything at every step, and what stands out is what is looked for. Rows
 * follow `order`; several units of a row are averaged, because all of them are always in use.
 */
export class UnitColumns implements ColumnSource {
  readonly style = "marks";
  readonly halves = 1;
  readonly rows: number;
  readonly fold: Fold;
  private readonly before: Float32Array;
  /** The step that `before` is about. */
  private next = -1;

  constructor(
    private readonly memory: UnitMemory,
    private readonly gates: UnitGates,
    public order: Uint16Array,
    public limits: UnitLimits,
    pixels = MAX_ROWS,
  ) {
    this.fold = foldRows(memory.bank.width, Math.min(MAX_UNITS, pixels));
    this.rows = this.fold.rows;
    this.before = new Float32Array(memory.bank.width);
  }

  /** The state is rebuilt from the keyframe before. */
  holds(t: number): boolean {
    return this.memory.has(t);
  }

  fill(t: number, column: Column): void {
    const { memory, gates, order, limits, before } = this;
    const forget = gates.forget && gates.forget(t);
    const output = gates.output && gates.output(t);
    const written = memory.written(t);
    const state = memory.content(t);
    clear(column);
    if (t !== this.next) this.enter(t);
    this.next = t + 1;
    const { per } = this.fold;
    for (let place = 0; place < order.length; place++) {
      const u = order[place]!;
      const row = Math.floor(place / per);
      const share = 1 / Math.min(per, order.length - row * per);
      const held = Math.min(1, Math.abs(state[u]!) / limits.held);
      const wrote = Math.min(1, Math.abs(written[u]!) / limits.write);
      const read = output ? Math.min(1, Math.abs(output[u]!) / limits.read) : 0;
      const forgot = forget ? (1 - forget[u]!) * before[u]! : 0;
      column.hold[row]! += share * 0.9 * held;
      column.write[row]! += share * 0.85 * wrote ** 1.5;
      column.read[row]! += share * 0.3 * read ** 2; // the tape takes the root: 0.55 · |h| / limit
      // Every other cell, so that an area of forgetting reads as a hatch.
      if ((t + row) % 2 === 0) column.erase[row]! += share * Math.min(0.6, Math.max(0, (forgot - 0.25) * 1.6));
      before[u] = held;
    }
  }

  /** `before` of a step that does not follow the last one filled. */
  private enter(t: number): void {
    this.before.fill(0);
    if (t === 0 || !this.holds(t - 1)) return;
    this.memory.content(t - 1).forEach((c, u) => {
      this.before[u] = Math.min(1, Math.abs(c) / this.limits.held);
    });
  }
}
