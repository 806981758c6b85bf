/**
 * The shares of one read of a long run, first as sums of whole blocks of steps, then step by step: a block whose sum is large first, then
 * all others from the newest on. It is exact when no sum is left.
 */
import { KEYFRAME_EVERY } from "../../wire/manifest";
import { LedgerError } from "../errors";
import type { BankLog, Memory, Shares, StateBefore, Walk } from "../kinds/base";
import { stateOf } from "../kinds/reading";
import type { Sums } from "../shares";
import type { PassedBlocks } from "./passed";

/** A sum that may be seen by itself: an arc is drawn from about this share on. */
const LARGE = 0.01;
/** Blocks that are taken apart at a time: of large sums, and of the others, which lie side by side and come together. */
const LARGE_AT_ONCE = 2;
const OTHERS_AT_ONCE = 4;
/** Blocks that are held and gone through before the first sums are said. */
const HELD_AT_ONCE = 8;

export class GoingBack implements Sums {
  private readonly sums = new Map<number, number>();
  /** The first step of which more than a sum is known. */
  oldest: number;

  private constructor(
    private readonly passed: PassedBlocks,
    readonly row: Shares,
    /** The read before it is carried over the blocks. */
    private readonly walk: Walk | null,
    /** The first block that it is carried over. */
    private readonly newest: number,
  ) {
    this.oldest = (newest + 1) * passed.length;
  }

  /** Of what head `head` reads at step t; null where a block that it comes to has not passed. Throws as `readShares`. */
  static of(log: BankLog, memory: Memory, passed: PassedBlocks, head: number, t: number): GoingBack | null {
    const { length } = passed;
    const { bank, blocks } = memory;
    if (!blocks || length === 0) return null;
    const row = new Float64Array(t + 2);
    const walk = blocks.walk(head, t);
    let n = Math.floor(t / length);
    let goesOn = walk?.through(t, n * length, row) ?? false;
    // What is held is gone through step by step: nothing is asked of anybody for it.
    for (let more = 0; goesOn && more < HELD_AT_ONCE && n > 0 && log.has((n - 1) * length, n * length - 1); more++) {
      n--;
      goesOn = walk!.through((n + 1) * length - 1, n * length, row);
    }
    if (!walk || !goesOn) return new GoingBack(passed, row, null, -1);
    const state = stateOf(stateBefore(log, n * length), bank.name, blocks.state);
    const found = new GoingBack(passed, row, walk, n - 1);
    return found.sumUp(walk.copy(), walk.standing(state)) ? found : null;
  }

  get exact(): boolean {
    return this.sums.size === 0;
  }

  get blocks(): [number, number, number][] {
    const { length } = this.passed;
    return [...this.sums].map(([n, sum]) => [n * length, (n + 1) * length - 1, sum]);
  }

  /** Takes some blocks apart. */
  refine(): void {
    const large = [...this.sums].filter(([, sum]) => Math.abs(sum) >= LARGE);
    large.sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
    const chosen = large.length
      ? large.slice(0, LARGE_AT_ONCE).map(([n]) => n)
      : [...this.sums.keys()].slice(0, OTHERS_AT_ONCE);
    const { length } = this.passed;
    const walk = this.walk!.copy();
    let at = this.newest;
    for (const n of chosen.sort((a, b) => b - a)) {
      for (; at > n; at--) walk.over(this.passed.at(at)!.left);
      walk.copy().through((n + 1) * length - 1, n * length, this.row);
      this.oldest = Math.min(this.oldest, n * length);
      this.sums.delete(n);
    }
  }

  /** A block's share is what stands in the state after it less what stands in the state before it. False where one has not passed. */
  private sumUp(walk: Walk, standing: number): boolean {
    let after = standing;
    for (let n = this.newest; n >= 0; n--) {
      const block = this.passed.at(n);
      if (!block) return false;
      const goesOn = walk.over(block.left);
      const before = walk.standing(block.state);
      this.sums.set(n, after - before);
      after = before;
      if (!goesOn) return true;
    }
    this.row[0] = after;
    return true;
  }
}

function stateBefore(log: BankLog, step: number): StateBefore {
  const keyframe = log.keyframe(step / KEYFRAME_EVERY);
  if (keyframe) return keyframe;
  throw new LedgerError("not-held", `Model ${log.spec.id}: the state before step ${step} is not held.`, `step ${step}`);
}
