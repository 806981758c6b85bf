/** A recording held against its own model: every step is computed again from what the model heard, and compared bit by bit. */
import type { Engine } from "./engine";

export interface Compared {
  /** Steps compared so far. */
  readonly steps: number;
  /** Numbers that differ in any bit. */
  readonly differing: number;
  /** The first of them: its step, and its place in the frame in floats. Null where there is none. */
  readonly first: { readonly step: number; readonly at: number } | null;
  /** The largest difference, by the largest number of the same place of the frame where that is above 1. */
  readonly error: number;
  /** Time of the steps alone, ms. */
  readonly ms: number;
}

export class Recomputation {
  private steps = 0;
  private differing = 0;
  private first: Compared["first"] = null;
  private error = 0;
  private ms = 0;

  constructor(
    private readonly engine: Engine,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Frames of the next steps, each of `floats` numbers of which the first are the model's: what it was given, and what it recorded. */
  take(frames: Float32Array, floats: number): Compared {
    const { inputs, row } = this.engine.pack;
    const count = frames.length / floats;
    const given = new Float32Array(count * inputs);
    for (let k = 0; k < count; k++) given.set(frames.subarray(k * floats, k * floats + inputs), k * inputs);
    const began = this.now();
    const made = this.engine.run(given);
    this.ms += this.now() - began;
    const [bits, others] = [new Uint32Array(made.buffer), bitsOf(frames)];
    for (let k = 0; k < count; k++)
      for (let at = 0; at < row; at++) {
        if (bits[k * row + at] === others[k * floats + at]) continue;
        const [mine, recorded] = [made[k * row + at]!, frames[k * floats + at]!];
        if (Number.isNaN(mine) && Number.isNaN(recorded)) continue; // which bits a NaN has is free
        this.differing++;
        this.first ??= { step: this.steps + k, at };
        const error = Math.abs(mine - recorded) / Math.max(1, Math.abs(mine));
        this.error = Math.max(this.error, Number.isNaN(error) ? Infinity : error);
      }
    this.steps += count;
    return this.compared;
  }

  get compared(): Compared {
    const { steps, differing, first, error, ms } = this;
    return { steps, differing, first, error, ms };
  }
}

function bitsOf(floats: Float32Array): Uint32Array {
  return new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
}
