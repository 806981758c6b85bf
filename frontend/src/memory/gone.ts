/**
 * Chunks that a log has let go of. Their numbers that belong to no bank (inputs, answers, targets: a few a step) stay, because the signal,
 * the errors so far and what is looked for in them are of all steps.
 */
import { KEYFRAME_EVERY } from "../wire/manifest";
import type { FrameSpec, TensorSpec } from "../wire/manifest";

export class Gone {
  private readonly chunks = new Map<number, Float32Array>();
  /** Where each tensor without a bank lies among the numbers of a step that stay. */
  private readonly places = new Map<string, number>();
  private readonly numbers: number;

  constructor(private readonly frame: FrameSpec) {
    let numbers = 0;
    for (const { bank, name, size } of frame.tensors) {
      if (bank !== null) continue;
      this.places.set(name, numbers);
      numbers += size;
    }
    this.numbers = numbers;
  }

  /** Chunks that were let go of, whether or not they have come again. */
  get size(): number {
    return this.chunks.size;
  }

  all(): Iterable<number> {
    return this.chunks.keys();
  }

  has(k: number): boolean {
    return this.chunks.has(k);
  }

  /** Chunk k goes: `data` are its 64 whole frames. */
  add(k: number, data: Float32Array): void {
    if (this.chunks.has(k)) return;
    const out = new Float32Array(KEYFRAME_EVERY * this.numbers);
    const floats = this.frame.bytes / 4;
    for (const { bank, name, size, offset } of this.frame.tensors) {
      if (bank !== null) continue;
      for (let i = 0; i < KEYFRAME_EVERY; i++) {
        const start = i * floats + offset / 4;
        out.set(data.subarray(start, start + size), i * this.numbers + this.places.get(name)!);
      }
    }
    this.chunks.set(k, out);
  }

  /** Numbers of a tensor without a bank at step t, as a view; null where its chunk was not let go of. */
  at(t: number, { name, size }: TensorSpec): Float32Array | null {
    const kept = this.chunks.get(Math.floor(t / KEYFRAME_EVERY));
    if (!kept) return null;
    const start = (t % KEYFRAME_EVERY) * this.numbers + this.places.get(name)!;
    return kept.subarray(start, start + size);
  }
}
