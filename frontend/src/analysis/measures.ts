/** Is the memory used at all? Five measures per model and step, each from the log. */

import { attentionRow, memoryAt, readRow } from "../memory/banks";
import type { ModelLog } from "../memory/log";
import { occupancy } from "../memory/slots";
import type { BankSpec } from "../wire/manifest";
import type { ErrorTrack, SignalTrack } from "./signal";

/** Name and definition of each measure, in the order they are offered. */
export const MEASURES = [
  {
    value: "filled",
    label: "Filled",
    says: "How full the memory is: mean usage of the slots, mean |tanh c| of a cell state, steps written of those planned for attention.",
  },
  {
    value: "focus",
    label: "Read focus",
    says: "1 − entropy of the read weights / ln(slots), mean over the read heads: 1 reads one slot, 0 reads all alike.",
  },
  {
    value: "twins",
    label: "Twin slots",
    says: "Part of the slots whose content points the same way as another's (cosine above 0.99): a collapsed memory has 1.",
  },
  {
    value: "memory",
    label: "Memory share",
    says: "Length of the output's part that came through the memory read, relative to that and the controller's own part.",
  },
  {
    value: "error",
    label: "Error so far",
    says: "Over the steps asked: wrong bits of those asked for, or root mean square error relative to the target's.",
  },
] as const;

export type Measure = (typeof MEASURES)[number]["value"];

export const MEASURE_NAMES: readonly Measure[] = MEASURES.map(({ value }) => value);

/** Twins are looked for at every fourth step: a memory does not collapse in between. */
const TWINS_EVERY = 4;
const ALIKE = 0.99;

/** One measure of one model over the steps, computed once and in order; NaN where it says nothing. */
export class HealthTrack {
  private readonly known = new Map<Measure, number[]>();
  private alike = 0;

  constructor(
    private readonly model: ModelLog,
    private readonly bank: BankSpec,
    private readonly signal: SignalTrack,
    private readonly error: ErrorTrack,
  ) {}

  /** Value at step t, NaN where it is not known (yet) or the model has no such thing. */
  at(measure: Measure, t: number): number {
    return this.known.get(measure)?.[t] ?? NaN;
  }

  /** Computes until the clock passes `deadline` (ms); true when nothing is left to do. */
  extend(measure: Measure, deadline: number): boolean {
    let values = this.known.get(measure);
    if (!values) this.known.set(measure, (values = []));
    while (values.length < this.model.steps) {
      const t = values.length;
      values.push(measure === "twins" && t % TWINS_EVERY ? (values[t - 1] ?? NaN) : this.measure(measure, t));
      if (performance.now() > deadline) return values.length >= this.model.steps;
    }
    return true;
  }

  private measure(measure: Measure, t: number): number {
    switch (measure) {
      case "filled":
        return occupancy(this.model, this.bank.name, t, this.signal.planned);
      case "focus":
        return this.focus(t);
      case "twins":
        return this.twins(t);
      case "memory":
        return memoryShare(this.model, this.signal, t);
      case "error":
        return this.error.part(t);
    }
  }

  private focus(t: number): number {
    const { model, bank } = this;
    if (bank.kind !== "matrix" && bank.kind !== "append") return NaN;
    let sum = 0;
    for (let h = 0; h < bank.readHeads; h++) {
      const row = bank.kind === "append" ? attentionRow(model, bank.name, h, t) : readRow(model, bank.name, h, t);
      sum += focusOf(row) / bank.readHeads;
    }
    return sum;
  }

  private twins(t: number): number {
    const { model, bank } = this;
    if (bank.kind === "matrix") return twinPart(memoryAt(model, bank.name, t), bank.slots ?? 1, bank.width);
    if (bank.kind !== "append") return NaN;
    // A slot of attention never changes: only those written since the last look are compared with all before.
    const keys = model.need(bank.name, "keys");
    for (let s = Math.max(1, t - TWINS_EVERY + 1); s <= t; s++) {
      const key = keys.at(s);
      for (let before = s - 1; before >= 0; before--) {
        if (cosine(key, keys.at(before)) > ALIKE) {
          this.alike++;
          break;
        }
      }
    }
    return this.alike / (t + 1);
  }
}

/** 1 − entropy / ln(n) of weights that sum to about 1. */
export function focusOf(weights: ArrayLike<number>): number {
  if (weights.length < 2) return 1;
  let entropy = 0;
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    const w = weights[i]!;
    sum += w;
    if (w > 1e-9) entropy -= w * Math.log(w);
  }
  return sum > 0.01 ? Math.max(0, 1 - entropy / Math.log(weights.length)) : NaN;
}

/** Part of the rows that have another row of nearly the same direction; empty rows count as alike. */
export function twinPart(memory: ArrayLike<number>, slots: number, width: number): number {
  if (slots < 2) return NaN;
  const unit = new Float32Array(slots * width);
  for (let i = 0; i < slots; i++) {
    let square = 0;
    for (let k = 0; k < width; k++) square += memory[i * width + k]! ** 2;
    const gain = square > 1e-12 ? 1 / Math.sqrt(square) : 0;
    for (let k = 0; k < width; k++) unit[i * width + k] = memory[i * width + k]! * gain;
  }
  const empty = (i: number): boolean => unit.subarray(i * width, (i + 1) * width).every((v) => v === 0);
  const twin = new Uint8Array(slots);
  for (let i = 0; i < slots; i++) {
    for (let j = i + 1; j < slots; j++) {
      if (twin[i] && twin[j]) continue;
      let dot = 0;
      for (let k = 0; k < width; k++) dot += unit[i * width + k]! * unit[j * width + k]!;
      if (dot > ALIKE || (dot === 0 && empty(i) && empty(j))) twin[i] = twin[j] = 1;
    }
  }
  let count = 0;
  for (const one of twin) count += one;
  return count / slots;
}

/** ‖m‖ / (‖m‖ + ‖y − m‖), where m is the recorded memory part of the raw output y; NaN where none is recorded. */
function memoryShare(model: ModelLog, signal: SignalTrack, t: number): number {
  const part = model.f32(null, "output_memory")?.at(t);
  const out = model.f32(null, "outputs")?.at(t);
  if (!part || !out) return NaN;
  let [memory, rest] = [0, 0];
  for (let k = 0; k < part.length; k++) {
    // Bits are recorded as probabilities, their raw output is the logit.
    const p = Math.min(1 - 1e-6, Math.max(1e-6, out[k]!));
    const raw = signal.kind === "bits" ? Math.log(p / (1 - p)) : out[k]!;
    memory += part[k]! ** 2;
    rest += (raw - part[k]!) ** 2;
  }
  const total = Math.sqrt(memory) + Math.sqrt(rest);
  return total > 0 ? Math.sqrt(memory) / total : NaN;
}

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let k = 0; k < a.length; k++) {
    dot += a[k]! * b[k]!;
    aa += a[k]! ** 2;
    bb += b[k]! ** 2;
  }
  return aa > 0 && bb > 0 ? dot / Math.sqrt(aa * bb) : 0;
}
