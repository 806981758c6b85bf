/**
 * How full a memory is that keeps no usage of its own: the DNC's rule with nothing ever freed, `u ← u + w (1 − u)` for a write of
 * strength w at a slot, from u = 0 before step 0. Steps are taken in order, once; the mean after each is remembered.
 */
import { sumOf } from "./reading";

export class Filling {
  private readonly used: Float64Array;
  private readonly means: number[] = [];

  constructor(
    slots: number,
    /** What step t does to the usage of the slots. */
    private readonly step: (t: number, used: Float64Array) => void,
  ) {
    this.used = new Float64Array(slots);
  }

  /** Mean usage after step t. */
  at(t: number): number {
    const { used, means } = this;
    while (means.length <= t) {
      this.step(means.length, used);
      means.push(sumOf(used) / used.length);
    }
    return means[t]!;
  }

  /** Usage of each slot after step t, for a filling that is asked in order of steps: a view that later calls overwrite. */
  slots(t: number): Float64Array {
    this.at(t);
    return this.used;
  }
}

/** A write of strength w at a slot. */
export function fill(used: Float64Array, slot: number, w: number): void {
  used[slot]! += w * (1 - used[slot]!);
}
