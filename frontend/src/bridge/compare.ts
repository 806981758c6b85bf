/** Two streams of one run, number by number: how far apart outputs and parts of the memories are. Nothing is drawn here. */

import type { ModelLog } from "../memory/log";
import type { BankSpec } from "../wire/manifest";

/** Largest absolute difference found, where, and of how many numbers. */
export interface Gap {
  readonly largest: number;
  /** Step of the largest; −1 where nothing differs. */
  readonly step: number;
  readonly numbers: number;
  /** Largest absolute number of the first. */
  readonly scale: number;
}

class Widest {
  private largest = 0;
  private step = -1;
  private numbers = 0;
  private scale = 0;

  take(t: number, a: ArrayLike<number>, b: ArrayLike<number>): void {
    for (let k = 0; k < a.length; k++) this.one(t, a[k]!, b[k]!);
  }

  one(t: number, a: number, b: number): void {
    this.numbers++;
    this.scale = Math.max(this.scale, Math.abs(a));
    const apart = Math.abs(a - b);
    if (apart <= this.largest) return;
    this.largest = apart;
    this.step = t;
  }

  get gap(): Gap {
    return { largest: this.largest, step: this.step, numbers: this.numbers, scale: this.scale };
  }
}

/** Largest difference of any output, step by step; as many steps as both have. */
export function outputGaps(a: ModelLog, b: ModelLog): Float64Array<ArrayBuffer> {
  const [left, right] = [a.f32(null, "outputs")!, b.f32(null, "outputs")!];
  return Float64Array.from({ length: Math.min(a.steps, b.steps) }, (_, t) => {
    const [x, y] = [left.at(t), right.at(t)];
    let largest = 0;
    for (let k = 0; k < x.length; k++) largest = Math.max(largest, Math.abs(x[k]! - y[k]!));
    return largest;
  });
}

/** Largest absolute output. */
export function outputScale(model: ModelLog): number {
  const outputs = model.f32(null, "outputs")!;
  let largest = 0;
  for (let t = 0; t < model.steps; t++) for (const v of outputs.at(t)) largest = Math.max(largest, Math.abs(v));
  return largest;
}

/** Outputs that differ by more than this part of their scale are seen to differ. */
export const SEEN = 1e-3;

/** First step where the outputs are seen to differ; −1: nowhere. */
export function departure(gaps: ArrayLike<number>, scale: number): number {
  for (let t = 0; t < gaps.length; t++) if (gaps[t]! > SEEN * scale) return t;
  return -1;
}

/** The bank of both that lie at the same place; null where they have none in common. */
function pairs(a: ModelLog, b: ModelLog): (readonly [BankSpec, BankSpec])[] {
  return a.spec.banks.flatMap((bank) => {
    const other = b.spec.banks.find(({ name }) => name === bank.name);
    return other ? [[bank, other] as const] : [];
  });
}

/** Whether a bank records keys and values as such. Where it does not, they are parts of its rows (the genuine memory of a DNC). */
export function recordsPairs(model: ModelLog, bank: BankSpec): boolean {
  return model.f32(bank.name, "values") !== null;
}

/** What of the memories is compared. */
export type Compared = "values" | "keys" | "reads" | "emitted";

/**
 * How far apart the same part of both is, over all banks and steps. `b` holds stores as `a` does, or rows of the genuine
 * memory, [k of all heads | v of all heads | …]. Null where one of them does not record it.
 */
export function partGap(a: ModelLog, b: ModelLog, what: Compared): Gap | null {
  const steps = Math.min(a.steps, b.steps);
  const widest = new Widest();
  for (const [left, right] of pairs(a, b)) {
    if (!recordsPairs(a, left)) return null;
    const lifted = !recordsPairs(b, right);
    const tensors = what === "emitted" ? ["queries", "keys", "values"] : [what === "reads" ? "read_vectors" : what];
    for (const name of tensors) {
      if (lifted && name === "queries") continue; // read keys are not recorded there
      const own = a.f32(left.name, name);
      if (!own) return null;
      for (let t = 0; t < steps; t++) widest.take(t, own.at(t), part(b, right, name, t, own.size));
    }
  }
  const { gap } = widest;
  return gap.numbers ? gap : null;
}

function part(model: ModelLog, bank: BankSpec, name: string, t: number, size: number): ArrayLike<number> {
  if (recordsPairs(model, bank)) return model.need(bank.name, name).at(t);
  if (name === "read_vectors") return liftedReads(model, bank, t, size);
  const row = model.need(bank.name, "write_vectors").at(t);
  return name === "keys" ? row.subarray(0, size) : row.subarray(size, 2 * size);
}

/** What every head reads of its own values, [heads · width], from the rows of the genuine memory. */
function liftedReads(model: ModelLog, bank: BankSpec, t: number, size: number): Float64Array {
  const reads = model.memory(bank.name).reads(t);
  const width = size / bank.readHeads;
  return Float64Array.from({ length: size }, (_, i) => {
    const head = Math.floor(i / width);
    return reads[head * bank.width + size + i]!;
  });
}

/** One memory after step t as a picture needs it: keys and values row by row, who wrote where, who reads what. */
export interface Cut {
  readonly rows: number;
  /** Numbers of a row, keys and values each. */
  readonly width: number;
  readonly keys: (row: number, k: number) => number;
  readonly values: (row: number, k: number) => number;
  readonly written: (row: number) => boolean;
  /** Row written now with the largest weight; −1: none. */
  readonly writes: number;
  /** Per head the weight of every row. */
  readonly reads: readonly ArrayLike<number>[];
}

/** `planned`: rows of a memory that grows; a row begins with `size` numbers of keys and `size` of values, of all heads. */
export function cutAt(model: ModelLog, bank: BankSpec, t: number, planned: number, size: number): Cut {
  const memory = model.memory(bank.name);
  const content = memory.content(t);
  const slots = memory.slots(t);
  const width = content.length / slots;
  const now = memory.writeRow(0, t);
  let writes = -1;
  now.forEach((w, row) => {
    if (w > 0.01 && (writes < 0 || w > now[writes]!)) writes = row;
  });
  return {
    rows: bank.slots ?? planned,
    width: size,
    keys: (row, k) => content[row * width + k]!,
    values: (row, k) => content[row * width + size + k]!,
    written: (row) => row < slots && content.subarray(row * width, (row + 1) * width).some((v) => v !== 0),
    writes,
    reads: Array.from({ length: bank.readHeads }, (_, head) => Float32Array.from(memory.readRow(head, t))),
  };
}

/** Rows that hold something. */
export function writtenRows(cut: Cut): number {
  let count = 0;
  for (let row = 0; row < cut.rows; row++) if (cut.written(row)) count++;
  return count;
}
