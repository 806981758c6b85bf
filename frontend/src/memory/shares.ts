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
  const { width } = memory.bank;
  const reads = memory.reads(t);
  const powers = rows.map((_, h) => {
    const read = reads.subarray(h * width, (h + 1) * width);
    return dot(read, read);
  });
  const total = powers.reduce((sum, p) => sum + p, 0);
  const out = new Float64Array(t + 2);
  if (!(total > 0)) return out;
  rows.forEach((row, h) => {
    const weight = powers[h]! / total;
    if (weight > 0) for (let i = 0; i < out.length; i++) out[i]! += weight * row[i]!;
  });
  return out;
}

/** The same, with the row of every head found here and now. */
export function allHeadShares(memory: Memory, t: number): Float64Array {
  const rows = Array.from({ length: memory.bank.readHeads }, (_, head) => memory.readShares(head, t));
  return rows.length === 1 ? rows[0]! : combineHeads(memory, rows, t);
}
