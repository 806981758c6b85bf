/** The life of a slot, and how full a memory is. */
import { isSingle } from "../wire/layout";
import type { BankSpec } from "../wire/manifest";
import { actedAt, attentionWeight, readRow, unitsAt, usageAt, writeRow } from "./banks";
import type { ModelLog } from "./model_log";

/** Per step 0 … steps − 1: how much the slot was written, read and erased then, each 0 … 1. */
export interface SlotLife {
  readonly write: Float32Array;
  readonly read: Float32Array;
  readonly erase: Float32Array;
}

/**
 * One slot (for a cell or recurrent state one unit, for attention the write of one step, for an associative memory one row of its
 * key axis) over the steps before `until`.
 *
 *   matrix       write, read: the largest weight of any head · erase: 1 − mean_j Π_h (1 − w_h e_h[j]), free gates aside
 *   cell         input gate, output gate (1 where the cell itself is read), 1 − forget gate
 *   recurrent    |ρ d|, at most 1; 1 (the state itself is read); never erased by a gate
 *   append       written at its own step, read by the largest attention weight of any head, never erased
 *   associative  write, read: the largest size of any head's key and query here, of vectors of length 1 · erase: 1 − the
 *                least part α (1 − b k²) of the row's own content that any head keeps
 */
export function slotLife(model: ModelLog, bank: string | null, slot: number, until: number = model.steps): SlotLife {
  const spec = model.bank(bank);
  const life = { write: new Float32Array(until), read: new Float32Array(until), erase: new Float32Array(until) };
  if (spec.kind === "append") {
    if (slot >= until || !actedAt(model, spec, slot).write) return life;
    life.write[slot] = 1;
    for (let t = Math.max(0, slot); t < until; t++) {
      let largest = 0;
      for (let h = 0; h < spec.readHeads; h++) {
        largest = Math.max(largest, attentionWeight(model, spec.name, h, t, slot));
      }
      life.read[t] = largest;
    }
    return life;
  }
  if (isSingle(spec)) {
    const forget = spec.kind === "cell" ? model.need(spec.name, "forget_gate") : null;
    for (let t = 0; t < until; t++) {
      life.write[t] = writeRow(model, spec.name, 0, t)[slot]!;
      life.read[t] = readRow(model, spec.name, 0, t)[slot]!;
      if (forget) life.erase[t] = 1 - forget.at(t)[slot]!;
    }
    return life;
  }
  if (spec.kind === "associative") {
    const size = spec.slots ?? 0;
    const [keys, kept, erases] = ["keys", "retention", "erase"].map((name) => model.need(spec.name, name));
    for (let t = 0; t < until; t++) {
      const [k, a, b] = [keys!.at(t), kept!.at(t), erases!.at(t)];
      for (let h = 0; h < spec.readHeads; h++) {
        const at = h * size + slot;
        life.write[t] = Math.max(life.write[t]!, writeRow(model, spec.name, h, t)[slot]!);
        life.read[t] = Math.max(life.read[t]!, readRow(model, spec.name, h, t)[slot]!);
        life.erase[t] = Math.min(1, Math.max(life.erase[t]!, 1 - a[at]! * (1 - b[at]! * k[at]! ** 2)));
      }
    }
    return life;
  }
  const { width, writeHeads, readHeads } = spec;
  const slots = spec.slots ?? 0;
  const writes = model.need(spec.name, "write_weights");
  const reads = model.need(spec.name, "read_weights");
  const erases = model.need(spec.name, "erase");
  for (let t = 0; t < until; t++) {
    const w = writes.at(t);
    const r = reads.at(t);
    const e = erases.at(t);
    let written = 0;
    let read = 0;
    for (let h = 0; h < writeHeads; h++) written = Math.max(written, w[h * slots + slot]!);
    for (let h = 0; h < readHeads; h++) read = Math.max(read, r[h * slots + slot]!);
    let kept = 0;
    for (let j = 0; j < width; j++) {
      let factor = 1;
      for (let h = 0; h < writeHeads; h++) factor *= 1 - w[h * slots + slot]! * e[h * width + j]!;
      kept += factor;
    }
    life.write[t] = written;
    life.read[t] = read;
    life.erase[t] = 1 - kept / width;
  }
  return life;
}

/** Steps at which a series of a slot's life reaches `least`. */
export function ticks(series: Float32Array, least = 0.1): number[] {
  const out: number[] = [];
  for (let t = 0; t < series.length; t++) if (series[t]! >= least) out.push(t);
  return out;
}

/** Running usage of banks that keep none, per step. */
const touched = new WeakMap<ModelLog, Map<string, { touch: (t: number) => number; mean: number[] }>>();

/**
 * How full the memory is after step t, 0 … 1.
 *
 *   matrix       mean usage. A bank without usage gets the DNC's, with nothing ever freed: u ← u + w − u w
 *   cell         mean |tanh c|: how far the units are from their resting value; mean |state| where the state itself is read
 *   recurrent    mean |h|
 *   append       slots written so far, of those the run is planned to write
 *   associative  the same as a matrix over the rows of the key axis of every head: u ← α u, then u ← u + w̄ k² (1 − u) with the
 *                mean write gate w̄ and a key of length 1
 */
export function occupancy(model: ModelLog, bank: string | null, t: number, planned: number): number {
  const spec = model.bank(bank);
  if (spec.kind === "append" && !spec.gated) return Math.min(1, (t + 1) / Math.max(planned, t + 1));
  if (isSingle(spec)) {
    const squashed = spec.kind === "recurrent" || spec.direct;
    const units = unitsAt(model, spec.name, t);
    return units.reduce((sum, x) => sum + Math.min(1, Math.abs(squashed ? x : Math.tanh(x))), 0) / units.length;
  }
  if (spec.usage) {
    const usage = usageAt(model, spec.name, t);
    return usage.reduce((sum, u) => sum + u, 0) / usage.length;
  }
  let banks = touched.get(model);
  if (!banks) touched.set(model, (banks = new Map()));
  let run = banks.get(spec.name);
  if (!run) banks.set(spec.name, (run = { touch: toucher(model, spec, planned), mean: [] }));
  while (run.mean.length <= t) run.mean.push(run.touch(run.mean.length));
  return run.mean[t]!;
}

/** Steps one after another: how full a bank without usage of its own is after each. */
function toucher(model: ModelLog, spec: BankSpec, planned: number): (t: number) => number {
  if (spec.kind === "append") {
    let written = 0;
    return (t) => (written += actedAt(model, spec, t).write ? 1 : 0) / Math.max(planned, t + 1);
  }
  const size = spec.slots ?? 0;
  const heads = spec.kind === "associative" ? spec.readHeads : 1;
  const slots = new Float64Array(heads * size);
  const fill = (at: number, w: number): void => void (slots[at]! += w * (1 - slots[at]!));
  const mean = (): number => slots.reduce((sum, u) => sum + u, 0) / slots.length;
  if (spec.kind === "associative") {
    return (t) => {
      const kept = model.need(spec.name, "retention").at(t);
      const gates = model.need(spec.name, "write_gate").at(t);
      for (let h = 0; h < heads; h++) {
        const key = writeRow(model, spec.name, h, t);
        let gate = 0;
        for (let j = 0; j < spec.width; j++) gate += Math.min(1, gates[h * spec.width + j]!) / spec.width;
        for (let i = 0, at = h * size; i < size; i++, at++) {
          slots[at]! *= kept[at]!;
          fill(at, gate * key[i]! ** 2);
        }
      }
      return mean();
    };
  }
  const writes = model.need(spec.name, "write_weights");
  return (t) => {
    const w = writes.at(t);
    for (let i = 0; i < size; i++) for (let h = 0; h < spec.writeHeads; h++) fill(i, w[h * size + i]!);
    return mean();
  };
}
