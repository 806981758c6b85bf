/**
 * What of a bank stays when chunks are let go of, because every later step looks at it (Kind.stays: keys and values of attention). One
 * piece a chunk, in memory that page and worker share where the browser grants that: it is made once and never given back, so that it
 * cannot pile up.
 */
import { KEYFRAME_EVERY } from "../wire/manifest";
import type { FrameSpec } from "../wire/manifest";
import type { Stretch, TensorPlace } from "./kinds/base";

export class Stay {
  private readonly pieces = new Map<number, Float32Array>();
  /** Where each tensor lies in a piece. */
  private readonly places = new Map<string, number>();
  private readonly tensors;
  private readonly floats: number;
  private size = 0;
  private without = 0;

  constructor(
    frame: FrameSpec,
    readonly bank: string,
    names: readonly string[],
  ) {
    this.floats = frame.bytes / 4;
    this.tensors = frame.tensors.filter((tensor) => tensor.bank === bank && names.includes(tensor.name));
    for (const { name, size } of this.tensors) {
      this.places.set(name, this.size);
      this.size += KEYFRAME_EVERY * size;
    }
  }

  /** The first chunk of which nothing is here. */
  get gap(): number {
    while (this.pieces.has(this.without)) this.without++;
    return this.without;
  }

  has(k: number): boolean {
    return this.pieces.has(k);
  }

  /** Chunk k is whole: `data` are its 64 frames. */
  take(k: number, data: Float32Array): Float32Array {
    const bytes = 4 * this.size;
    const piece = new Float32Array(
      globalThis.crossOriginIsolated ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes),
    );
    for (const { name, size, offset } of this.tensors) {
      for (let i = 0; i < KEYFRAME_EVERY; i++) {
        const from = i * this.floats + offset / 4;
        piece.set(data.subarray(from, from + size), this.places.get(name)! + i * size);
      }
    }
    this.pieces.set(k, piece);
    return piece;
  }

  put(k: number, piece: Float32Array): void {
    this.pieces.set(k, piece);
  }

  /** The numbers of a tensor at the steps of chunk k; null where they do not stay, or have not come. */
  stretch(k: number, { bank, name, size }: TensorPlace): Stretch | null {
    const data = bank === this.bank ? this.pieces.get(k) : undefined;
    const start = this.places.get(name);
    return data && start !== undefined ? { data, start, stride: size } : null;
  }
}
