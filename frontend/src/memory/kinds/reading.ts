/** Small things that several kinds do with a log and with vectors. */
import { KEYFRAME_EVERY } from "../../wire/manifest";
import type { BankSpec } from "../../wire/manifest";
import { LedgerError } from "../errors";
import type { BankLog, StateBefore } from "./base";

export const ACTED = { write: true, read: true } as const;

/**
 * Whether the state after step t follows from what is held: the last keyframe before it and the steps since. Steps held without a gap
 * from step 0 on need no keyframe but the first.
 */
export function hasState(log: BankLog, t: number): boolean {
  const k = Math.floor(t / KEYFRAME_EVERY);
  if (!log.has(k * KEYFRAME_EVERY, t)) return false;
  return log.spec.keyframe.bytes === 0 || log.keyframe(k) !== null || (t < log.steps && log.has(0, t));
}

/** A tensor of a keyframe. */
export function stateOf(keyframe: StateBefore, bank: string, name: string): Float32Array {
  const found = keyframe.f32(bank, name);
  if (found) return found;
  throw new LedgerError("no-tensor", `The keyframe of bank ${bank} has no ${name}.`);
}

/** A tensor of the state before step 0. */
export function initialOf(log: BankLog, bank: string, name: string): Float32Array {
  const found = log.keyframe(0)?.f32(bank, name);
  if (found) return found;
  throw new LedgerError("not-held", `Model ${log.spec.id}: the initial ${name} is not held.`, "step 0");
}

/** The numbers of one head out of those of all heads, `size` each. */
export function ofHead<T extends Float32Array | Float64Array>(bank: BankSpec, all: T, head: number, size: number): T {
  if (head >= 0 && (head + 1) * size <= all.length) return all.subarray(head * size, (head + 1) * size) as T;
  throw new LedgerError("no-head", `Bank ${bank.name}: wanted head ${head}, it has ${all.length / size}.`);
}

export function checkReadHead(bank: BankSpec, head: number): void {
  if (head >= 0 && head < bank.readHeads) return;
  throw new LedgerError("no-head", `Bank ${bank.name}: wanted read head ${head}, it has ${bank.readHeads}.`);
}

export function checkSlot(bank: BankSpec, slot: number, slots: number): void {
  if (Number.isInteger(slot) && slot >= 0 && slot < slots) return;
  throw new LedgerError("no-slot", `Bank ${bank.name}: wanted slot ${slot}, it has ${slots}.`);
}

export function copied(state: Float64Array, out: Float32Array = new Float32Array(state.length)): Float32Array {
  out.set(state);
  return out;
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}

/** In a loop: `reduce` and `every` of a typed array make an object of every number, gigabytes of them over a long run. */
export function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < values.length; j++) sum += values[j]!;
  return sum;
}

/** Whether no number is larger than `bound`, whatever its sign. */
export function allWithin(values: ArrayLike<number>, bound: number): boolean {
  for (let j = 0; j < values.length; j++) if (!(Math.abs(values[j]!) <= bound)) return false;
  return true;
}

export function lifeOf(until: number): { write: Float32Array; read: Float32Array; erase: Float32Array } {
  return { write: new Float32Array(until), read: new Float32Array(until), erase: new Float32Array(until) };
}
