/** Column sources of states without slots: units × time of LSTM and GRU cells and of recurrent states. */

import { unitsAt } from "../../memory/banks";
import type { ModelLog } from "../../memory/log";
import type { BankSpec } from "../../wire/manifest";
import { clear, foldRows, holdsState, MOST_ROWS, type Fold } from "./columns";
import type { Column, ColumnSource } from "./tape";

/** Rows of a state: its units are many and alike, and two pixels a row are calmer than one. */
const MOST_UNITS = 64;

/**
 * Units from slow to fast, by their measured time constant: of a cell the mean forget gate f̄ (−1 / ln f̄ steps); of a recurrent
 * state, which has no gate, how much each unit resembles itself one step before (its autocorrelation r₁, −1 / ln r₁ steps).
 */
export function slowestFirst(model: ModelLog, bank: BankSpec, steps: number): Uint16Array {
  const slowness = bank.kind === "cell" ? meanForget(model, bank, steps) : autocorrelation(model, bank, steps);
  return Uint16Array.from(Array.from(slowness.keys()).sort((a, b) => slowness[b]! - slowness[a]! || a - b));
}

function meanForget(model: ModelLog, bank: BankSpec, steps: number): Float64Array {
  const sums = new Float64Array(bank.width);
  const forget = model.need(bank.name, "forget_gate");
  for (let t = 0; t < steps; t++) {
    const f = forget.at(t);
    for (let u = 0; u < sums.length; u++) sums[u]! += f[u]! / steps;
  }
  return sums;
}

function autocorrelation(model: ModelLog, bank: BankSpec, steps: number): Float64Array {
  const mean = new Float64Array(bank.width);
  for (let t = 0; t < steps; t++) unitsAt(model, bank.name, t).forEach((h, u) => (mean[u]! += h / steps));
  const own = new Float64Array(bank.width);
  const shifted = new Float64Array(bank.width);
  const before = new Float64Array(bank.width);
  for (let t = 0; t < steps; t++) {
    const h = unitsAt(model, bank.name, t);
    for (let u = 0; u < own.length; u++) {
      const x = h[u]! - mean[u]!;
      own[u]! += x * x;
      shifted[u]! += x * before[u]!;
      before[u] = x;
    }
  }
  return shifted.map((sum, u) => (own[u]! > 0 ? sum / own[u]! : 1)); // a unit that never moves is the slowest
}

/** What step t put into each unit: i ⊙ g of a cell, ρ ⊙ d of a recurrent state. */
export function writtenAt(model: ModelLog, bank: BankSpec, t: number): Float32Array {
  const gate = model.need(bank.name, bank.kind === "cell" ? "input_gate" : "slopes").at(t);
  return model
    .need(bank.name, "write_vectors")
    .at(t)
    .map((v, u) => v * gate[u]!);
}

/** What counts as much in a state: fixed limits of its size, of what is written and of what is read over the recording. */
export interface UnitLimits {
  held: number;
  write: number;
  read: number;
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
  private readonly fold: Fold;
  private readonly before: Float32Array;
  /** The step that `before` is about. */
  private next = -1;

  constructor(
    private readonly model: ModelLog,
    private readonly bank: BankSpec,
    public order: Uint16Array,
    public limits: UnitLimits,
    pixels = MOST_ROWS,
  ) {
    this.fold = foldRows(bank.width, Math.min(MOST_UNITS, pixels));
    this.rows = this.fold.rows;
    this.before = new Float32Array(bank.width);
  }

  /** The state is rebuilt from the keyframe before. */
  holds(t: number): boolean {
    return holdsState(this.model, t);
  }

  fill(t: number, column: Column): void {
    const { model, bank } = this;
    const forget = bank.kind === "cell" ? model.need(bank.name, "forget_gate").at(t) : null;
    const output = bank.kind === "cell" && !bank.direct ? model.need(bank.name, "read_vectors").at(t) : null;
    const written = writtenAt(model, bank, t);
    const state = unitsAt(model, bank.name, t);
    clear(column);
    if (t !== this.next) this.enter(t);
    this.next = t + 1;
    const { per } = this.fold;
    this.order.forEach((u, place) => {
      const row = Math.floor(place / per);
      const share = 1 / Math.min(per, this.order.length - row * per);
      const held = Math.min(1, Math.abs(state[u]!) / this.limits.held);
      const wrote = Math.min(1, Math.abs(written[u]!) / this.limits.write);
      const read = output ? Math.min(1, Math.abs(output[u]!) / this.limits.read) : 0;
      const forgot = forget ? (1 - forget[u]!) * this.before[u]! : 0;
      column.hold[row]! += share * 0.9 * held;
      column.write[row]! += share * 0.85 * wrote ** 1.5;
      column.read[row]! += share * 0.3 * read ** 2; // the tape takes the root: 0.55 · |h| / limit
      // Every other cell, so that an area of forgetting reads as a hatch.
      if ((t + row) % 2 === 0) column.erase[row]! += share * Math.min(0.6, Math.max(0, (forgot - 0.25) * 1.6));
      this.before[u] = held;
    });
  }

  /** `before` of a step that does not follow the last one filled. */
  private enter(t: number): void {
    this.before.fill(0);
    if (t === 0 || !this.holds(t - 1)) return;
    unitsAt(this.model, this.bank.name, t - 1).forEach((c, u) => {
      this.before[u] = Math.min(1, Math.abs(c) / this.limits.held);
    });
  }
}
