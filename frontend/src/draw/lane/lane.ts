/** One model on the stage: its tapes, its cut through now, its limits. Everything is derived from the log. */

import { MEASURED } from "../../memory/letting_go";
import type { ModelLog } from "../../memory/log";
import { allHeadShares } from "../../memory/shares";
import type { Memory } from "../../memory/kinds/base";
import type { BankSpec, ModelSpec } from "../../wire/manifest";
import { MAX_ROWS, type Fold } from "./slot_rows";
import { LagColumns } from "./lag_rows";
import { counted } from "../ink/format";
import { GateRow, type Gauge, type Phase } from "./gauge";
import { drawnOf } from "./kinds";
import { largest } from "./kinds/parts";
import type { Block, Drawn, NowPicture } from "./kinds/base";
import { cellAt, MatrixImage } from "./cut_painter";
import { ErrorTrack, type SignalTrack } from "../../analysis/signal";
import { Tape } from "./tape";
import type { Cell } from "../../view/vocabulary";
import { hueOf, type Hue, type Inks } from "../ink/tokens";

/** A weight above it is what one sees in a row of several slots. */
const INKED = 0.1;

/** "Layer 2", "Cross 1", "Memory": a bank's name as people read it. */
export function bankLabel(bank: BankSpec): string {
  const name = bank.name.replace(/(\d+)$/, (digits) => ` ${Number(digits) + 1}`).replaceAll("_", " ");
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** "NTM" of "NTM, 250 updates": how far it was trained is said apart from what it is. */
export function nameOf({ label, training }: Pick<ModelSpec, "label" | "training">): string {
  return training?.label ?? label;
}

/** Rows of shares in all heads' reads, by step: null where they are not known yet. */
export interface ShareSource {
  at(t: number): ArrayLike<number> | null;
}

/** Computed here and now, step by step, for pictures that have no worker. */
function atOnce(model: ModelLog, memory: Memory): ShareSource {
  let last: { t: number; row: ArrayLike<number> } | null = null; // a column asks twice
  return {
    at(t) {
      if (t >= model.steps) return null;
      if (last?.t !== t) last = { t, row: allHeadShares(memory, t) };
      return last.row;
    },
  };
}

export class Lane {
  readonly hue: Hue;
  readonly label: string;
  readonly error: ErrorTrack;
  readonly image = new MatrixImage();
  readonly memory: Memory;
  /** How its kind of memory is drawn and spoken of. */
  readonly drawn: Drawn;
  /** Slots × time; units × time of a state; lag × time of an associative memory, which has no slots to stand in rows. */
  tape!: Tape;
  fold!: Fold;
  /** Lag × time. */
  readonly lag: Tape;
  /** Whose shares the lag tape shows, as their source names it. */
  private lagOf = "";
  private pixels = 0;
  private measured = -1;
  private last: { picture: NowPicture; head: number } | null = null;
  /** Weights of the step last pointed at. */
  private weighed: { t: number; weights: Float32Array } | null = null;
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
    pixels = 2 * MAX_ROWS,
    /** Which head's content is shown, where heads are shown one at a time. */
    private readonly headShown: () => number = () => 0,
  ) {
    this.memory = model.memory(bank.name);
    model.look(bank);
    this.drawn = drawnOf(model, bank.name, signal.planned);
    this.hue = hueOf(model.spec.glyph);
    this.label = nameOf(model.spec);
    this.error = new ErrorTrack(signal, model);
    const known = shares ?? atOnce(model, this.memory);
    const source = new LagColumns((t) => known.at(t), signal.planned);
    this.lag = new Tape(source, inks, 8);
    this.fit(pixels, inks);
    this.grow(false);
  }

  /** Make the tape for a lane of that many pixel rows; nothing happens where the rows stay the same. */
  fit(pixels: number, inks: Inks): void {
    if (pixels === this.pixels) return;
    this.pixels = pixels;
    this.last = null;
    const { fold, columns } = this.drawn.fit(pixels);
    this.fold = fold;
    this.tape = columns ? new Tape(columns, inks) : this.lag;
  }

  /** The raster always shows lag × time: what is held has no rows of its own. */
  get lagged(): boolean {
    return this.tape === this.lag;
  }

  /** Whether a map of its reads, step by slot, says anything. */
  get mapped(): boolean {
    return this.drawn.wording.column !== null;
  }

  /** What the rows of the raster are, where the stage is asked for `rows`. */
  rowsShown(rows: "slots" | "lag"): "slots" | "lag" {
    return this.lagged ? "lag" : rows;
  }

  /** What stands above the raster: bars, or rows of gates. */
  get gauges(): readonly Gauge[] {
    return this.drawn.gauges;
  }

  /** Limit of each signed block of the picture, by its name, fixed for the recording. */
  get limits(): ReadonlyMap<string, number> {
    return this.drawn.limits;
  }

  /** What a full usage bar means. */
  get usageLimit(): number {
    return this.drawn.usageLimit;
  }

  /** Steps at which the phases of the memory begin. */
  get phases(): readonly Phase[] {
    return this.drawn.phases?.() ?? [];
  }

  /** Which head's content is shown, where heads are shown one at a time. */
  get head(): number {
    return Math.max(0, Math.min(this.drawn.heads - 1, this.headShown()));
  }

  /** The lag tape is about to show these shares; where they are others than before, it is drawn anew. */
  showLag(of: string): void {
    if (this.lagOf !== "" && of !== this.lagOf) this.lag.restart();
    this.lagOf = of;
  }

  /** Number of dials beside the cut through now. */
  get dials(): number {
    return this.last?.picture.dials.length ?? 3;
  }

  /** What of the cut lies so far into its matrix, drawn that wide; null where nothing does, or nothing is drawn yet. */
  cellAt(width: number, x: number): Cell | null {
    return this.last ? cellAt(this.last.picture.blocks, width, x) : null;
  }

  /** A number of the cut through step t, as the data has it; null where there is none. */
  numberAt(slot: number, { block: name, column }: Cell, t: number): { value: number; block: Block } | null {
    if (!this.has(t)) return null;
    const block = this.drawn.cut(t, this.fold, this.head).blocks.find((one) => one.name === name);
    const value = block?.at(slot, column);
    return block && value !== undefined && Number.isFinite(value) ? { value, block } : null;
  }

  /** What one slot is called. */
  get slotWord(): string {
    return this.drawn.wording.slot;
  }

  get stream(): number {
    return this.model.spec.stream;
  }

  /** Number of slots that a pointer can stand on at step t. */
  slotsAt(t: number): number {
    return this.memory.slots(t);
  }

  /** Slot (unit, step) at a place of the raster, counted from the top, one a slot however they are folded. */
  slotOfPlace(place: number): number {
    const { order } = this.drawn;
    return order ? order[Math.min(place, order.length - 1)]! : place;
  }

  placeOfSlot(slot: number): number {
    return this.drawn.order?.indexOf(slot) ?? slot;
  }

  /**
   * The slot that is pointed at, `at` rows from the top of the raster (2.7: in the third). Of several in a row it is the one whose weight
   * has made the ink there at step t, as the data has it, or else the one at that height. Null where none exists yet.
   */
  slotAt(at: number, t: number): number | null {
    const { per } = this.fold;
    const row = Math.floor(at);
    const first = row * per;
    const there = Array.from({ length: per }, (_, k) => this.slotOfPlace(first + k)).filter(
      (slot, k) => first + k < this.drawn.places && slot < this.slotsAt(t),
    );
    if (there.length > 1 && this.memory.addressed && this.has(t)) {
      const weights = this.weights(t);
      const [best] = there.toSorted((a, b) => weights[b]! - weights[a]!);
      if (weights[best!]! > INKED) return best!;
    }
    return there[Math.min(there.length - 1, Math.floor((at - row) * per))] ?? null;
  }

  /** The largest weight of any head on each slot at step t, writing or reading. */
  private weights(t: number): Float32Array {
    if (this.weighed?.t !== t) {
      const { memory } = this;
      const reads = Array.from({ length: memory.bank.readHeads }, (_, h) => memory.readRow(h, t));
      this.weighed = { t, weights: largest([this.drawn.wrote(t), ...reads]) };
    }
    return this.weighed.weights;
  }

  rowOfSlot(slot: number): number {
    return Math.min(this.fold.rows - 1, Math.floor(this.placeOfSlot(slot) / this.fold.per));
  }

  /** How far it was trained, of a moment of a training: "250 updates". */
  get moment(): string | null {
    const { training } = this.model.spec;
    return training && counted(training.update, "update");
  }

  /** Two lines under the name: how large, and what the rows are. */
  get sizes(): readonly [string, string] {
    const { bank, model } = this;
    const { banks } = model.spec;
    return this.drawn.sizes({
      name: banks.length > 1 ? bankLabel(bank).toLowerCase() : null,
      alike: banks.filter((other) => stem(other) === stem(bank)).length,
    });
  }

  /** Whether the state after step t can be rebuilt. While a recording is loading, a step can have arrived without what it needs. */
  has(t: number): boolean {
    return this.memory.has(t);
  }

  /**
   * The step to show where `t` is wanted: itself, or while it is not there the last one that was shown; after a failure
   * the last before it. Null: there is nothing to show.
   */
  shownAt(t: number): number | null {
    if (this.has(t)) return t;
    const newest = this.model.steps - 1;
    if (this.model.failure === null && this.seen !== null && this.has(this.seen)) return this.seen;
    return newest >= 0 && this.has(newest) ? newest : null;
  }

  /** Called when steps arrived: fixes order and scale of a state once, and lets limits grow. */
  grow(complete: boolean): void {
    const { steps } = this.model;
    if (steps === 0) return;
    const chunk = complete ? steps : Math.floor(steps / 64);
    // A long run that grows is not measured at every chunk: each time it is a quarter longer, and at the end.
    const early = !complete && chunk > 16 && chunk < 1.25 * this.measured;
    const wanted = this.sampled();
    const sampled = wanted.filter((t) => this.has(t));
    if (chunk !== this.measured && !early) {
      if (complete && sampled.length < wanted.length) {
        for (const t of wanted) this.model.ready(t, false); // let go of meanwhile: the last measure is taken when they are here again
      } else if (sampled.length > 0) {
        this.measured = chunk;
        this.drawn.measure(sampled, chunk <= 1);
      }
    }
    for (const gauge of this.drawn.gauges) if (gauge instanceof GateRow) gauge.follow(steps); // while they are here
    if (this.drawn.settle?.(steps, complete && this.measured === chunk, sampled)) {
      this.last = null;
      this.tape.restart();
    }
  }

  /** Steps spread over what is held, newest first. */
  private sampled(): number[] {
    const { steps } = this.model;
    const every = Math.max(1, Math.ceil(steps / MEASURED));
    return Array.from({ length: Math.ceil(steps / every) }, (_, k) => steps - 1 - k * every);
  }

  /** The cut through step t. Kept until another step is asked for. */
  picture(t: number): NowPicture {
    this.seen = t;
    const { head } = this;
    if (this.last?.picture.t !== t || this.last.head !== head)
      this.last = { picture: this.drawn.cut(t, this.fold, head), head };
    return this.last.picture;
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
