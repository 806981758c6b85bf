/** What states without slots and heads have in common, cells and recurrent states: one vector [unit], read and written as a whole. */
import { fail } from "../../wire/json";
import type { BankSpec } from "../../wire/manifest";
import type { Memory, Shares } from "./base";
import { checkReadHead, checkSlot, dot } from "./reading";

export function checkUnits({ kind, slots, writeHeads, readHeads }: BankSpec, path: string): void {
  if (slots !== null && slots !== 1) fail(`${path}.slots`, `wanted null or 1 for a ${kind}`, slots);
  if (writeHeads + readHeads !== 2) {
    fail(path, "wanted one write head and one read head for one state", `${writeHeads} and ${readHeads}`);
  }
}

/** Shares [t + 2] of the writes in `carrier · state_t`; the carrier [unit] is used up. */
export type Carry = (carrier: Float64Array, t: number) => Shares;

/** Shares in the read vector r, of which `gain` lets the state out: r = gain ⊙ state. Null: the state itself is read. */
export function unitReadShares(
  bank: BankSpec,
  head: number,
  read: Float32Array,
  gain: Float64Array | null,
  t: number,
  carry: Carry,
): Shares {
  const carrier = unitCarrier(bank, head, read, gain);
  return carrier ? carry(carrier, t) : new Float64Array(t + 2);
}

/** What a read takes of each unit [unit], per unit of what it holds; null where nothing is read. */
export function unitCarrier(
  bank: BankSpec,
  head: number,
  read: Float32Array,
  gain: Float64Array | null,
): Float64Array | null {
  checkReadHead(bank, head);
  const norm = dot(read, read);
  if (!Number.isFinite(1 / norm)) return null;
  const carrier = new Float64Array(read.length);
  for (let u = 0; u < carrier.length; u++) carrier[u] = (gain ? gain[u]! * read[u]! : read[u]!) / norm;
  return carrier;
}

/** Shares in what one unit of the state holds. */
export function unitSlotShares(
  bank: BankSpec,
  unit: number,
  state: ArrayLike<number>,
  t: number,
  carry: Carry,
): Shares {
  checkSlot(bank, unit, bank.width);
  const content = state[unit]!;
  if (!Number.isFinite(1 / content)) return new Float64Array(t + 2);
  const carrier = new Float64Array(bank.width);
  carrier[unit] = 1 / content;
  return carry(carrier, t);
}

/** Mean size of the units, each at most 1. */
export function unitOccupancy(units: ArrayLike<number>, squash: (x: number) => number = (x) => x): number {
  let sum = 0;
  for (let u = 0; u < units.length; u++) sum += Math.min(1, Math.abs(squash(units[u]!)));
  return sum / units.length;
}

/** What the drawing of a state asks beside what every memory answers. */
export interface UnitMemory extends Memory {
  /** What step t put into each unit [unit]. */
  written(t: number): Float32Array;
}
