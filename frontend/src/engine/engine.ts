/** One run of a packed step: its memory, its state to look into and to change, and steps. What numbers mean is the model's affair. */
import { EngineError } from "./errors";
import type { EnginePackage, Leaf } from "./package";

/** Slots that a store has room for at least; from there on rooms double, as on the server. */
const LEAST_ROOM = 64;
const PAGE = 1 << 16;
/** Bytes behind the last store that a vector may reach into. */
const MARGIN = 16;
/** A module that adds two vectors: it is valid where the browser has vectors. */
const VECTORS = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
);

/** All that the next step needs. */
export interface EngineState {
  /** Steps since its start, where the state counts them; else 0. */
  readonly done: number;
  readonly fixed: Float32Array;
  /** Of each leaf that grows its floats, slot by slot; null of all others. */
  readonly grown: readonly (Float32Array | null)[];
}

export class Engine {
  private constructor(
    readonly pack: EnginePackage,
    private readonly memory: WebAssembly.Memory,
    private readonly block: () => void,
  ) {}

  /** A run that stands before its first step, with room for so many. Throws EngineError where the browser cannot run it. */
  static async open(pack: EnginePackage, steps: number): Promise<Engine> {
    if (typeof WebAssembly === "undefined" || !WebAssembly.validate(VECTORS))
      throw new EngineError(
        "no-vectors",
        "wanted a browser that runs WebAssembly with vectors (SIMD), this one does not",
        "Use a newer browser; the server runs models for this one.",
      );
    let exports: WebAssembly.Exports;
    try {
      exports = (await WebAssembly.instantiate(pack.code, {})).instance.exports;
    } catch (error) {
      throw new EngineError("refused-module", `this browser does not run the module: ${String(error)}`);
    }
    const engine = new Engine(pack, exports["memory"] as WebAssembly.Memory, exports["block"] as () => void);
    engine.begin(steps);
    return engine;
  }

  /** Steps since the state's start, where it counts them; else 0. */
  get done(): number {
    return this.header[this.pack.header.done / 4]!;
  }

  /**
   * Steps for `rows`, one after another, each of `pack.inputs` floats -> what they record, each of `pack.row`. From row `freeFrom` on the
   * model hears its own output.
   */
  run(rows: Float32Array, freeFrom = Infinity): Float32Array<ArrayBuffer> {
    const { pack } = this;
    const count = rows.length / pack.inputs;
    const made = new Float32Array(count * pack.row);
    for (let first = 0; first < count; first += pack.rows) {
      const many = Math.min(pack.rows, count - first);
      this.makeRoom(this.done + many);
      const part = rows.subarray(first * pack.inputs, (first + many) * pack.inputs);
      this.floats(pack.layout.input, part.length).set(part);
      this.header[pack.header.count / 4] = many;
      this.header[pack.header.free_from / 4] = Math.min(Math.max(freeFrom - first, 0), 0x7fff_ffff);
      this.block();
      made.set(this.floats(pack.layout.row, many * pack.row), first * pack.row);
    }
    return made;
  }

  /** A leaf of the state, to read and to write: the next step goes on from what stands there. Good until the next `run` or `load`. */
  leaf({ at, shape, grows }: Leaf): Float32Array {
    const size = shape.reduce((product, n, axis) => product * (axis === grows ? n + this.done : n), 1);
    if (grows === null) return this.floats(this.stateAt + 4 * at, size);
    return this.floats(this.pack.layout.stores + 4 * at * this.room, size);
  }

  /** A copy of the state. */
  state(): EngineState {
    return {
      done: this.done,
      fixed: this.floats(this.stateAt, this.pack.state.length).slice(),
      grown: this.pack.leaves.map((leaf) => (leaf.grows === null ? null : this.leaf(leaf).slice())),
    };
  }

  /** Go on from this state. */
  load({ done, fixed, grown }: EngineState): void {
    this.header[this.pack.header.done / 4] = 0; // what lies in the stores is not kept
    this.makeRoom(done);
    this.header[this.pack.header.done / 4] = done;
    this.floats(this.stateAt, fixed.length).set(fixed);
    grown.forEach((floats, n) => floats && this.leaf(this.pack.leaves[n]!).set(floats));
  }

  private begin(steps: number): void {
    const { header, layout, weights, state } = this.pack;
    this.header[header.state / 4] = layout.state;
    this.header[header.next / 4] = layout.next;
    this.floats(layout.weights, weights.length).set(weights);
    this.makeRoom(steps);
    this.floats(layout.state, state.length).set(state);
  }

  private makeRoom(steps: number): void {
    const { slot, beyond, layout, header } = this.pack;
    const needed = steps + beyond;
    if (slot === 0 || needed <= this.room) return;
    const kept = this.state();
    const room = Math.max(LEAST_ROOM, 2 ** Math.ceil(Math.log2(needed)));
    const missing = layout.stores + 4 * slot * room + MARGIN - this.memory.buffer.byteLength;
    try {
      if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE));
    } catch {
      const needs = Math.ceil((4 * slot * room) / (1 << 20));
      throw new EngineError(
        "no-memory",
        `the state after ${steps} steps takes ${needs} MiB, which the browser does not give`,
      );
    }
    this.header[header.room / 4] = room;
    kept.grown.forEach((floats, n) => floats && this.leaf(this.pack.leaves[n]!).set(floats));
  }

  private get room(): number {
    return this.header[this.pack.header.room / 4]!;
  }

  private get stateAt(): number {
    return this.header[this.pack.header.state / 4]!;
  }

  private get header(): Int32Array {
    return new Int32Array(this.memory.buffer, 0, 16);
  }

  private floats(at: number, count: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.memory.buffer, at, count);
  }
}
