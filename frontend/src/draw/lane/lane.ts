/** One model on the stage: its tapes, its cut through now, its limits. Everything is derived from the log. */

import { associationAt, memoryAt, unitsAt } from "../../memory/banks";
import type { ModelLog } from "../../memory/log";
import { combineHeads, sharesAt } from "../../memory/shares";
import { isSingle } from "../../wire/layout";
import type { BankSpec, ModelSpec } from "../../wire/manifest";
import { AppendColumns, foldRows, LagColumns, MatrixColumns, MOST_ROWS, type Fold } from "./columns";
import { count } from "../ink/format";
import { gaugesOf, Turns, type Gauge } from "./gauge";
import { MatrixImage } from "./cut_painter";
import { norms, pictureAt, type NowPicture } from "./cut";
import { fixedLimit } from "../../analysis/scale";
import { ErrorTrack, type SignalTrack } from "../../analysis/signal";
import { Tape } from "./tape";
import { hueOf, type Hue, type Inks } from "../ink/tokens";
import { slowestFirst, UnitColumns, writtenAt, type UnitLimits } from "./unit_columns";

/** Rows of a state are sorted once this many steps are known; before, they stand in order of their index. */
const ENOUGH = 64;

/** "Layer 2", "Cross 1", "Memory": a bank's name as people read it. */
export function bankLabel(bank: BankSpec): string {
  const words = bank.name.replace(/(\d+)$/, (digits) => ` ${Number(digits) + 1}`).replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** "NTM" of "NTM, 250 updates": how far it was trained is said apart from what it is. */
export function nameOf({ label, training }: Pick<ModelSpec, "label" | "training">): string {
  return training ? label.replace(/, \d+ updates?$/, "") : label;
}

/** Rows of shares in all heads' reads, by step: null where they are not known yet. */
export interface ShareSource {
  at(t: number): ArrayLike<number> | null;
}

/** Computed here and now, step by step, for pictures that have no worker. */
function atOnce(model: ModelLog, bank: BankSpec): ShareSource {
  let last: { t: number; row: ArrayLike<number> } | null = null; // a column asks twice
  return {
    at(t) {
      if (t >= model.steps) return null;
      if (last?.t === t) return last.row;
      const rows = Array.from({ length: bank.readHeads }, (_, head) => sharesAt(model, bank.name, head, t));
      last = { t, row: rows.length === 1 ? rows[0]! : combineHeads(model, bank, rows, t) };
      return last.row;
    },
  };
}

export class Lane {
  readonly hue: Hue;
  readonly label: string;
  readonly error: ErrorTrack;
  readonly image = new MatrixImage();
  /** Limit of each signed block of the picture, by its name, fixed for the recording (fixedLimit). */
  readonly limits = new Map<string, number>();
  /** What a full usage bar means; norms are drawn relative to the recording's limit. */
  usageLimit = 1;
  /** Slots × time; units × time of a state; lag × time of an associative memory, which has no slots to stand in rows. */
  tape!: Tape;
  fold!: Fold;
  /** Lag × time. */
  readonly lag: Tape;
  /** What stands above the raster: bars, or rows of gates. */
  readonly gauges: readonly Gauge[];
  private readonly phases: Turns;
  /** Which head's matrix the cut through now shows, of an associative memory. */
  private shownHead = 0;
  private units: UnitColumns | null = null;
  private pixels = 0;
  private measured = -1;
  private settleAt = ENOUGH;
  private last: NowPicture | null = null;
  /** The step that was last asked for and there. */
  private seen: number | null = null;

  constructor(
    readonly model: ModelLog,
    readonly bank: BankSpec,
    signal: SignalTrack,
    inks: Inks,
    /** Where shares come from; null: they are computed here. */
    shares: ShareSource | null,
    /** Pixel rows the tape is drawn on. */
    pixels = 2 * MOST_ROWS,
  ) {
    this.planned = signal.planned;
    this.hue = hueOf(model.spec.glyph);
    this.label = nameOf(model.spec);
    this.error = new ErrorTrack(signal, model);
    this.gauges = gaugesOf(model, bank);
    this.phases = new Turns(model, bank);
    const known = shares ?? atOnce(model, bank);
    const source = new LagColumns((t) => known.at(t), signal.planned);
    this.lag = new Tape(source, inks, 8);
    this.fit(pixels, inks);
    this.grow(false);
  }
  private readonly planned: number;

  /** Make the tape for a lane of that many pixel rows; nothing happens where the rows stay the same. */
  fit(pixels: number, inks: Inks): void {
    if (pixels === this.pixels) return;
    this.pixels = pixels;
    const { model, bank } = this;
    this.last = null;
    if (this.lagged) {
      this.fold = foldRows(bank.slots ?? 1, Math.min(MOST_ROWS, pixels));
      this.tape = this.lag;
      return;
    }
    if (isSingle(bank)) {
      const order = this.units?.order ?? Uint16Array.from(Array(bank.width).keys());
      const limits = this.units?.limits ?? { held: 1, write: 1, read: 1 };
      this.units = new UnitColumns(model, bank, order, limits, pixels);
    }
    const source =
      this.units ??
      (bank.kind === "append"
        ? new AppendColumns(model, bank, this.planned, pixels)
        : new MatrixColumns(model, bank, pixels));
    const slots = bank.kind === "append" ? this.planned : isSingle(bank) ? bank.width : (bank.slots ?? 1);
    this.fold = foldRows(slots, source.rows);
    this.tape = new Tape(source, inks);
  }

  /** The raster always shows lag × time: what is held has no rows of its own. */
  get lagged(): boolean {
    return this.bank.kind === "associative";
  }

  /** Whether a square of its reads, step by slot, tells anything: a state is read as a whole, an association has no slots. */
  get mapped(): boolean {
    return this.bank.kind === "matrix" || this.bank.kind === "append";
  }

  /** What the rows of the raster are, where the stage is asked for `rows`. */
  rowsShown(rows: "slots" | "lag"): "slots" | "lag" {
    return this.lagged ? "lag" : rows;
  }

  /** Steps at which a gated bank turns from one phase to the next. */
  get turns(): ReturnType<Turns["all"]> {
    return this.phases.all();
  }

  /** Which head's matrix is shown; only an associative memory has one per head. */
  get head(): number {
    return this.shownHead;
  }

  set head(head: number) {
    this.shownHead = Math.max(0, Math.min(this.bank.readHeads - 1, head));
    this.last = null;
  }

  /** Number of dials beside the cut through now. */
  get dials(): number {
    return this.last?.dials.length ?? 3;
  }

  /** Whether a slot is erased by degrees: attention never erases, a recurrent state turns what it holds. */
  get erases(): boolean {
    return this.bank.kind !== "append" && this.bank.kind !== "recurrent";
  }

  /** What one slot is called. */
  get slotWord(): "slot" | "cell" | "unit" | "key row" {
    const { kind, direct } = this.bank;
    if (kind === "cell") return direct ? "unit" : "cell";
    return kind === "recurrent" ? "unit" : kind === "associative" ? "key row" : "slot";
  }

  get stream(): number {
    return this.model.spec.stream;
  }

  /** Number of slots a pointer can stand on. */
  get slots(): number {
    const { bank } = this;
    return bank.kind === "append" ? this.model.steps : isSingle(bank) ? bank.width : (bank.slots ?? 1);
  }

  /** Slot (unit, step) at a row of the raster; for folded rows the first of them. */
  slotOfRow(row: number): number {
    const place = row * this.fold.per;
    return this.units ? this.units.order[Math.min(place, this.units.order.length - 1)]! : place;
  }

  rowOfSlot(slot: number): number {
    const place = this.units ? this.units.order.indexOf(slot) : slot;
    return Math.min(this.fold.rows - 1, Math.floor(place / this.fold.per));
  }

  /** How far it was trained, of a moment of a training: "250 updates". */
  get moment(): string | null {
    const { training } = this.model.spec;
    return training && `${count(training.update)} update${training.update === 1 ? "" : "s"}`;
  }

  /** Two lines under the name: how large, and what the rows are. */
  get sizes(): readonly [string, string] {
    const { bank, model } = this;
    const { banks } = model.spec;
    const which = banks.length > 1 ? bankLabel(bank).toLowerCase() : null;
    if (isSingle(bank)) {
      const words = `${this.slotWord}s`;
      return [`${bank.width} ${words}${which ? `, ${which}` : ""}`, `slow ${words} on top`];
    }
    if (bank.kind === "append") {
      const alike = banks.filter((other) => stem(other) === stem(bank)).length;
      const place = which && alike > 1 ? `${which} of ${alike}` : which;
      return [`${bank.readHeads} heads × ${bank.width}`, place ?? "one slot per step"];
    }
    if (bank.kind === "associative") {
      return [`${bank.readHeads} heads, ${bank.slots} × ${bank.width}`, `rows: lag${which ? `, ${which}` : ""}`];
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

  /**
   * The step to show where `t` is wanted: itself, or while it is not there the last one that was shown; after a failure
   * the last before it. Null: there is nothing to show.
   */
  shownAt(t: number): number | null {
    if (this.has(t)) return t;
    const newest = this.model.steps - 1;
    if (this.model.failure === null && this.seen !== null && this.has(this.seen)) return this.seen;
    return newest >= 0 ? newest : null;
  }

  /** Called when steps arrived: fixes order and scale of a state once, and lets limits grow. */
  grow(complete: boolean): void {
    const { steps } = this.model;
    if (steps === 0) return;
    const chunk = complete ? steps : Math.floor(steps / 64);
    // A long run that grows is not measured at every chunk: each time it is a quarter longer, and at the end.
    const early = !complete && chunk > 16 && chunk < 1.25 * this.measured;
    if (chunk !== this.measured && !early) {
      this.measured = chunk;
      this.measure();
    }
    if (this.units && this.settleAt < Infinity && steps >= (complete ? 1 : this.settleAt)) {
      // Rows take their order at 64 steps and at the end; what counts as much is looked at again at every doubling.
      if (complete || this.settleAt === ENOUGH) this.units.order = slowestFirst(this.model, this.bank, steps);
      this.units.limits = this.unitLimits();
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
    } else if (isSingle(bank)) {
      const states = this.sampled().map((t) => unitsAt(model, bank.name, t));
      if (bank.kind === "cell" && !bank.direct) {
        raise("cell c", states);
        raise("output h", read("read_vectors"));
      } else {
        raise("state h", states);
        raise(
          "written",
          this.sampled().map((t) => writtenAt(model, bank, t)),
        );
      }
    } else {
      const contents = this.sampled().map((t) => this.near(t));
      raise("memory", contents);
      if (bank.usage) return;
      const sizes = contents.map((memory) => norms(memory, memory.length / bank.width, bank.width));
      this.usageLimit = Math.max(this.measured > 1 ? this.usageLimit : 0, fixedLimit(sizes));
    }
  }

  /** Memory at about step t: the keyframe before it, where there is one, because anything else costs up to 64 updates. */
  private near(t: number): Float32Array {
    const { model, bank } = this;
    const k = Math.floor(t / 64);
    const memory = bank.kind === "associative" ? associationAt : memoryAt;
    return (k > 0 ? model.keyframe(k)?.f32(bank.name, "memory") : null) ?? memory(model, bank.name, t);
  }

  private unitLimits(): UnitLimits {
    const { model, bank } = this;
    const steps = this.sampled();
    return {
      held: fixedLimit(steps.map((t) => unitsAt(model, bank.name, t))),
      write: fixedLimit(steps.map((t) => writtenAt(model, bank, t))),
      read: fixedLimit(steps.map((t) => model.need(bank.name, "read_vectors").at(t))),
    };
  }

  /** The cut through step t. Kept until another step is asked for. */
  picture(t: number): NowPicture {
    this.seen = t;
    if (this.last?.t !== t) {
      this.last = pictureAt(this.model, this.bank, t, this.fold, this.units?.order ?? null, this.head);
    }
    return this.last;
  }

  /** New theme: the tapes carry colours and are drawn again. */
  recolour(inks: Inks): void {
    if (this.tape !== this.lag) this.tape.recolour(inks);
    this.lag.recolour(inks);
  }
}

/** What banks of one family share: their name without its number. */
function stem(bank: BankSpec): string {
  return bank.name.replace(/\d+$/, "");
}
