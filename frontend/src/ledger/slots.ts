/** The life of a slot, and how full a memory is. */
import { attentionWeight, cellAt, usageAt } from "./banks";
import type { ModelLog } from "./model_log";

/** Per step 0 … steps − 1: how much the slot was written, read and erased then, each 0 … 1. */
export interface SlotLife {
  readonly write: Float32Array;
  readonly read: Float32Array;
  readonly erase: Float32Array;
}

/**
 * One slot (for a cell one unit, for attention the write of one step) over the steps before `until`.
 *
 *   matrix  write, read: the largest weight of any head · erase: 1 − mean_j Π_h (1 − w_h e_h[j]), free gates aside
 *   cell    input gate, output gate, 1 − forget gate
 *   append  written at its own step, read by the largest attention weight of any head, never erased
 */
export function slotLife(model: ModelLog, bank: string | null, slot: number, until: number = model.steps): SlotLife {
  const spec = model.bank(bank);
  const life = { write: new Float32Array(until), read: new Float32Array(until), erase: new Float32Array(until) };
  if (spec.kind === "append") {
    if (slot < until) life.write[slot] = 1;
    for (let t = Math.max(0, slot); t < until; t++) {
      let largest = 0;
      for (let h = 0; h < spec.readHeads; h++) {
        largest = Math.max(largest, attentionWeight(model, spec.name, h, t, slot));
      }
      life.read[t] = largest;
    }
    return life;
  }
  if (spec.kind === "cell") {
    const [input, output, forget] = ["input_gate", "output_gate", "forget_gate"].map((n) => model.need(spec.name, n));
    for (let t = 0; t < until; t++) {
      life.write[t] = input!.at(t)[slot]!;
      life.read[t] = output!.at(t)[slot]!;
      life.erase[t] = 1 - forget!.at(t)[slot]!;
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
const touched = new WeakMap<ModelLog, Map<string, { slots: Float64Array; mean: number[] }>>();

/**
 * How full the memory is after step t, 0 … 1.
 *
 *   matrix  mean usage. A bank without usage gets the DNC's, with nothing ever freed: u ← u + w − u w
 *   cell    mean |tanh c|: how far the units are from their resting value
 *   append  slots written so far, of those the run is planned to write
 */
export function occupancy(model: ModelLog, bank: string | null, t: number, planned: number): number {
  const spec = model.bank(bank);
  if (spec.kind === "append") return Math.min(1, (t + 1) / Math.max(planned, t + 1));
  if (spec.kind === "cell") {
    const cell = cellAt(model, spec.name, t);
    return cell.reduce((sum, c) => sum + Math.abs(Math.tanh(c)), 0) / cell.length;
  }
  if (spec.usage) {
    const usage = usageAt(model, spec.name, t);
    return usage.reduce((sum, u) => sum + u, 0) / usage.length;
  }
  let banks = touched.get(model);
  if (!banks) touched.set(model, (banks = new Map()));
  let run = banks.get(spec.name);
  if (!run) banks.set(spec.name, (run = { slots: new Float64Array(spec.slots ?? 0), mean: [] }));
  const writes = model.need(spec.name, "write_weights");
  const { slots, mean } = run;
  while (mean.length <= t) {
    const w = writes.at(mean.length);
    let sum = 0;
    for (let i = 0; i < slots.length; i++) {
      for (let h = 0; h < spec.writeHeads; h++) slots[i]! += w[h * slots.length + i]! * (1 - slots[i]!);
      sum += slots[i]!;
    }
    mean.push(sum / slots.length);
  }
  return mean[t]!;
}
