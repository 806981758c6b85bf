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
  }

  /** Whether step t made a slot. */
  wrote(t: number): boolean {
    return !this.written || this.written.at(t)[0]! > 0;
  }

  /** Whether step t read at all. */
  looked(t: number): boolean {
    return !this.reading || this.reading.at(t)[0]! > 0;
  }

  /** Weights [t + 1] of one head at step t: they sum to 1, or are all 0. The view is valid until the next call of any bank. */
  row(head: number, t: number): Float64Array {
    const { log, keys, written } = this;
    const { width } = this.bank;
    const query = this.query(head, t);
    if (scratch.length < t + 1) scratch = new Float64Array(2 * (t + 1));
    const row = scratch.subarray(0, t + 1);
    if (!this.looked(t)) return this.nothing(head, t, row);
    const slope = this.slope(head);
    const scale = 1 / Math.sqrt(width);
    const offset = keys.spec.offset / 4 + head * width;
    const gate = written ? written.spec.offset / 4 : -1;
    let largest = -Infinity;
    // Block by block, so that no view has to be made for each of the t + 1 keys.
    for (let start = 0; start <= t; start += KEYFRAME_EVERY) {
      const stop = Math.min(start + KEYFRAME_EVERY - 1, t);
      if (!log.has(start, stop)) log.block(this.firstGap(start)); // throws and names the step
      const data = log.block(start);
      for (let s = start; s <= stop; s++) {
        const frame = (s - start) * log.floats;
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
    if (largest === -Infinity) return this.nothing(head, t, row);
    let sum = 0;
    for (let s = 0; s <= t; s++) {
      const weight = Math.exp(row[s]! - largest);
      row[s] = weight;
      sum += weight;
    }
    for (let s = 0; s <= t; s++) row[s]! /= sum;
    this.remember(head, t, largest + Math.log(sum));
    return row;
  }

  /** One weight: how much head `head` reads slot `s` at step t. Rows already seen cost one product. */
  weight(head: number, t: number, s: number): number {
    if (s > t || s < 0) return 0;
    const { width } = this.bank;
    const query = this.query(head, t);
    const known = this.normalisers[head]![t];
    if (known === undefined || Number.isNaN(known)) return this.row(head, t)[s]!;
    if (!this.wrote(s)) return 0;
    const key = this.keys.at(s);
    let score = 0;
    for (let j = 0; j < width; j++) score += query[j]! * key[head * width + j]!;
    return Math.exp(score / Math.sqrt(width) - this.slope(head) * (t - s) - known);
  }

  private query(head: number, t: number): Float32Array {
    const { width, readHeads, name } = this.bank;
    if (head >= 0 && head < readHeads) return this.queries.at(t).subarray(head * width, (head + 1) * width);
    throw new LedgerError("no-head", `Bank ${name}: wanted head ${head}, it has ${readHeads}.`);
  }

  private slope(head: number): number {
    return this.bank.biasSlopes?.[head] ?? 0;
  }

  /** The row of a step that read nothing. */
  private nothing(head: number, t: number, row: Float64Array): Float64Array {
    this.remember(head, t, Infinity);
    return row.fill(0);
  }

  private firstGap(from: number): number {
    let t = from;
    while (this.log.hasStep(t)) t++;
    return t;
  }

  private remember(head: number, t: number, value: number): void {
    let known = this.normalisers[head]!;
    if (known.length <= t) {
      const grown = new Float64Array(Math.max(256, 2 * (t + 1))).fill(NaN);
      grown.set(known);
      this.normalisers[head] = known = grown;
    }
    known[t] = value;
  }
}

let scratch = new Float64Array(1024);
