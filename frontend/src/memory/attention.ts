/**
 * Attention rows of append banks, from the log: `softmax_{s ≤ t}(q_t · k_s / √d − m (t − s))` (Vaswani et al. 2017, eq. 1;
 * with slopes m Press et al. 2022). In a gated bank the softmax runs over the steps that wrote; a step that did not read, or
 * before which nothing was written, has an all-zero row.
 */
import { KEYFRAME_EVERY } from "../wire/manifest";
import { LedgerError } from "./errors";
import type { ModelLog, TensorReader } from "./model_log";

/** ln Σ_s exp(score_s) of the rows computed so far; NaN where not computed. One per (model, bank, head). */
const normalisers = new WeakMap<ModelLog, Map<string, Float64Array>>();

/** Weights [t + 1] of one head at step t; `out` may be longer, the view returned is not. They sum to 1, or are all 0. */
export function attentionRow(
  model: ModelLog,
  bank: string | null,
  head: number,
  t: number,
  out: Float32Array = new Float32Array(t + 1),
): Float32Array {
  const row = attentionRow64(model, bank, head, t);
  out.set(row);
  return out.subarray(0, t + 1);
}

/** The same in float64, for the ledger. The view is valid until the next call. */
export function attentionRow64(model: ModelLog, bank: string | null, head: number, t: number): Float64Array {
  const { keys, query, width, slope, written, reads } = parts(model, bank, head, t);
  if (scratch.length < t + 1) scratch = new Float64Array(2 * (t + 1));
  const row = scratch.subarray(0, t + 1);
  if (!reads) return nothing(model, keys, head, t, row);
  const scale = 1 / Math.sqrt(width);
  const offset = keys.spec.offset / 4 + head * width;
  const gate = written ? written.spec.offset / 4 : -1;
  let largest = -Infinity;
  // Block by block, so that no view has to be made for each of the t + 1 keys.
  for (let start = 0; start <= t; start += KEYFRAME_EVERY) {
    const stop = Math.min(start + KEYFRAME_EVERY - 1, t);
    if (!model.has(start, stop)) model.block(firstGap(model, start)); // throws and names the step
    const data = model.block(start);
    for (let s = start; s <= stop; s++) {
      const frame = (s - start) * model.floats;
      if (gate >= 0 && !(data[frame + gate]! > 0)) {
        row[s] = -Infinity;
        continue;
      }
      const at = frame + offset;
      let score = 0;
      for (let j = 0; j < width; j++) score += query[j]! * data[at + j]!;
      score = score * scale - slope * (t - s);
      row[s] = score;
      if (score > largest) largest = score;
    }
  }
  if (largest === -Infinity) return nothing(model, keys, head, t, row);
  let sum = 0;
  for (let s = 0; s <= t; s++) {
    const weight = Math.exp(row[s]! - largest);
    row[s] = weight;
    sum += weight;
  }
  for (let s = 0; s <= t; s++) row[s]! /= sum;
  remember(model, keys.spec.bank, head, t, largest + Math.log(sum));
  return row;
}

/** One weight: how much head `head` reads slot `s` at step t. Rows already seen cost one product. */
export function attentionWeight(model: ModelLog, bank: string | null, head: number, t: number, s: number): number {
  if (s > t || s < 0) return 0;
  const { keys, query, width, slope, written } = parts(model, bank, head, t);
  const known = normalisers.get(model)?.get(`${keys.spec.bank}/${head}`)?.[t];
  if (known === undefined || Number.isNaN(known)) return attentionRow64(model, bank, head, t)[s]!;
  if (written && !(written.at(s)[0]! > 0)) return 0;
  const key = keys.at(s);
  let score = 0;
  for (let j = 0; j < width; j++) score += query[j]! * key[head * width + j]!;
  return Math.exp(score / Math.sqrt(width) - slope * (t - s) - known);
}

/** The row of a step that read nothing. */
function nothing(model: ModelLog, keys: TensorReader, head: number, t: number, row: Float64Array): Float64Array {
  remember(model, keys.spec.bank, head, t, Infinity);
  return row.fill(0);
}

let scratch = new Float64Array(1024);

interface Parts {
  readonly keys: TensorReader;
  readonly query: Float32Array;
  readonly width: number;
  readonly slope: number;
  /** Which steps made a slot; null where all did. */
  readonly written: TensorReader | null;
  /** Whether step t reads at all. */
  readonly reads: boolean;
}

function parts(model: ModelLog, name: string | null, head: number, t: number): Parts {
  const bank = model.bank(name);
  if (bank.kind !== "append") {
    throw new LedgerError("wrong-kind", `Bank ${bank.name} is of kind ${bank.kind}, it has no attention rows.`);
  }
  if (head < 0 || head >= bank.readHeads) {
    throw new LedgerError("no-head", `Bank ${bank.name}: wanted head ${head}, it has ${bank.readHeads}.`);
  }
  const { width } = bank;
  const query = model
    .need(bank.name, "queries")
    .at(t)
    .subarray(head * width, (head + 1) * width);
  return {
    keys: model.need(bank.name, "keys"),
    query,
    width,
    slope: bank.biasSlopes?.[head] ?? 0,
    written: bank.gated ? model.need(bank.name, "write_gate") : null,
    reads: !bank.gated || model.need(bank.name, "read_gate").at(t)[0]! > 0,
  };
}

function firstGap(model: ModelLog, from: number): number {
  let t = from;
  while (model.hasStep(t)) t++;
  return t;
}

function remember(model: ModelLog, bank: string | null, head: number, t: number, value: number): void {
  let rows = normalisers.get(model);
  if (!rows) normalisers.set(model, (rows = new Map()));
  const key = `${bank}/${head}`;
  let known = rows.get(key);
  if (!known || known.length <= t) {
    const grown = new Float64Array(Math.max(256, 2 * (t + 1))).fill(NaN);
    if (known) grown.set(known);
    rows.set(key, (known = grown));
  }
  known[t] = value;
}
