/** Is the memory used at all? Five measures per model and step, each from the log. */

import type { ModelLog } from "../memory/log";
import { KINDS } from "../memory/kinds";
import type { Memory } from "../memory/kinds/base";
import type { ErrorTrack, SignalTrack } from "./signal";

/** Name and definition of each measure, in the order they are offered. */
export const MEASURES = [
  {
    value: "filled",
    label: "Filled",
    says: `How full the memory is: ${Object.values(KINDS)
      .map(({ filled }) => filled)
      .join("; ")}.`,
  },
  {
    value: "focus",
    label: "Read focus",
    says: "1 − entropy of the read weights / ln(slots), mean over the read heads: 1 reads one slot, 0 reads all alike.",
  },
  {
    value: "twins",
    label: "Twin slots",
    says: "Part of the slots in use whose content points the same way as another's (cosine above 0.99): a collapsed memory has 1. Blank slots, never written or erased, do not count.",
  },
  {
    value: "memory",
    label: "Memory share",
    says: "Length of the output's part that came through the memory read, relative to that and the controller's own part. Of bits over those whose output is recorded finely enough: one that is saturated at 1 does not say by how much.",
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
  private readonly twins: (t: number) => number;

  constructor(
    private readonly model: ModelLog,
    private readonly memory: Memory,
    private readonly signal: SignalTrack,
    private readonly error: ErrorTrack,
  ) {
    this.twins = memory.twins?.(ALIKE) ?? (() => NaN);
  }

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
      if (!this.model.ready(t) || !this.memory.has(t)) return true; // it comes again, and then this goes on
      values.push(measure === "twins" && t % TWINS_EVERY ? (values[t - 1] ?? NaN) : this.measure(measure, t));
      if (performance.now() > deadline) return values.length >= this.model.steps;
    }
    return true;
  }

  private measure(measure: Measure, t: number): number {
    switch (measure) {
      case "filled":
        return this.memory.occupancy(t, this.signal.planned);
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
    const { memory } = this;
    if (!memory.addressed) return NaN;
    const { readHeads } = memory.bank;
    let sum = 0;
    for (let h = 0; h < readHeads; h++) sum += focusOf(memory.readRow(h, t)) / readHeads;
    return sum;
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

/** Nearer to 1 than this a float32 has lost the logit it came from: 2^-18, a logit of 12.5, which is still known to 0.01. */
const SATURATED = 1 - 2 ** -18;

/**
 * ‖m‖ / (‖m‖ + ‖y − m‖), where m is the recorded memory part of the raw output y; NaN where none is recorded. Bits are recorded as
 * probabilities; their raw output is the logit, exact however near to 0 they are. Where they are saturated it is not known, and both
 * norms leave them out; NaN where no other is left.
 */
function memoryShare(model: ModelLog, signal: SignalTrack, t: number): number {
  const part = model.f32(null, "output_memory")?.at(t);
  const out = model.f32(null, "outputs")?.at(t);
  if (!part || !out) return NaN;
  const bits = signal.kind === "bits" || signal.coded;
  let [memory, rest] = [0, 0];
  for (let k = 0; k < part.length; k++) {
    const y = out[k]!;
    if (bits && (y > SATURATED || y <= 0)) continue;
    const raw = bits ? Math.log(y) - Math.log1p(-y) : y;
    memory += part[k]! ** 2;
    rest += (raw - part[k]!) ** 2;
  }
  const total = Math.sqrt(memory) + Math.sqrt(rest);
  return total > 0 ? Math.sqrt(memory) / total : NaN;
}
