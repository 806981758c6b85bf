/** The cut through now: contents, heads, usage and gates of one bank at one step, ready to paint. */

import {
  actedAt,
  associationAt,
  attentionRow,
  memoryAt,
  readRow,
  unitsAt,
  usageAt,
  writeRow,
} from "../../memory/banks";
import type { ModelLog } from "../../memory/log";
import { isSingle } from "../../wire/layout";
import type { BankSpec } from "../../wire/manifest";
import type { Fold } from "./columns";
import { dialsOf, type Dial } from "./dials";
import { writtenAt } from "./unit_columns";

/** One block of columns of the matrix; a state has several (content, output or write, and its gates in grey). */
export interface Block {
  /** Columns of this block. */
  columns: number;
  /** Relative width on the page. */
  weight: number;
  map: "signed" | "grey";
  /** rows × columns; not a number where there is nothing. */
  values: Float32Array;
  name: string;
}

export interface NowPicture {
  t: number;
  rows: number;
  /** Slots (units, steps) per row. */
  per: number;
  /** Rows that exist at this step; the rest is empty ground. */
  filled: number;
  blocks: Block[];
  /** Bars of the heads: length = weight, per head. */
  writes: Float32Array[];
  reads: Float32Array[];
  /** Grey bars: usage (DNC), row norm relative to the limit (NTM, DeltaNet), size of the state, reads over all heads (attention). */
  usage: Float32Array;
  usageName: string;
  /** Erase vector (0 … 1) and write vector of the strongest write head; null where the bank has none. */
  erase: Float32Array | null;
  add: Float32Array | null;
  dials: Dial[];
}

/** `order`: units of a state from top to bottom; `head`: which head's matrix an associative memory shows. */
export function pictureAt(
  model: ModelLog,
  bank: BankSpec,
  t: number,
  fold: Fold,
  order: Uint16Array | null,
  head = 0,
): NowPicture {
  if (isSingle(bank)) {
    return unitPicture(model, bank, t, fold, order ?? Uint16Array.from(Array(bank.width).keys()));
  }
  if (bank.kind === "append") return attentionPicture(model, bank, t, fold);
  if (bank.kind === "associative") return associationPicture(model, bank, t, fold, head);
  return matrixPicture(model, bank, t, fold);
}

function matrixPicture(model: ModelLog, bank: BankSpec, t: number, { rows, per }: Fold): NowPicture {
  const slots = bank.slots ?? 1;
  const memory = memoryAt(model, bank.name, t);
  const writes = Array.from({ length: bank.writeHeads }, (_, h) =>
    foldMax(writeRow(model, bank.name, h, t), rows, per),
  );
  const reads = Array.from({ length: bank.readHeads }, (_, h) => foldMax(readRow(model, bank.name, h, t), rows, per));
  const strongest = writes.reduce((best, row, h) => (sum(row) > sum(writes[best]!) ? h : best), 0);
  const vector = (name: string): Float32Array | null =>
    model
      .f32(bank.name, name)
      ?.at(t)
      .subarray(strongest * bank.width, (strongest + 1) * bank.width) ?? null;
  return {
    t,
    rows,
    per,
    filled: rows,
    blocks: [
      {
        name: "memory",
        columns: bank.width,
        weight: 1,
        map: "signed",
        values: foldStrongest(memory, slots, bank.width, rows, per),
      },
    ],
    writes,
    reads,
    usage: foldMax(bank.usage ? usageAt(model, bank.name, t)! : norms(memory, slots, bank.width), rows, per),
    usageName: bank.usage ? "usage" : "norm",
    erase: vector("erase"),
    add: vector("write_vectors"),
    dials: dialsOf(model, bank, t),
  };
}

/** State and what is read or written of it in the diverging map, its gates in grey, unit by unit. */
function unitPicture(model: ModelLog, bank: BankSpec, t: number, { rows, per }: Fold, order: Uint16Array): NowPicture {
  const at = (name: string): Float32Array => sorted(model.need(bank.name, name).at(t), order);
  const state = sorted(unitsAt(model, bank.name, t), order);
  const written = sorted(writtenAt(model, bank, t), order);
  const size = (values: Float32Array): Float32Array => foldMax(values.map(Math.abs), rows, per);
  const block = (name: string, values: Float32Array, weight: number, map: Block["map"]): Block => ({
    name,
    columns: 1,
    weight,
    map,
    values: foldStrongest(values, bank.width, 1, rows, per),
  });
  const gates: [string, string][] =
    bank.kind === "recurrent"
      ? [["slope", "slopes"]]
      : bank.direct
        ? [["update gate", "input_gate"]]
        : [
            ["input gate", "input_gate"],
            ["forget gate", "forget_gate"],
            ["output gate", "output_gate"],
          ];
  const lstm = bank.kind === "cell" && !bank.direct;
  return {
    t,
    rows,
    per,
    filled: rows,
    blocks: [
      block(lstm ? "cell c" : "state h", state, 30, "signed"),
      lstm ? block("output h", at("read_vectors"), 30, "signed") : block("written", written, 30, "signed"),
      ...gates.map(([name, tensor]) => block(name, at(tensor), 16, "grey")),
    ],
    writes: [size(written)],
    reads: [size(lstm ? at("read_vectors") : state)],
    usage: size(lstm ? state.map(Math.tanh) : state),
    usageName: "held",
    erase: null,
    add: null,
    dials: dialsOf(model, bank, t),
  };
}

/** The matrix of one head, key rows × value columns; heads' bars are the sizes of its key and its query, of length 1. */
function associationPicture(model: ModelLog, bank: BankSpec, t: number, { rows, per }: Fold, head: number): NowPicture {
  const { width } = bank;
  const size = bank.slots ?? 1;
  const memory = associationAt(model, bank.name, t).subarray(head * size * width, (head + 1) * size * width);
  const stored = (name: string): Float32Array =>
    model
      .need(bank.name, name)
      .at(t)
      .subarray(head * width, (head + 1) * width);
  const gate = stored("write_gate");
  return {
    t,
    rows,
    per,
    filled: rows,
    blocks: [
      {
        name: "memory",
        columns: width,
        weight: 1,
        map: "signed",
        values: foldStrongest(memory, size, width, rows, per),
      },
    ],
    writes: [foldMax(writeRow(model, bank.name, head, t), rows, per)],
    reads: [foldMax(readRow(model, bank.name, head, t), rows, per)],
    usage: foldMax(norms(memory, size, width), rows, per),
    usageName: "norm",
    erase: null,
    add: stored("write_vectors").map((v, j) => v * gate[j]!),
    dials: dialsOf(model, bank, t, head),
  };
}

function attentionPicture(model: ModelLog, bank: BankSpec, t: number, { rows, per }: Fold): NowPicture {
  const { width, readHeads, writeHeads } = bank;
  const filled = Math.min(rows, Math.floor(t / per) + 1);
  const keys = model.f32(bank.name, "keys")!;
  const values = model.f32(bank.name, "values")!;
  const shown = Math.min(width, 10); // of each head's first numbers, so that key and value stay legible side by side
  const block = (name: string, reader: { at(step: number): Float32Array }): Block => {
    const out = new Float32Array(rows * shown);
    for (let row = 0; row < filled; row++) {
      const slot = made(model, bank, row * per, Math.min(t + 1, (row + 1) * per));
      if (slot === null) {
        out.fill(NaN, row * shown, (row + 1) * shown);
        continue;
      }
      const from = reader.at(slot);
      for (let k = 0; k < shown; k++) out[row * shown + k] = from[k]!;
    }
    return { name, columns: shown, weight: 1, map: "signed", values: out };
  };
  const weights = new Float32Array(t + 1);
  const reads = Array.from({ length: readHeads }, (_, h) =>
    foldMax(attentionRow(model, bank.name, h, t), rows, per, t + 1),
  );
  for (let h = 0; h < readHeads; h++) {
    const row = attentionRow(model, bank.name, h, t);
    for (let s = 0; s <= t; s++) weights[s]! += row[s]! / readHeads;
  }
  const write = new Float32Array(rows);
  if (actedAt(model, bank, t).write) write[filled - 1] = 1;
  return {
    t,
    rows,
    per,
    filled,
    blocks: [block("keys", keys), block("values", values)],
    writes: Array.from({ length: Math.min(1, writeHeads) }, () => write),
    reads,
    usage: foldMax(weights, rows, per, t + 1),
    usageName: "read",
    erase: null,
    add: null,
    dials: dialsOf(model, bank, t),
  };
}

/** The first of the steps from … until − 1 that made a slot; null where none did. */
function made(model: ModelLog, bank: BankSpec, from: number, until: number): number | null {
  for (let s = from; s < until; s++) if (actedAt(model, bank, s).write) return s;
  return null;
}

function sum(values: Float32Array): number {
  let total = 0;
  for (const v of values) total += v;
  return total;
}

function sorted(values: Float32Array, order: Uint16Array): Float32Array {
  const out = new Float32Array(order.length);
  for (let k = 0; k < order.length; k++) out[k] = values[order[k]!]!;
  return out;
}

function foldMax(values: Float32Array, rows: number, per: number, length = values.length): Float32Array {
  if (per === 1 && values.length === rows) return values;
  const out = new Float32Array(rows);
  for (let i = 0; i < length; i++) {
    const row = Math.min(rows - 1, Math.floor(i / per));
    if (values[i]! > out[row]!) out[row] = values[i]!;
  }
  return out;
}

/** Of several slots in one row, the one whose content is largest stands for them. */
function foldStrongest(values: Float32Array, slots: number, width: number, rows: number, per: number): Float32Array {
  if (per === 1) return values;
  const size = norms(values, slots, width);
  const out = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    let best = row * per;
    for (let i = best; i < Math.min(slots, (row + 1) * per); i++) if (size[i]! > size[best]!) best = i;
    out.set(values.subarray(best * width, (best + 1) * width), row * width);
  }
  return out;
}

/** Root mean square of each row. */
export function norms(values: Float32Array, slots: number, width: number): Float32Array {
  const out = new Float32Array(slots);
  for (let i = 0; i < slots; i++) {
    let square = 0;
    for (let k = 0; k < width; k++) square += values[i * width + k]! ** 2;
    out[i] = Math.sqrt(square / width);
  }
  return out;
}
