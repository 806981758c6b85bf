/** The cut through now: contents, heads, usage and gates of one bank at one step, ready to paint. */

import { attentionRow, cellAt, memoryAt, readRow, usageAt, writeRow } from "../ledger/banks";
import type { ModelLog } from "../ledger/log";
import type { BankSpec } from "../wire/manifest";
import type { Fold } from "./columns";
import { dialsOf, type Dial } from "./gates";

/** One block of columns of the matrix; a cell bank has five (content, output, and its gates in grey). */
export interface Block {
  /** Columns of this block. */
  columns: number;
  /** Relative width on the page. */
  weight: number;
  map: "signed" | "grey";
  /** rows × columns. */
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
  /** Grey bars: usage (DNC), row norm relative to the limit (NTM), |c| (LSTM), reads over all heads (attention). */
  usage: Float32Array;
  usageName: string;
  /** Erase vector (0 … 1) and write vector of the strongest write head; null where the bank has none. */
  erase: Float32Array | null;
  add: Float32Array | null;
  dials: Dial[];
}

export function pictureAt(
  model: ModelLog,
  bank: BankSpec,
  t: number,
  fold: Fold,
  order: Uint16Array | null,
): NowPicture {
  if (bank.kind === "cell")
    return cellPicture(model, bank, t, fold, order ?? Uint16Array.from(Array(bank.width).keys()));
  if (bank.kind === "append") return attentionPicture(model, bank, t, fold);
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

function cellPicture(model: ModelLog, bank: BankSpec, t: number, { rows, per }: Fold, order: Uint16Array): NowPicture {
  const at = (name: string): Float32Array => sorted(model.f32(bank.name, name)!.at(t), order);
  const cell = sorted(cellAt(model, bank.name, t), order);
  const [i, f, o, g, h] = [
    at("input_gate"),
    at("forget_gate"),
    at("output_gate"),
    at("write_vectors"),
    at("read_vectors"),
  ];
  const block = (name: string, values: Float32Array, weight: number, map: Block["map"]): Block => ({
    name,
    columns: 1,
    weight,
    map,
    values: foldStrongest(values, bank.width, 1, rows, per),
  });
  return {
    t,
    rows,
    per,
    filled: rows,
    blocks: [
      block("cell c", cell, 30, "signed"),
      block("output h", h, 30, "signed"),
      block("input gate", i, 16, "grey"),
      block("forget gate", f, 16, "grey"),
      block("output gate", o, 16, "grey"),
    ],
    writes: [
      foldMax(
        i.map((v, u) => Math.abs(v * g[u]!)),
        rows,
        per,
      ),
    ],
    reads: [foldMax(h.map(Math.abs), rows, per)],
    usage: foldMax(
      cell.map((v) => Math.abs(Math.tanh(v))),
      rows,
      per,
    ),
    usageName: "held",
    erase: null,
    add: null,
    dials: dialsOf(model, bank, t),
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
      const from = reader.at(Math.min(t, row * per));
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
  write[filled - 1] = 1;
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
