/** One model on the stage: its tapes, its cut through now, its limits. Everything is derived from the log. */

import { memoryAt } from "../ledger/banks";
import type { ModelLog, RecordingLog } from "../ledger/log";
import type { BankSpec } from "../wire/manifest";
import {
  AppendColumns,
  CellColumns,
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
import { signedLimit } from "./scale";
import { ErrorTrack, type SignalTrack } from "./signal";
import { Tape } from "./tape";
import { hueOf, type Hue, type Inks } from "./tokens";

/** Rows of a cell bank are sorted once this many steps are known; before, they stand in order of their index. */
const ENOUGH = 64;

export class Lane {
  readonly hue: Hue;
  readonly label: string;
  readonly fold: Fold;
  readonly error: ErrorTrack;
  readonly image = new MatrixImage();
  /** Limit of the signed map and of the norm bars, fixed for the recording (signedLimit). */
  limit = 0.125;
  usageLimit = 1;
  /** Slots × time (units × time for a cell bank). */
  readonly tape: Tape;
  /** Lag × time. */
  readonly lag: Tape;
  private readonly cells: CellColumns | null;
  private measured = -1;
  private ordered = false;
  private last: NowPicture | null = null;

  constructor(
    log: RecordingLog,
    readonly model: ModelLog,
    readonly bank: BankSpec,
    signal: SignalTrack,
    inks: Inks,
    shares: { at(t: number): ArrayLike<number> | null; ready(): number },
    /** Most rows of the tape; fewer for a thumbnail. */
    most = MOST_ROWS,
  ) {
    const { planned } = signal;
    this.hue = hueOf(model.spec.glyph);
    this.label = model.spec.label;
    this.error = new ErrorTrack(signal, model);
    this.fold = foldRows(
      bank.kind === "append" ? planned : bank.kind === "cell" ? bank.width : (bank.slots ?? 1),
      most,
    );
    const index = Uint16Array.from(Array(bank.width).keys());
    this.cells = bank.kind === "cell" ? new CellColumns(model, bank, index, most) : null;
    const source =
      this.cells ??
      (bank.kind === "append" ? new AppendColumns(model, bank, planned, most) : new MatrixColumns(model, bank, most));
    this.tape = new Tape(source, inks);
    this.lag = new Tape(
      new LagColumns(
        (t) => shares.at(t),
        () => shares.ready(),
        planned,
      ),
      inks,
      8,
    );
    this.grow(inks, log.manifest.status !== "running");
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
      const which = layers > 1 ? `layer ${model.spec.banks.indexOf(bank) + 1} of ${layers}, ` : "";
      return [`${which}${bank.readHeads} heads`, "one slot per step"];
    }
    const heads = bank.readHeads > 1 ? `, ${bank.readHeads} heads` : "";
    return [`${count(bank.slots ?? 1)} × ${bank.width}${heads}`, bank.usage ? "slots by allocation" : "slots in order"];
  }

  /** Called when steps arrived: fixes the order of rows once, and lets limits grow. */
  grow(inks: Inks, complete: boolean): void {
    const { steps } = this.model;
    if (this.cells && !this.ordered && steps > 0 && (complete || steps >= ENOUGH)) {
      this.cells.order = slowestFirst(this.model, this.bank, steps);
      this.ordered = true;
      this.last = null;
      this.tape.reset(inks);
    }
    const chunk = complete ? steps : Math.floor(steps / 64);
    if (chunk === this.measured || steps === 0) return;
    this.measured = chunk;
    const samples = this.samples();
    this.limit = Math.max(this.limit, signedLimit(samples));
    if (this.bank.kind === "matrix" && !this.bank.usage) {
      const sizes = samples.map((memory) => norms(memory, this.bank.slots ?? 1, this.bank.width));
      this.usageLimit = Math.max(this.usageLimit === 1 ? 0 : this.usageLimit, signedLimit(sizes));
    }
  }

  /** Contents at a few steps spread over what is held. */
  private samples(): Float32Array[] {
    const { model, bank } = this;
    const { steps } = model;
    const every = Math.max(1, Math.ceil(steps / 24));
    const out: Float32Array[] = [];
    for (let t = steps - 1; t >= 0; t -= every) {
      if (bank.kind === "matrix") {
        // Keyframes are at hand; anything else costs up to 64 updates.
        const k = Math.floor(t / 64);
        const frame = k > 0 ? model.keyframe(k)?.f32(bank.name, "memory") : null;
        out.push(frame ?? Float32Array.from(memoryAt(model, bank.name, t)));
      } else if (bank.kind === "append") {
        out.push(model.f32(bank.name, "keys")!.at(t), model.f32(bank.name, "values")!.at(t));
      } else {
        out.push(
          model.keyframe(Math.floor(t / 64))?.f32(bank.name, "cell") ?? model.f32(bank.name, "read_vectors")!.at(t),
        );
      }
    }
    return out;
  }

  /** The cut through step t. Kept until another step is asked for. */
  picture(t: number, planned: number): NowPicture {
    if (this.last?.t !== t) this.last = pictureAt(this.model, this.bank, t, planned, this.cells?.order ?? null);
    return this.last;
  }

  /** New theme: the tapes carry colours and are drawn again. */
  recolour(inks: Inks): void {
    this.tape.reset(inks);
    this.lag.reset(inks);
  }
}
