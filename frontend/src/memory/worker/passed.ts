/**
 * What is known of a long run's steps that are not held: for every block of steps what it leaves of what it finds, and the state before
 * it (Blocks in memory/kinds/base.ts). The page makes it of every chunk that passes and sends it here, where reads are carried back.
 */
import { KEYFRAME_EVERY } from "../../wire/manifest";
import type { Blocks } from "../kinds/base";

/** Bytes of all blocks of a model; of a longer run a block is several chunks. */
export const MAX_BYTES = 16 << 20;

/** What one chunk leaves, and the state before it. */
export interface Passed {
  readonly left: Float32Array<ArrayBuffer>;
  readonly state: Float32Array<ArrayBuffer>;
}

export class PassedBlocks {
  private readonly blocks = new Map<number, Passed>();
  /** Chunks whose block is not whole yet. */
  private readonly parts = new Map<number, Passed>();
  /** Chunks of a block; 0 before the first has come. */
  private per = 0;

  constructor(
    private readonly of: Blocks,
    /** Steps that the run has or is planned to have. */
    private readonly steps: number,
    private readonly most = MAX_BYTES,
  ) {}

  /** Steps of a block. */
  get length(): number {
    return this.per * KEYFRAME_EVERY;
  }

  /** Chunk k has passed. */
  take(k: number, chunk: Passed): void {
    const bytes = chunk.left.byteLength + chunk.state.byteLength;
    this.per ||= Math.max(1, Math.ceil((bytes * Math.ceil(this.steps / KEYFRAME_EVERY)) / this.most));
    const { per } = this;
    this.parts.set(k, chunk);
    const first = k - (k % per);
    const parts = Array.from({ length: per }, (_, n) => this.parts.get(first + n));
    if (parts.includes(undefined)) return;
    const left = parts.map((part) => part!.left).reduce((earlier, later) => this.of.joined(earlier, later));
    this.blocks.set(first / per, { left, state: parts[0]!.state });
    for (let n = 0; n < per; n++) this.parts.delete(first + n);
    // A run that is longer than it was planned to be forgets its first blocks.
    const [oldest] = this.blocks.keys();
    if (this.blocks.size * bytes > 2 * this.most) this.blocks.delete(oldest!);
  }

  /** Steps n · length to (n + 1) · length − 1; null where not all of them have passed. */
  at(n: number): Passed | null {
    return this.blocks.get(n) ?? null;
  }
}
