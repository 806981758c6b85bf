/** What several kinds do alike when they are drawn: folding slots into rows, gates as dials and bars, the strongest address. */
import type { ModelLog } from "../../../memory/log";
import type { Memory, SlotLife } from "../../../memory/kinds/base";
import { KEYFRAME_EVERY } from "../../../wire/manifest";
import { num } from "../../ink/format";
import { fixedLimit } from "../../../analysis/scale";
import type { Dial, SlotNumber } from "./base";

export function foldMax(values: Float32Array, rows: number, per: number, length = values.length): Float32Array {
  if (per === 1 && values.length === rows) return values;
  const out = new Float32Array(rows);
  for (let i = 0; i < length; i++) {
    const row = Math.min(rows - 1, Math.floor(i / per));
    if (values[i]! > out[row]!) out[row] = values[i]!;
  }
  return out;
}

/** Of several slots in one row, the one whose content is largest stands for them. */
export function foldStrongest(
  values: Float32Array,
  slots: number,
  width: number,
  rows: number,
  per: number,
): Float32Array {
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

/** The largest of any row at each place; all rows are as long. */
export function largest(rows: readonly Float32Array[]): Float32Array {
  const [first, ...others] = rows;
  if (!first || !others.length) return first ?? new Float32Array();
  return first.map((v, i) => others.reduce((most, row) => Math.max(most, row[i]!), v));
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

export function mean(values: Float32Array, from = 0, length = values.length): number {
  let sum = 0;
  for (let i = from; i < from + length; i++) sum += values[i]!;
  return sum / length;
}

/** A gate that a dial shows: `value` makes one number of what was recorded, by default its mean. */
export interface GateDial extends Pick<Dial, "name" | "ink" | "says"> {
  readonly tensor: string;
  readonly value?: (values: Float32Array, shape: readonly number[]) => number;
}

/** The dials of those gates that are recorded; one that never was has none, since 0 would be a claim. */
export function gateDials(model: ModelLog, bank: string, t: number, gates: readonly GateDial[]): Dial[] {
  return gates.flatMap(({ tensor, value, name, ink, says }) => {
    const reader = model.f32(bank, tensor);
    if (!reader) return [];
    const values = reader.at(t);
    return [{ name, ink, says, value: value ? value(values, reader.shape) : mean(values) }];
  });
}

/** Mean of a recorded gate at each step, found once: a step once held never changes. Not a number where it was let go of before. */
export function meanGate(model: ModelLog, bank: string, tensor: string): (t: number) => number {
  const reader = model.need(bank, tensor);
  const known: number[] = [];
  return (t) => known[t] ?? (model.ready(t) ? (known[t] = mean(reader.at(t))) : NaN);
}

/** Limits that only grow. */
export class Limits extends Map<string, number> {
  raise(name: string, samples: readonly ArrayLike<number>[]): void {
    this.set(name, Math.max(this.get(name) ?? 0, fixedLimit(samples)));
  }
}

/** Content at about step t: the keyframe before it, where there is one, because anything else costs up to 64 updates. */
export function contentNear(model: ModelLog, memory: Memory, t: number): Float32Array {
  const k = Math.floor(t / KEYFRAME_EVERY);
  return (k > 0 ? model.keyframe(k)?.f32(memory.bank.name, "memory") : null) ?? memory.content(t);
}

/** "write 17 · 0.93": the strongest address of any head. */
export function strongest(word: string, rows: readonly ArrayLike<number>[]): string {
  let [slot, weight] = [0, -Infinity];
  for (const row of rows) {
    for (let i = 0; i < row.length; i++) if (row[i]! > weight) [slot, weight] = [i, row[i]!];
  }
  return `${word} ${slot} · ${num(weight)}`;
}

/** "input 0.31, forget 0.05": the first two dials. */
export function dialReadout(dials: readonly Dial[]): string {
  return dials
    .slice(0, 2)
    .map((dial) => `${dial.name} ${num(dial.value)}`)
    .join(", ");
}

/** "1 − held", as long as it can be said as a part. */
export function lost(held: number): number {
  return Math.min(1, Math.max(0, 1 - held));
}

/** How much of a step's write went to a slot, as its `name` in that kind. */
export function writtenHere(name: string, life: SlotLife, t: number): SlotNumber {
  return { name, value: num(life.write[t] ?? 0), says: `How much of the write of step ${t} goes here, 0 to 1.` };
}

/** How much of a slot was read at a step. */
export function readHere(name: string, slot: string, life: SlotLife, t: number): SlotNumber {
  return { name, value: num(life.read[t] ?? 0), says: `How much of this ${slot} is read at step ${t}, 0 to 1.` };
}

export function heads<T>(count: number, of: (head: number) => T): T[] {
  return Array.from({ length: count }, (_, head) => of(head));
}
