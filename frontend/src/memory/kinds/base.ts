/**
 * What a kind of memory is, for everything that is not one: the protocol behind which each kind of bank lives in a room of its own.
 *
 * A `Kind` says what a bank must record and opens it. A `Memory` is one opened bank of one model and answers every question about
 * it; all numbers are those after step t's write. Equations and tensors: docs/format.md. Letters used in these rooms:
 *
 *   M memory · w^w write weights · w^r read weights · e erase · v write vectors · f free gates · ψ retention
 *   u usage · L links · p precedence · c cell          (Graves 2014 §3, Graves 2016 Methods)
 *   S associative memory · k key · q query · α retention · b erase · w write gate     (Yang et al. 2024, arXiv 2406.06484)
 */
import type { BankExtra, BankSpec, TensorSpec } from "../../wire/manifest";

/** Name of a tensor → its shape. */
export type Shapes = Readonly<Record<string, readonly number[]>>;

/** A tensor of a frame, and where it lies there. */
export type TensorPlace = Pick<TensorSpec, "bank" | "name" | "size" | "offset">;

/** Numbers of a tensor over the steps of a chunk: those of its step i are `data[start + i · stride]` and the ones after it. */
export interface Stretch {
  readonly data: Float32Array;
  readonly start: number;
  readonly stride: number;
}

/** One recorded tensor over time. */
export interface Reader {
  readonly shape: readonly number[];
  /** Numbers per step. */
  readonly size: number;
  readonly spec: TensorPlace;
  /** The numbers of step t, as a view. Throws LedgerError where the step is not held. */
  at(t: number): Float32Array;
}

/** The state before the first step of a chunk. */
export interface StateBefore {
  f32(bank: string | null, name: string): Float32Array | null;
}

/** What a kind reads: the log of one model (model_log.ts). */
export interface BankLog {
  readonly spec: { readonly id: string; readonly keyframe: { readonly bytes: number } };
  /** Numbers per frame. */
  readonly floats: number;
  /** Steps held without a gap from step 0 on. */
  readonly steps: number;
  hasStep(t: number): boolean;
  has(first: number, last: number): boolean;
  block(t: number): Float32Array;
  /** A tensor over chunk k as far as step `last`. Throws LedgerError where one of its steps is not held and does not stay. */
  stretch(reader: Reader, k: number, last: number): Stretch;
  /** Whether all is here that step t of a bank looks at of the steps before it. */
  reaches(bank: string, t: number): boolean;
  f32(bank: string | null, name: string): Reader | null;
  need(bank: string, name: string): Reader;
  keyframe(k: number): StateBefore | null;
}

export interface Kind {
  /** As the manifest spells it. */
  readonly name: string;
  /** What a bank of this kind may say of itself that others may not. */
  readonly extras: readonly BankExtra[];
  /** Banks of this kind are layers one above another: the last is the one looked at where none is named, as in Python. */
  readonly layered: boolean;
  /** Whether keyframes hold its state. If not, the log itself is the memory, and a step needs every step before it. */
  readonly keyframed: boolean;
  /**
   * Whether a step can be drawn from its own chunk, from sums over the steps before, and from what stays of them. If so, a long run holds
   * some chunks and not all; if not, all are held.
   */
  readonly local: boolean;
  /** Tensors of every step that all later steps look at: they stay when chunks are let go of, of the bank that is looked at. */
  stays?(bank: BankSpec): readonly string[];
  /** What `occupancy` is, for the reader of a chart: a clause. */
  readonly filled: string;
  /** Refuses what the format does not allow of a bank of this kind. Throws ManifestError. */
  check(bank: BankSpec, path: string): void;
  /** What every frame must hold so that the rest can be derived. */
  frame(bank: BankSpec): Shapes;
  /** What every keyframe must hold. */
  keyframe(bank: BankSpec): Shapes;
  open(log: BankLog, bank: BankSpec): Memory;
}

/** Per step 0 … steps − 1: how much one slot was written, read and erased then, each 0 … 1. */
export interface SlotLife {
  readonly write: Float32Array;
  readonly read: Float32Array;
  readonly erase: Float32Array;
}

/** Rows of shares: [t + 2], index 0 the initial content, index s + 1 the write of step s. They sum to 1, or are all 0. */
export type Shares = Float64Array<ArrayBuffer>;

/** How a write can be lost: its place is erased for another write, its slot is released, or all that is held decays. */
export type Mechanism = "overwritten" | "freed" | "faded";

/** What later steps left of each write; held.ts says what the numbers mean. */
export interface Held {
  /** held(s, t) of every s = 0 … t: [t + 1]. Costs about one row of shares. */
  row(t: number): Float64Array<ArrayBuffer>;
  /** held(s, t) of one write, split over the slots; their sum is held(s, t), 0 for s > t and where step s wrote nothing. */
  slots(s: number, t: number): Float64Array<ArrayBuffer>;
  /** ‖A_s‖: how much step s wrote. */
  norm(s: number): number;
  /** How such a memory can lose a write, in the order in which a step does; none where nothing is ever lost. */
  readonly mechanisms: readonly Mechanism[];
  /**
   * What each step before `stop` took of the writes of steps first … last: [mechanism · stop], parts of all that they wrote, each write
   * counted by ‖A_s‖². The losses of a write up to step t sum to 1 − held(s, t).
   */
  losses(first: number, last: number, stop: number): Float64Array<ArrayBuffer>;
}

/** A read carried back through a run: what it takes of each number of the memory as it was then, per unit of what stood there. */
export interface Walk {
  /** Back through steps last … first: the share of each into out[s + 1]. False where nothing of what is further back is read. */
  through(last: number, first: number, out: Shares): boolean;
  /** Back over steps by what they leave (`Blocks.left`). False as above. */
  over(left: Float32Array): boolean;
  /** The part of the read that stands in `state`, the state before the step gone through last. */
  standing(state: Float32Array): number;
  copy(): Walk;
}

/**
 * Reads of a memory with a linear update, carried back over steps that are not held. A block of steps takes every state S to T S + A,
 * whatever S is; T is what it leaves. Its share of a read is what of it stands in the state after the block, less what stands in the
 * state before it.
 */
export interface Blocks {
  /** The tensor of the keyframes that is the state. */
  readonly state: string;
  /** T of steps first … last. */
  left(first: number, last: number): Float32Array<ArrayBuffer>;
  /** T of two blocks, one right after the other. */
  joined(earlier: Float32Array, later: Float32Array): Float32Array<ArrayBuffer>;
  /** What read head `head` reads at step t; null where it reads nothing. Throws as `readShares`. */
  walk(head: number, t: number): Walk | null;
}

export interface Memory {
  readonly bank: BankSpec;
  /** Whether heads address its slots by weights. If not, it is read and written as a whole, or along directions. */
  readonly addressed: boolean;
  /** Whether every step writes alike, so that how much it wrote says nothing. */
  readonly evenWrites: boolean;
  /** Slots after step t: of a state its units, of an associative memory the rows of its key axis, of attention the steps so far. */
  slots(t: number): number;

  /** The one step that may have written a slot, known without the ledger; null if it is still to come. Absent where several may. */
  origin?(slot: number, t: number): number | null;

  /** Whether the state after step t can be rebuilt from what is held; while a recording loads, steps arrive before others. */
  has(t: number): boolean;
  /** Whether step t made a slot or wrote, and whether it read; both true except of gated banks. */
  acted(t: number): { readonly write: boolean; readonly read: boolean };
  /** All it holds, slot by slot (where heads have contents of their own, head by head). `out`, where given, is filled and returned. Throws LedgerError where the log lacks it. */
  content(t: number, out?: Float32Array): Float32Array;
  /** What two moments are compared by; may be overwritten by the next call. */
  signature(t: number): ArrayLike<number>;

  /** Where head `head` wrote, 0 … 1 a slot. */
  writeRow(head: number, t: number): Float32Array;
  /** Where head `head` read, 0 … 1 a slot. */
  readRow(head: number, t: number): Float32Array;
  /** What all read heads read, side by side [head · width]: as recorded, or rebuilt where the log implies it. */
  reads(t: number): Float32Array;

  /** Shares of the writes in what read head `head` reads. Throws LedgerError for a head it does not have. */
  readShares(head: number, t: number): Shares;
  /** Shares of the writes in what one slot holds. Throws LedgerError for a slot it does not have. */
  slotShares(slot: number, t: number): Shares;

  /** How its reads are carried back over whole blocks of steps. Absent where the update is not linear or every step is kept. */
  readonly blocks?: Blocks;

  /** What is held of each write. */
  readonly held: Held;

  /** One slot over the steps before `until`; 0 at those that are not held. */
  life(slot: number, until: number): SlotLife;
  /** How full it is after step t, 0 … 1; `planned` is the length the run is planned to have. */
  occupancy(t: number, planned: number): number;
  /**
   * A counter of twins, to be asked in order of steps: the part of the slots in use whose content points the same way as another's
   * (cosine above `alike`); blank slots are neither counted nor compared, and NaN stands where fewer than two are in use. Absent where there are no slots to compare.
   */
  twins?(alike: number): (t: number) => number;
  /** Links L_t [slot · slot] (Graves 2016, eq. 17): how far slot i was written right after slot j. Absent where none are kept. */
  links?(t: number): Float32Array;
}
