/**
 * A memory that only grows, a slot a step (a layer of attention): slot t := (k_t, v_t), never modified,
 *
 *     r^h = Σ_{s ≤ t} softmax(q^h·k_s^h / √d − m_h (t − s)) v_s^h
 *
 * In a gated bank (encoder-decoder) a step may make no slot, and may read nothing.
 */
import { fail } from "../../wire/json";
import { KEYFRAME_EVERY } from "../../wire/manifest";
import type { BankSpec } from "../../wire/manifest";
import { Attention, product } from "./attention";
import type { BankLog, Held, Kind, Memory, Reader, Shapes, Shares, SlotLife } from "./base";
import { ACTED, checkReadHead, checkSlot, dot, lifeOf, ofHead } from "./reading";
import { cosine } from "./twins";

export class AppendMemory implements Memory {
  readonly addressed = true;
  readonly evenWrites = true;
  private readonly attention: Attention;
  private readonly keys: Reader;
  private readonly values: Reader;
  private readonly found: Reader;
  /** Slots made by steps 0 … t, of a gated bank. */
  private readonly made: number[] = [];

  constructor(
    private readonly log: BankLog,
    readonly bank: BankSpec,
  ) {
    this.attention = new Attention(log, bank);
    this.keys = log.need(bank.name, "keys");
    this.values = log.need(bank.name, "values");
    this.found = log.need(bank.name, "read_vectors");
  }

  /** A step is a slot, whether it made one or not. */
  slots(t: number): number {
    return t + 1;
  }

  origin(slot: number, t: number): number | null {
    return slot <= t ? slot : null;
  }

  /** Needs keys and values of every step before it. */
  has(t: number): boolean {
    return this.log.hasStep(t) && this.log.reaches(this.bank.name, t);
  }

  acted(t: number): { write: boolean; read: boolean } {
    if (!this.bank.gated) return ACTED;
    return { write: this.attention.wrote(t), read: this.attention.looked(t) };
  }

  /** Slots 0 … t: the keys of all heads, then their values [slot · 2 · head · width]. */
  content(t: number, out?: Float32Array): Float32Array {
    const { size } = this.keys;
    const all = out ?? new Float32Array((t + 1) * 2 * size);
    for (let s = 0; s <= t; s++) {
      all.set(this.keys.at(s), 2 * s * size);
      all.set(this.values.at(s), (2 * s + 1) * size);
    }
    return all;
  }

  /** What is read: the content only grows. */
  signature(t: number): ArrayLike<number> {
    return this.found.at(t);
  }

  /** One-hot at the step's own slot, all 0 where it made none [t + 1]. */
  writeRow(_head: number, t: number): Float32Array {
    const row = new Float32Array(t + 1);
    row[t] = this.attention.wrote(t) ? 1 : 0;
    return row;
  }

  /** The attention row [t + 1] (Vaswani et al. 2017, eq. 1). `out` may be longer; the view returned is not. */
  readRow(head: number, t: number, out: Float32Array = new Float32Array(t + 1)): Float32Array {
    out.set(this.attention.row(head, t));
    return out.subarray(0, t + 1);
  }

  /** One number of a read row; of rows already asked for it costs one product. */
  weight(head: number, t: number, slot: number): number {
    return this.attention.weight(head, t, slot);
  }

  reads(t: number): Float32Array {
    return this.found.at(t);
  }

  /** C is the attention weight, the value v_s; the memory starts empty. */
  readShares(head: number, t: number): Shares {
    checkReadHead(this.bank, head);
    const { values } = this;
    const { width } = this.bank;
    const out = new Float64Array(t + 2);
    const read = ofHead(this.bank, this.found.at(t), head, width);
    const gain = 1 / dot(read, read);
    if (!Number.isFinite(gain)) return out;
    const weights = this.attention.row(head, t);
    const along = Float64Array.from(read);
    for (let start = 0; start <= t; start += KEYFRAME_EVERY) {
      const stop = Math.min(start + KEYFRAME_EVERY - 1, t);
      const { data, start: first, stride } = this.log.stretch(values, start / KEYFRAME_EVERY, stop);
      let at = first + head * width;
      for (let s = start; s <= stop; s++, at += stride)
        if (weights[s] !== 0) out[s + 1] = weights[s]! * product(along, data, at, width) * gain;
    }
    return out;
  }

  /** A slot is the write of its own step. */
  slotShares(slot: number, t: number): Shares {
    checkSlot(this.bank, slot, Infinity);
    const out = new Float64Array(t + 2);
    if (slot <= t && this.attention.wrote(slot)) out[slot + 1] = 1;
    return out;
  }

  /** Nothing is ever erased. */
  readonly held: Held = {
    mechanisms: [],
    losses: () => new Float64Array(0),
    row: (t) => new Float64Array(t + 1).map((_, s) => (this.attention.wrote(s) ? 1 : 0)),
    slots: (s, t) => {
      const out = new Float64Array(t + 1);
      if (s >= 0 && s <= t && this.attention.wrote(s)) out[s] = 1;
      return out;
    },
    norm: (s) => {
      if (!this.attention.wrote(s)) return 0;
      const values = this.values.at(s); // of all heads
      return Math.sqrt(dot(values, values));
    },
  };

  /** Written at its own step, read by the largest weight of any head, never erased. Of a run that is held in part only rows count that are known: each costs a look at all steps. */
  life(slot: number, until: number): SlotLife {
    const life = lifeOf(until);
    if (slot >= until || !this.attention.wrote(slot)) return life;
    life.write[slot] = 1;
    const whole = this.log.has(slot, until - 1);
    for (let t = Math.max(0, slot); t < until; t++) {
      let largest = 0;
      for (let h = 0; h < this.bank.readHeads; h++)
        if (whole || (this.attention.knows(h, t) && this.log.hasStep(t)))
          largest = Math.max(largest, this.weight(h, t, slot));
      life.read[t] = largest;
    }
    return life;
  }

  /** Slots made so far, of those the run is planned to have. */
  occupancy(t: number, planned: number): number {
    let made = t + 1;
    if (this.bank.gated) {
      for (let s = this.made.length; s <= t; s++)
        this.made.push((this.made[s - 1] ?? 0) + (this.attention.wrote(s) ? 1 : 0));
      made = this.made[t]!;
    }
    return made / Math.max(planned, t + 1);
  }

  /** A slot never changes: only those made since the last look are compared with all before. */
  twins(alike: number): (t: number) => number {
    const made: number[] = [];
    const twin = new Set<number>();
    let next = 0;
    return (t) => {
      for (; next <= t; next++) {
        if (!this.attention.wrote(next)) continue;
        const key = this.keys.at(next);
        for (const before of made)
          if (!(twin.has(next) && twin.has(before)) && cosine(key, this.keys.at(before)) > alike)
            twin.add(next).add(before);
        made.push(next);
      }
      return made.length < 2 ? NaN : twin.size / made.length;
    };
  }
}

export const append = {
  name: "append",
  extras: ["gated", "biasSlopes"],
  layered: true,
  keyframed: false,
  local: true,
  filled: "steps written of those planned for attention",

  check({ slots, writeHeads, readHeads, biasSlopes }, path) {
    if (slots !== null || writeHeads !== readHeads) {
      fail(path, "wanted slots null and as many write as read heads for attention", `${slots}, ${writeHeads}`);
    }
    if (biasSlopes && biasSlopes.length !== readHeads) {
      fail(`${path}.bias_slopes`, "wanted one slope per head", biasSlopes.length);
    }
  },

  frame({ width, writeHeads, readHeads, gated }) {
    const [read, wrote] = [
      [readHeads, width],
      [writeHeads, width],
    ];
    const shapes: Shapes = { queries: read, keys: wrote, values: wrote, read_vectors: read };
    return gated ? { ...shapes, write_gate: [1], read_gate: [1] } : shapes;
  },

  stays: ({ gated }) => ["keys", "values", ...(gated ? ["write_gate", "read_gate"] : [])],

  keyframe: () => ({}),
  open: (log: BankLog, bank: BankSpec) => new AppendMemory(log, bank),
} as const satisfies Kind;
