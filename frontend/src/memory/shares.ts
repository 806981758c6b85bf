/**
 * The ledger: what each past write contributes to what is read now (docs/format.md, "Share").
 *
 * In every memory with a linear update the content read at step t is exactly `init + Σ_{s≤t} C_{t,s} ⊙ value_s`. The
 * share of write s is `⟨C_{t,s} ⊙ value_s, r⟩ / ⟨r, r⟩`. A row has t + 2 entries: index 0 the initial content, index
 * s + 1 the write of step s. It sums to 1; one share can be negative (a write that cancels). Where r = 0 it is all zero.
 * How each kind of memory finds the rows of one head stands in its room (memory/kinds).
 */
import type { Memory, Shares } from "../memory/kinds/base";
import { dot } from "../memory/kinds/reading";

/**
 * Shares in all heads' read vectors side by side: Σ_h share_h ‖r_h‖² / Σ_h ‖r_h‖², from the row of each head. This is the share of
 * the concatenated read vector, so it too sums to 1; all zero where nothing was read.
 */
export function combineHeads(memory: Memory, rows: readonly Float64Array[], t: number): Shares {
  const weights = headWeights(memory, t, rows.length);
  const out = new Float64Array(t + 2);
  rows.forEach((row, h) => {
    const weight = weights[h]!;
    if (weight > 0) for (let i = 0; i < out.length; i++) out[i]! += weight * row[i]!;
  });
  return out;
}

/** ‖r_h‖² / Σ_h ‖r_h‖² of each head; all 0 where nothing was read. */
export function headWeights(memory: Memory, t: number, heads: number): number[] {
  const { width } = memory.bank;
  const reads = memory.reads(t);
  const powers = Array.from({ length: heads }, (_, h) => {
    const read = reads.subarray(h * width, (h + 1) * width);
    return dot(read, read);
  });
  const total = powers.reduce((sum, p) => sum + p, 0);
  return powers.map((power) => (total > 0 ? power / total : 0));
}

/** What is known of the shares of a read: those of single steps, and sums of blocks of steps. They add up to 1. */
export interface Sums {
  /** [t + 2] as Shares, with 0 for steps of which only a sum is known. */
  readonly row: Float64Array;
  /** First step, last step and sum of every block of which only that is known. */
  readonly blocks: readonly (readonly [number, number, number])[];
}

/** As combineHeads, of rows with sums: a block that is a sum of one head is a sum of all. */
export function combineSums(heads: readonly Sums[], weights: readonly number[]): Sums {
  const row = new Float64Array(heads[0]!.row.length);
  const blocks = new Map<number, [number, number, number]>();
  heads.forEach((head, h) => {
    for (let i = 0; i < row.length; i++) row[i]! += weights[h]! * head.row[i]!;
    for (const [from, to, sum] of head.blocks) {
      const block = blocks.get(from) ?? [from, to, 0];
      block[2] += weights[h]! * sum;
      blocks.set(from, block);
    }
  });
  for (const block of blocks.values()) {
    for (let s = block[0]; s <= block[1]; s++) block[2] += row[s + 1]!;
    row.fill(0, block[0] + 1, block[1] + 2);
  }
  return { row, blocks: [...blocks.values()] };
}

/** The same, with the row of every head found here and now. */
export function allHeadShares(memory: Memory, t: number): Float64Array {
  const rows = Array.from({ length: memory.bank.readHeads }, (_, head) => memory.readShares(head, t));
  return rows.length === 1 ? rows[0]! : combineHeads(memory, rows, t);
}
