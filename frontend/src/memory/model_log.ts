/**
 * What is held of one model: its frames in blocks of 64 steps, its keyframes, and typed views into both.
 *
 * A block is one Float32Array of 64 frames, so a view of step t is an offset, never a copy, and a run may grow for
 * hours without any array being moved. Steps may arrive in any order (a scrub asks for a later chunk first); a step
 * once held never changes. Of a long run blocks are let go (letting_go.ts) and come again when they are looked at; the few numbers
 * that belong to no bank (inputs, answers, targets) stay for all steps.
 */
import { kindOf, openMemory } from "../memory/kinds";
import type { BankLog, Memory, Reader, Stretch } from "../memory/kinds/base";
import { KEYFRAME_EVERY } from "../wire/manifest";
import type { BankSpec, Failure, FrameSpec, ModelSpec, TensorSpec } from "../wire/manifest";
import { encodeMessage } from "../wire/messages";
import { LedgerError } from "./errors";
import { Gone } from "./gone";
import { Stay } from "./staying";

interface Block {
  readonly data: Float32Array;
  /** 1 where the frame of that step has arrived. */
  readonly held: Uint8Array;
  /** When it was looked at last, by the clock of the log. */
  used: number;
}

/** Counts the messages a log has taken, which is all that "longest ago" needs. */
export interface Clock {
  now: number;
}

/** One recorded tensor over time. */
export class TensorReader {
  readonly shape: readonly number[];
  readonly axes: readonly string[];
  /** Numbers per step. */
  readonly size: number;

  constructor(
    private readonly log: ModelLog,
    readonly spec: TensorSpec,
  ) {
    this.shape = spec.shape;
    this.axes = spec.axes;
    this.size = spec.size;
  }

  /** The numbers of step t, as a view. Throws LedgerError where the step is not held. */
  at(t: number): Float32Array {
    const kept = this.log.kept(t, this.spec);
    if (kept) return kept;
    const data = this.log.block(t);
    const start = (t % KEYFRAME_EVERY) * this.log.floats + this.spec.offset / 4;
    return data.subarray(start, start + this.size);
  }

  /** Steps t0 … t1 (excluded) one after another into `out`, which must have room for (t1 − t0) · size numbers. */
  copyInto(out: Float32Array, t0: number, t1: number): void {
    for (let t = t0; t < t1; t++) out.set(this.at(t), (t - t0) * this.size);
  }
}

/** The state before the first step of a chunk. */
export class Keyframe {
  constructor(
    private readonly spec: FrameSpec,
    private readonly data: Float32Array,
  ) {}

  /** One tensor of the state, as a view; null where the model does not keep it. */
  f32(bank: string | null, name: string): Float32Array | null {
    const tensor = find(this.spec, bank, name);
    return tensor && this.data.subarray(tensor.offset / 4, tensor.offset / 4 + tensor.size);
  }
}

export class ModelLog implements BankLog {
  /** Numbers per frame. */
  readonly floats: number;
  /** Set when the model could not go on; its steps before that stay readable. */
  failure: Failure | null = null;
  private readonly blocks = new Map<number, Block>();
  private readonly keyframes = new Map<number, Float32Array>();
  private readonly readers = new Map<string, TensorReader | null>();
  private readonly memories = new Map<string, Memory>();
  private contiguous = 0;
  private end = 0;
  /** Whether a step can be shown by its own chunk and what stays of others, so that those may be let go of. */
  private readonly lets: boolean;
  /** What stays of all whole chunks; null where all of them are held. */
  private stay: Stay | null = null;
  /** Chunks that were here and were let go of, with what stays of them. */
  private readonly gone: Gone;
  /** Brings chunk k here and now, or does nothing; null where nobody can. */
  pull: ((k: number) => void) | null = null;
  /** Asks for chunk k, which was let go of, to come again some time; `onward`: those after it will be wanted too. */
  wished: ((k: number, onward: boolean) => void) | null = null;

  /** Hears of every chunk whose 64 steps are here now. */
  whole: ((k: number) => void) | null = null;
  /** Hears of what stays of a chunk, of the bank that is looked at. Where nobody does, nothing has to: all chunks are held. */
  stays: ((bank: string, k: number, piece: Float32Array) => void) | null = null;

  constructor(
    readonly spec: ModelSpec,
    private readonly clock: Clock = { now: 0 },
  ) {
    this.floats = spec.frame.bytes / 4;
    this.lets = spec.banks.length > 0 && spec.banks.every((bank) => kindOf(bank).local);
    this.gone = new Gone(spec.frame);
  }

  /** Steps that have come without a gap from step 0 on, those let go of since included. */
  get steps(): number {
    return this.contiguous;
  }

  /** One past the newest step held, gaps or not. */
  get newest(): number {
    return this.end;
  }

  hasStep(t: number): boolean {
    if (t < this.contiguous && this.gone.size === 0) return t >= 0 && Number.isInteger(t);
    return this.blocks.get(Math.floor(t / KEYFRAME_EVERY))?.held[t % KEYFRAME_EVERY] === 1;
  }

  /** Whether the steps first … last (both included) are held. */
  has(first: number, last: number): boolean {
    let t = this.gone.size === 0 ? Math.max(first, Math.min(this.contiguous, last)) : first;
    while (t <= last) {
      const k = Math.floor(t / KEYFRAME_EVERY);
      const held = this.blocks.get(k)?.held;
      if (!held) return false;
      const end = Math.min(last, (k + 1) * KEYFRAME_EVERY - 1);
      for (; t <= end; t++) if (held[t % KEYFRAME_EVERY] !== 1) return false;
    }
    return first >= 0;
  }

  /** Like hasStep; where the step was let go of it is asked for, for whoever goes through a run step by step (`onward`) or looks at a few. */
  ready(t: number, onward = true): boolean {
    if (this.hasStep(t)) return true;
    const k = Math.floor(t / KEYFRAME_EVERY);
    if (this.gone.has(k)) this.wished?.(k, onward);
    return false;
  }

  /** Whether the numbers of step t that belong to no bank are here. */
  knows(t: number): boolean {
    return this.hasStep(t) || this.gone.has(Math.floor(t / KEYFRAME_EVERY));
  }

  /** Numbers of a tensor without a bank, of a step that was let go of, or of one that stays; null where there are none. */
  kept(t: number, spec: TensorSpec): Float32Array | null {
    if (spec.bank === null) return this.gone.at(t, spec);
    const k = Math.floor(t / KEYFRAME_EVERY);
    const found = this.stay?.stretch(k, spec);
    if (!found) return null;
    const from = found.start + (t - k * KEYFRAME_EVERY) * found.stride;
    return found.data.subarray(from, from + spec.size);
  }

  /** From now on this bank is looked at: what later steps look at of it stays. Chunks that were let go of before come once more for it. */
  look(bank: BankSpec): void {
    const names = kindOf(bank).stays?.(bank) ?? [];
    if (!this.stays || names.length === 0 || this.stay?.bank === bank.name) return;
    this.stay = new Stay(this.spec.frame, bank.name, names);
    for (const [k, { data, held }] of this.blocks) if (!held.includes(0)) this.keepOf(k, data);
    for (const k of this.gone.all()) if (!this.stay.has(k)) this.wished?.(k, true);
  }

  /** What stays of a chunk has come from elsewhere. */
  putStay(bank: string, k: number, piece: Float32Array): void {
    if (this.stay?.bank !== bank) {
      const spec = this.bank(bank);
      this.stay = new Stay(this.spec.frame, bank, kindOf(spec).stays?.(spec) ?? []);
    }
    this.stay.put(k, piece);
  }

  /** Whether what later steps look at of step t is here. */
  keeps(bank: string, t: number): boolean {
    return this.hasStep(t) || (this.stay?.bank === bank && this.stay.has(Math.floor(t / KEYFRAME_EVERY)));
  }

  reaches(bank: string, t: number): boolean {
    if (t > this.contiguous) return false;
    if (this.gone.size === 0 || !kindOf(this.bank(bank)).stays) return true;
    return this.stay?.bank === bank && this.stay.gap >= Math.floor(t / KEYFRAME_EVERY);
  }

  stretch({ spec }: Reader, k: number, last: number): Stretch {
    const stays = this.stay?.stretch(k, spec);
    if (stays) return stays;
    const first = k * KEYFRAME_EVERY;
    if (!this.has(first, last)) for (let t = first; t <= last; t++) this.block(t); // throws and names the step, or fetches it
    return { data: this.block(first), start: spec.offset / 4, stride: this.floats };
  }

  /** Whether everything that chunk k can have below step `until` is held, its keyframe included. */
  hasChunk(k: number, until: number): boolean {
    const first = k * KEYFRAME_EVERY;
    const end = Math.min(first + KEYFRAME_EVERY, until, this.failure?.step ?? Infinity);
    if (end <= first) return true;
    return this.has(first, end - 1) && (this.spec.keyframe.bytes === 0 || this.keyframes.has(k));
  }

  /** Whether chunk k has come, held or let go of since. */
  sawChunk(k: number, until: number): boolean {
    return this.gone.has(k) || this.hasChunk(k, until);
  }

  /** Whether chunks may be let go of. */
  get local(): boolean {
    return this.lets && (this.stay !== null || !this.spec.banks.some((bank) => kindOf(bank).stays));
  }

  /** Bytes of the blocks and keyframes that could be let go of. */
  get loose(): number {
    if (!this.local) return 0;
    return KEYFRAME_EVERY * this.spec.frame.bytes * this.blocks.size + this.spec.keyframe.bytes * this.keyframes.size;
  }

  /** When each whole block was looked at last, by its chunk. */
  *uses(): Generator<readonly [number, number], void, undefined> {
    if (!this.local) return;
    for (const [k, { used, held }] of this.blocks) if (!held.includes(0)) yield [k, used];
  }

  /**
   * Lets go of a whole chunk; the keyframe of the first one stays, since every share begins there. Returns false where it lies behind a
   * gap: then it is as if it had never come.
   */
  release(k: number): boolean {
    const block = this.blocks.get(k);
    if (!block) return true;
    const before = this.contiguous >= (k + 1) * KEYFRAME_EVERY;
    if (before) this.gone.add(k, block.data);
    this.blocks.delete(k);
    if (k > 0) this.keyframes.delete(k);
    return before;
  }

  /** Looked at now: what lies around the playhead stays. */
  touch(k: number): void {
    const block = this.blocks.get(k);
    if (block) block.used = this.clock.now;
  }

  /** A tensor of the frames; null where the model does not record it. */
  f32(bank: string | null, name: string): TensorReader | null {
    const key = `${bank ?? ""}\n${name}`;
    let reader = this.readers.get(key);
    if (reader === undefined) {
      const tensor = find(this.spec.frame, bank, name);
      reader = tensor && new TensorReader(this, tensor);
      this.readers.set(key, reader);
    }
    return reader;
  }

  /** Like f32, for tensors that every bank of that kind has (the manifest was checked for them). */
  need(bank: string, name: string): TensorReader {
    const reader = this.f32(bank, name);
    if (reader) return reader;
    throw new LedgerError("no-tensor", `Model ${this.spec.id}, bank ${bank} records no ${name}.`);
  }

  /** The state before step 64·k; null where it has not arrived or the model keeps none. */
  keyframe(k: number): Keyframe | null {
    let data = this.keyframes.get(k);
    if (!data && this.pull && this.spec.keyframe.bytes > 0) {
      this.pull(k);
      data = this.keyframes.get(k);
    }
    return data ? new Keyframe(this.spec.keyframe, data) : null;
  }

  /** The bank of that name. Null selects the first, of layers one above another the last, as in Python. */
  bank(name: string | null = null): BankSpec {
    const { banks, id } = this.spec;
    const layers = banks[0] !== undefined && kindOf(banks[0]).layered;
    const chosen = name !== null ? banks.find((bank) => bank.name === name) : layers ? banks.at(-1) : banks[0];
    if (chosen) return chosen;
    const names = banks.map((bank) => bank.name).join(", ") || "none";
    throw new LedgerError("no-bank", `Model ${id}: wanted bank ${name ?? "any"}, it has: ${names}.`);
  }

  /** The memory of that bank, opened once; null as for `bank`. */
  memory(name: string | null = null): Memory {
    const bank = this.bank(name);
    let memory = this.memories.get(bank.name);
    if (!memory) this.memories.set(bank.name, (memory = openMemory(this, bank)));
    return memory;
  }

  /** The block that holds step t. Throws LedgerError where the step is not held. */
  block(t: number): Float32Array {
    const k = Math.floor(t / KEYFRAME_EVERY);
    let block = this.blocks.get(k);
    if (this.pull && t >= 0 && block?.held[t % KEYFRAME_EVERY] !== 1) {
      this.pull(k);
      block = this.blocks.get(k);
    }
    if (block?.held[t % KEYFRAME_EVERY] === 1) {
      block.used = this.clock.now;
      return block.data;
    }
    throw new LedgerError(
      "not-held",
      `Model ${this.spec.id}: wanted step ${t}, ${this.contiguous} steps are held.`,
      `step ${t}`,
      "Wait until it has been loaded.",
    );
  }

  /**
   * Takes whole frames of steps first … first + count − 1; those already held stay as they are. A whole block stays where it lies:
   * a long recording is in memory once, not twice.
   */
  putFrames(first: number, count: number, payload: Uint8Array): void {
    const { bytes } = this.spec.frame;
    const { buffer, byteOffset } = payload;
    const whole = count === KEYFRAME_EVERY && first % KEYFRAME_EVERY === 0 && byteOffset % 4 === 0;
    if (whole && !this.blocks.has(first / KEYFRAME_EVERY)) {
      const data = new Float32Array(buffer, byteOffset, KEYFRAME_EVERY * this.floats);
      const held = new Uint8Array(KEYFRAME_EVERY).fill(1);
      this.blocks.set(first / KEYFRAME_EVERY, { data, held, used: this.clock.now });
    }
    for (let i = 0; i < count; i++) {
      const t = first + i;
      const k = Math.floor(t / KEYFRAME_EVERY);
      let block = this.blocks.get(k);
      if (!block) {
        const data = new Float32Array(KEYFRAME_EVERY * this.floats);
        block = { data, held: new Uint8Array(KEYFRAME_EVERY), used: this.clock.now };
        this.blocks.set(k, block);
      }
      const place = t % KEYFRAME_EVERY;
      if (block.held[place] === 1) continue;
      new Uint8Array(block.data.buffer).set(payload.subarray(i * bytes, (i + 1) * bytes), place * bytes);
      block.held[place] = 1;
    }
    this.end = Math.max(this.end, first + count);
    while (
      this.blocks.get(Math.floor(this.contiguous / KEYFRAME_EVERY))?.held[this.contiguous % KEYFRAME_EVERY] === 1
    ) {
      this.contiguous++;
    }
    for (
      let k = Math.floor(first / KEYFRAME_EVERY);
      (this.whole ?? this.stays) && k * KEYFRAME_EVERY < first + count;
      k++
    ) {
      const block = this.blocks.get(k);
      if (!block?.held.every((one) => one === 1)) continue;
      this.keepOf(k, block.data);
      this.whole?.(k);
    }
  }

  private keepOf(k: number, data: Float32Array): void {
    if (!this.stays || !this.stay || this.stay.has(k)) return;
    this.stays(this.stay.bank, k, this.stay.take(k, data));
  }

  putKeyframe(k: number, payload: Uint8Array): void {
    if (this.keyframes.has(k)) return;
    const copy = new Uint8Array(payload); // payload may lie at an odd byte of a message
    this.keyframes.set(k, new Float32Array(copy.buffer));
  }

  /** All that is held, as messages that another log can append. Fresh buffers: they may be transferred. */
  *messages(): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
    const { stream } = this.spec;
    for (const [k, data] of this.keyframes) {
      const payload = new Uint8Array(data.buffer);
      yield encodeMessage({ stream, kind: "keyframe", first: k * KEYFRAME_EVERY, count: 1, payload });
    }
    const { bytes } = this.spec.frame;
    for (const [k, block] of this.blocks) {
      for (let start = 0; start < KEYFRAME_EVERY; start++) {
        if (block.held[start] !== 1) continue;
        let stop = start + 1;
        while (stop < KEYFRAME_EVERY && block.held[stop] === 1) stop++;
        const { buffer, byteOffset } = block.data;
        const payload = new Uint8Array(buffer, byteOffset + start * bytes, (stop - start) * bytes);
        yield encodeMessage({
          stream,
          kind: "frames",
          first: k * KEYFRAME_EVERY + start,
          count: stop - start,
          payload,
        });
        start = stop;
      }
    }
  }
}

function find(frame: FrameSpec, bank: string | null, name: string): TensorSpec | null {
  return frame.tensors.find((tensor) => tensor.bank === bank && tensor.name === name) ?? null;
}
