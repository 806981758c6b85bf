/**
 * Attention rows of append banks, from the log: `softmax_{s ≤ t}(q_t · k_s / √d − m (t − s))` (Vaswani et al. 2017, eq. 1;
 * with slopes m Press et al. 2022). In a gated bank the softmax runs over the steps that wrote; a step that did not read, or
 * before which nothing was written, has an all-zero row.
 */
import { KEYFRAME_EVERY } from "../../wire/manifest";
import type { BankSpec } from "../../wire/manifest";
import { LedgerError } from "../errors";
import type { BankLog, Reader } from "./base";

export class Attention {
  private readonly queries: Reader;
  private readonly keys: Reader;
  /** Which steps made a slot, and which read; null where all did. */
  private readonly written: Reader | null;
  private readonly reading: Reader | null;
  /** ln Σ_s exp(score_s) of the rows computed so far, a head each; NaN where not computed. */
  private readonly normalisers: Float64Array[];
  /** The row computed last, a head each; t −1: none. */
  private readonly rows: { t: number; row: Float64Array }[];

  constructor(
    private readonly log: BankLog,
    private readonly bank: BankSpec,
  ) {
    const { name, gated, readHeads } = bank;
    this.queries = log.need(name, "queries");
    this.keys = log.need(name, "keys");
    this.written = gated ? log.need(name, "write_gate") : null;
    this.reading = gated ? log.need(name, "read_gate") : null;
    this.normalisers = Array.from({ length: readHeads }, () => new Float64Array(0));
    this.rows = Array.from({ length: readHeads }, () => ({ t: -1, row: new Float64Array(0) }));
  }

  /** Whether step t made a slot. */
  wrote(t: number): boolean {
    return !this.written || this.written.at(t)[0]! > 0;
  }

  /** Whether step t read at all. */
  looked(t: number): boolean {
    return !this.reading || this.reading.at(t)[0]! > 0;
  }

  /**
   * Weights [t + 1] of one head at step t: they sum to 1, or are all 0. The view is valid until the head is asked for another step. The
   * last row of each head is kept: a picture asks for it several times.
   */
  row(head: number, t: number): Float64Array {
    const { log, keys, written } = this;
    const { width } = this.bank;
    const query = this.query(head, t);
    const last = this.rows[head]!;
    if (last.t === t) return last.row.subarray(0, t + 1);
    last.t = -1;
    if (last.row.length < t + 1) last.row = new Float64Array(Math.ceil(1.5 * (t + 1)));
    const row = last.row.subarray(0, t + 1);
    if (!this.looked(t)) return this.nothing(head, t, row);
    const slope = this.slope(head);
    const scale = 1 / Math.sqrt(width);
    let largest = -Infinity;
    // Chunk by chunk, so that no view has to be made for each of the t + 1 keys.
    for (let start = 0; start <= t; start += KEYFRAME_EVERY) {
      const stop = Math.min(start + KEYFRAME_EVERY - 1, t);
      const [of, gates] = [keys, written].map((reader) => reader && log.stretch(reader, start / KEYFRAME_EVERY, stop));
      const { data, stride } = of!;
      let at = of!.start + head * width;
      for (let s = start; s <= stop; s++, at += stride) {
        if (gates && !(gates.data[gates.start + (s - start) * gates.stride]! > 0)) {
          row[s] = -Infinity;
          continue;
        }
        const score = product(query, data, at, width) * scale - slope * (t - s);
        row[s] = score;
        if (score > largest) largest = score;
      }
    }
    if (largest === -Infinity) return this.nothing(head, t, row);
    let sum = 0;
    for (let s = 0; s <= t; s++) {
      const weight = Math.exp(row[s]! - largest);
      row[s] = weight;
      sum += weight;
    }
    for (let s = 0; s <= t; s++) row[s]! /= sum;
    return this.remember(head, t, largest + Math.log(sum), row);
  }

  /** Whether the row of step t has been asked for, so that a weight of it costs one product. */
  knows(head: number, t: number): boolean {
    return !Number.isNaN(this.normalisers[head]![t] ?? NaN);
  }

  /** One weight: how much head `head` reads slot `s` at step t. Rows already seen cost one product. */
  weight(head: number, t: number, s: number): number {
    if (s > t || s < 0) return 0;
    const { width } = this.bank;
    const query = this.query(head, t);
    if (!this.knows(head, t)) return this.row(head, t)[s]!;
    if (!this.wrote(s)) return 0;
    const score = product(query, this.keys.at(s), head * width, width);
    return Math.exp(score / Math.sqrt(width) - this.slope(head) * (t - s) - this.normalisers[head]![t]!);
  }

  private query(head: number, t: number): Float64Array {
    const { width, readHeads, name } = this.bank;
    if (head >= 0 && head < readHeads)
      return Float64Array.from(this.queries.at(t).subarray(head * width, (head + 1) * width));
    throw new LedgerError("no-head", `Bank ${name}: wanted head ${head}, it has ${readHeads}.`);
  }

  private slope(head: number): number {
    return this.bank.biasSlopes?.[head] ?? 0;
  }

  /** The row of a step that read nothing. */
  private nothing(head: number, t: number, row: Float64Array): Float64Array {
    return this.remember(head, t, Infinity, row.fill(0));
  }

  private remember(head: number, t: number, value: number, row: Float64Array): Float64Array {
    let known = this.normalisers[head]!;
    if (known.length <= t) {
      const grown = new Float64Array(Math.max(256, 2 * (t + 1))).fill(NaN);
      grown.set(known);
      this.normalisers[head] = known = grown;
    }
    known[t] = value;
    this.rows[head]!.t = t;
    return row;
  }
}

/** q · k, of numbers that begin at `at`. Four sums side by side: one alone waits for every addition before the next. */
export function product(query: Float64Array, data: Float32Array, at: number, width: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let j = 0;
  for (; j + 3 < width; j += 4) {
    a += query[j]! * data[at + j]!;
    b += query[j + 1]! * data[at + j + 1]!;
    c += query[j + 2]! * data[at + j + 2]!;
    d += query[j + 3]! * data[at + j + 3]!;
  }
  for (; j < width; j++) a += query[j]! * data[at + j]!;
  return a + b + (c + d);
}
