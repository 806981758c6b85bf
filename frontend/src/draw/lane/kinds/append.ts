/** Layers of attention as a lane draws them: a row a step, the write on the diagonal, the rows of attention as reads. */

import type { ModelLog } from "../../../memory/log";
import type { AppendMemory } from "../../../memory/kinds/append";
import type { Fold } from "../slot_rows";
import { num } from "../../ink/format";
import type { Gauge, Phase } from "../gauge";
import type { ColumnSource } from "../tape";
import { AppendColumns } from "./append_columns";
import type { Block, Dial, Drawn, NowPicture, Standing, Wording } from "./base";
import { foldMax, heads, largest, Limits, strongest, readHere, writtenHere } from "./parts";

/** Heads that have a dial, the first ones: more would not fit into a low lane. */
const HEADS = 2;

/** Numbers of each slot that the cut shows: of the first head, so that key and value stay legible side by side. */
const SHOWN = 10;

class AppendDrawn implements Drawn {
  readonly wording = WORDING;
  readonly order = null;
  readonly heads = 1;
  readonly erases = false;
  readonly marksRows = true;
  readonly limits = new Limits();
  readonly usageLimit = 1;
  readonly gauges: readonly Gauge[];
  private readonly found: Phase[] = [];
  private next = 0;

  constructor(
    private readonly model: ModelLog,
    private readonly memory: AppendMemory,
    readonly places: number,
  ) {
    const ponder = model.f32(null, "ponder");
    this.gauges = ponder ? [{ name: "ponder", at: (t) => Math.min(1, ponder.at(t)[0]! / mostPonder(model)) }] : [];
  }

  fit(pixels: number): { fold: Fold; columns: ColumnSource } {
    const columns = new AppendColumns(this.memory, this.places, pixels);
    return { fold: columns.fold, columns };
  }

  measure(steps: readonly number[]): void {
    for (const name of ["keys", "values"]) {
      const reader = this.model.need(this.memory.bank.name, name);
      this.limits.raise(
        name,
        steps.map((t) => reader.at(t)),
      );
    }
  }

  cut(t: number, { rows, per }: Fold): NowPicture {
    const { memory } = this;
    const { readHeads } = memory.bank;
    const filled = Math.min(rows, Math.floor(t / per) + 1);
    const weights = new Float32Array(t + 1);
    const reads = heads(readHeads, (h) => {
      const row = memory.readRow(h, t);
      for (let s = 0; s <= t; s++) weights[s]! += row[s]! / readHeads;
      return foldMax(row, rows, per, t + 1);
    });
    const write = new Float32Array(rows);
    if (memory.acted(t).write) write[filled - 1] = 1;
    return {
      t,
      rows,
      per,
      filled,
      blocks: ["keys", "values"].map((name) => this.block(name, t, rows, per, filled)),
      writes: [write],
      reads,
      arrows: true,
      usage: foldMax(weights, rows, per, t + 1),
      erase: null,
      add: null,
      dials: this.dials(t),
    };
  }

  /** Of a Universal Transformer also how long it pondered, as part of the depth it has. */
  dials(t: number): Dial[] {
    const { model, memory } = this;
    const dials: Dial[] = [];
    const ponder = model.f32(null, "ponder")?.at(t)[0];
    if (ponder !== undefined) {
      const most = mostPonder(model);
      dials.push({
        name: "ponder",
        value: ponder / most,
        label: num(ponder),
        ink: "r",
        says: `Ponder time: ${num(ponder)} of at most ${num(most)} depth steps. Bars above the lane: all steps.`,
      });
    }
    const acted = memory.acted(t);
    for (let h = 0; h < Math.min(HEADS, memory.bank.readHeads); h++) {
      const says = `Focus of head ${h + 1}: 1 − entropy of its read weights / ln(slots). 1 reads one slot, 0 reads all alike or nothing.`;
      dials.push({ name: `head ${h + 1}`, value: acted.read ? focus(memory.readRow(h, t)) : 0, ink: "r", says });
    }
    return dials;
  }

  wrote(t: number): Float32Array {
    return largest(heads(this.memory.bank.writeHeads, (h) => this.memory.writeRow(h, t)));
  }

  readout(t: number): string {
    return strongest(
      "read",
      heads(this.memory.bank.readHeads, (h) => this.memory.readRow(h, t)),
    );
  }

  /** Where a gated bank begins or ceases to write or to read. Found once, in order of steps. */
  phases(): readonly Phase[] {
    if (!this.memory.bank.gated) return this.found;
    for (; this.next < this.model.steps && this.model.keeps(this.memory.bank.name, this.next); this.next++) {
      const { write, read } = this.memory.acted(this.next);
      const label = write ? (read ? "writes and reads" : "writes only") : read ? "reads only" : "rests";
      if (label !== this.found.at(-1)?.label) this.found.push({ step: this.next, label });
    }
    return this.found;
  }

  sizes({ name, alike }: Standing): readonly [string, string] {
    const { readHeads, width } = this.memory.bank;
    const place = name && alike > 1 ? `${name} of ${alike}` : name;
    return [`${readHeads} heads × ${width}`, place ?? "one slot per step"];
  }

  /** A row of the cut shows the first of its steps that made a slot. */
  private block(name: string, t: number, rows: number, per: number, filled: number): Block {
    const reader = this.model.need(this.memory.bank.name, name);
    const columns = Math.min(this.memory.bank.width, SHOWN);
    const values = new Float32Array(rows * columns);
    for (let row = 0; row < filled; row++) {
      const slot = this.made(row * per, Math.min(t + 1, (row + 1) * per));
      if (slot === null) values.fill(NaN, row * columns, (row + 1) * columns);
      else values.set(reader.at(slot).subarray(0, columns), row * columns);
    }
    const at = (slot: number, column: number): number =>
      this.memory.acted(slot).write ? reader.at(slot)[column]! : NaN;
    return { name, columns, weight: 1, map: "signed", values, at, changes: "write" };
  }

  /** The first of the steps from … until − 1 that made a slot; null where none did. */
  private made(from: number, until: number): number | null {
    for (let s = from; s < until; s++) if (this.memory.acted(s).write) return s;
    return null;
  }
}

/** Ponder time is the number of depth steps and, where halting is accumulated, a remainder up to 1. */
function mostPonder(model: ModelLog): number {
  return (model.f32(null, "halting_weights")?.size ?? 0) + 1;
}

/** 1 − entropy / ln(slots read at all). */
function focus(weights: Float32Array): number {
  let [entropy, slots] = [0, 0];
  for (let s = 0; s < weights.length; s++) {
    if (weights[s]! > 0) slots++;
    if (weights[s]! > 1e-9) entropy -= weights[s]! * Math.log(weights[s]!);
  }
  return slots > 1 ? 1 - entropy / Math.log(slots) : slots;
}

const WORDING: Wording = {
  slot: "slot",
  column: "step",
  alwaysRead: null,
  empty: (slot) => `Empty. Step ${slot} wrote nothing here.`,
  left: () => "Attention never erases.",
  numbers: (life, t) => [writtenHere("write weight", life, t), readHere("read weight", "slot", life, t)],
};

export function drawAppend(model: ModelLog, memory: AppendMemory, planned: number): Drawn {
  return new AppendDrawn(model, memory, planned);
}
