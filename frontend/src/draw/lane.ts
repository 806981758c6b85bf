/** One model on the stage: its tapes, its cut through now, its limits. Everything is derived from the log. */

import { cellAt, memoryAt } from "../ledger/banks";
import type { ModelLog, RecordingLog } from "../ledger/log";
import type { BankSpec } from "../wire/manifest";
import {
  AppendColumns,
  CellColumns,
  type CellLimits,
  foldRows,
  LagColumns,
  MatrixColumns,
  MOST_ROWS,
  slowestFirst,
  type Fold,
} from "./columns";
import { count } from "./format";
import { MatrixImage } from "./now";
import { norms, pictureAt, type NowPicture } from "./picture";
import { fixedLimit } from "./scale";
import { ErrorTrack, type SignalTrack } from "./signal";
import { Tape } from "./tape";
import { hueOf, type Hue, type Inks } from "./tokens";

/** Rows of a cell bank are sorted once this many steps are known; before, they stand in order of their index. */
const ENOUGH = 64;

export class Lane {
  readonly hue: Hue;
  readonly label: string;
  readonly error: ErrorTrack;
  readonly image = new MatrixImage();
  /** Limit of each signed block of the picture, by its name, fixed for the recording (fixedLimit). */
  readonly limits = new Map<string, number>();
  /** What a full usage bar means; norms are drawn relative to the recording's limit. */
  usageLimit = 1;
  /** Slots × time (units × time for a cell bank). */
  tape!: Tape;
  fold!: Fold;
  /** Lag × time. */
  readonly lag: Tape;
  private cells: CellColumns | null = null;
  private pixels = 0;
  private measured = -1;
  private settleAt = ENOUGH;
  private last: NowPicture | null = null;

  constructor(
    log: RecordingLog,
    readonly model: ModelLog,
    readonly bank: BankSpec,
    signal: SignalTrack,
    inks: Inks,
    shares: { at(t: number): ArrayLike<number> | null; ready(): number },
    /** Pixel rows the tape is drawn on. */
    pixels = 2 * MOST_ROWS,
  ) {
    this.planned = signal.planned;
    this.hue = hueOf(model.spec.glyph);
    this.label = model.spec.label;
    this.error = new ErrorTrack(signal, model);
    const source = new LagColumns(
      (t) => shares.at(t),
      () => shares.ready(),
      signal.planned,
    );
    this.lag = new Tape(source, inks, 8);
    this.fit(pixels, inks);
    this.grow(log.manifest.status !== "running");
  }
  private readonly planned: number;

  /** Make the tape for a lane of that many pixel rows; nothing happens where the rows stay the same. */
  fit(pixels: number, inks: Inks): void {
    if (pixels === this.pixels) return;
    this.pixels = pixels;
    const { model, bank } = this;
    if (bank.kind === "cell") {
      const order = this.cells?.order ?? Uint16Array.from(Array(bank.width).keys());
      const limits = this.cells?.limits ?? { held: 1, write: 1, read: 1 };
      this.cells = new CellColumns(model, bank, order, limits, pixels);
    }
    const source =
      this.cells ??
      (bank.kind === "append"
        ? new AppendColumns(model, bank, this.planned, pixels)
        : new MatrixColumns(model, bank, pixels));
    const slots = bank.kind === "append" ? this.planned : bank.kind === "cell" ? bank.width : (bank.slots ?? 1);
    this.fold = foldRows(slots, source.rows);
    this.tape = new Tape(source, inks);
    this.last = null;
  }

  get stream(): number {
    return this.model.spec.stream;
  }

  /** Number of slots a pointer can stand on. */
  get slots(): number {
    return this.bank.kind === "append"
      ? this.model.steps
      : this.bank.kind === "cell"
        ? this.bank.width
        : (this.bank.slots ?? 1);
  }

  /** Slot (unit, step) at a row of the raster; for folded rows the first of them. */
  slotOfRow(row: number): number {
    const place = row * this.fold.per;
    return this.cells ? this.cells.order[Math.min(place, this.cells.order.length - 1)]! : place;
  }

  rowOfSlot(slot: number): number {
    const place = this.cells ? this.cells.order.indexOf(slot) : slot;
    return Math.min(this.fold.rows - 1, Math.floor(place / this.fold.per));
  }

  /** Two lines under the name: how large, and what the rows are. */
  get sizes(): readonly [string, string] {
    const { bank, model } = this;
    if (bank.kind === "cell") return [`${bank.width} cells`, "slow cells on top"];
    if (bank.kind === "append") {
      const layers = model.spec.banks.length;
      const which = layers > 1 ? `layer ${model.spec.banks.indexOf(bank) + 1} of ${layers}` : "one slot per step";
      return [`${bank.readHeads} heads × ${bank.width}`, which];
    }
    const heads = bank.readHeads > 1 ? `, ${bank.readHeads} heads` : "";
    return [`${count(bank.slots ?? 1)} × ${bank.width}${heads}`, bank.usage ? "slots by allocation" : "slots in order"];
  }

  /**
   * Whether the state after step t can be rebuilt: attention needs every step before it, other memories those since the
   * last keyframe. While a recording is loading, a step can have arrived without them.
   */
  has(t: number): boolean {
    const { model, bank } = this;
    if (t < model.steps) return t >= 0;
    if (bank.kind === "append") return false;
    const k = Math.floor(t / 64);
    return model.has(k * 64, t) && (model.spec.keyframe.bytes === 0 || model.keyframe(k) !== null);
  }

  /** Called when steps arrived: fixes order and scale of a cell bank once, and lets limits grow. */
  grow(complete: boolean): void {
    const { steps } = this.model;
    if (steps === 0) return;
    const chunk = complete ? steps : Math.floor(steps / 64);
    if (chunk !== this.measured) {
      this.measured = chunk;
      this.measure();
    }
    if (this.cells && this.settleAt < Infinity && steps >= (complete ? 1 : this.settleAt)) {
      // Rows take their order at 64 steps and at the end; what counts as much is looked at again at every doubling.
      if (complete || this.settleAt === ENOUGH) this.cells.order = slowestFirst(this.model, this.bank, steps);
      this.cells.limits = this.cellLimits();
      this.settleAt = complete ? Infinity : 2 * steps;
      this.last = null;
      this.tape.restart();
    }
  }

  /** Steps spread over what is held, newest first. */
  private sampled(): number[] {
    const { steps } = this.model;
    const every = Math.max(1, Math.ceil(steps / 24));
    return Array.from({ length: Math.ceil(steps / every) }, (_, k) => steps - 1 - k * every);
  }

  private measure(): void {
    const { model, bank } = this;
    const raise = (name: string, samples: readonly ArrayLike<number>[]): void => {
      this.limits.set(name, Math.max(this.limits.get(name) ?? 0, fixedLimit(samples)));
    };
    const read = (name: string): Float32Array[] => this.sampled().map((t) => model.need(bank.name, name).at(t));
    if (bank.kind === "append") {
      raise("keys", read("keys"));
      raise("values", read("values"));
    } else if (bank.kind === "cell") {
      raise(
        "cell c",
        this.sampled().map((t) => cellAt(model, bank.name, t)),
      );
      raise("output h", read("read_vectors"));
    } else {
      const contents = this.sampled().map((t) => this.near(t));
      raise("memory", contents);
      if (bank.usage) return;
      const sizes = contents.map((memory) => norms(memory, bank.slots ?? 1, bank.width));
      this.usageLimit = Math.max(this.measured > 1 ? this.usageLimit : 0, fixedLimit(sizes));
    }
  }

  /** Memory at about step t: the keyframe before it, where there is one, because anything else costs up to 64 updates. */
  private near(t: number): Float32Array {
    const { model, bank } = this;
    const k = Math.floor(t / 64);
    return (k > 0 ? model.keyframe(k)?.f32(bank.name, "memory") : null) ?? memoryAt(model, bank.name, t);
  }

  private cellLimits(): CellLimits {
    const { model, bank } = this;
    const at = (name: string, t: number): Float32Array => model.need(bank.name, name).at(t);
    const steps = this.sampled();
    return {
      held: fixedLimit(steps.map((t) => cellAt(model, bank.name, t))),
      write: fixedLimit(steps.map((t) => at("input_gate", t).map((v, u) => v * at("write_vectors", t)[u]!))),
      read: fixedLimit(steps.map((t) => at("read_vectors", t))),
    };
  }

  /** The cut through step t. Kept until another step is asked for. */
  picture(t: number): NowPicture {
    if (this.last?.t !== t) this.last = pictureAt(this.model, this.bank, t, this.fold, this.cells?.order ?? null);
    return this.last;
  }

  /** New theme: the tapes carry colours and are drawn again. */
  recolour(inks: Inks): void {
    this.tape.recolour(inks);
    this.lag.recolour(inks);
  }
}
