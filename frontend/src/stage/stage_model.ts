/** Everything the stage derives from one recording and keeps between frames: lanes, tapes, shares, range, density. */

import { heldShare } from "../memory/held";
import type { SlotLife } from "../memory/kinds/base";
import type { LedgerClient } from "../memory/worker/client";
import type { RecordingLog } from "../memory/log";
import type { BankSpec } from "../wire/manifest";
import { fullWidth } from "../draw/stage/arc_sets";
import { BITS_TOP, BitsSource } from "../draw/stage/bits";
import { Lane } from "../draw/lane/lane";
import type { StageLayout, TimeWindow } from "../draw/stage/layout";
import { Density } from "../draw/panels/scrubber";
import { besideOf, type BesideTrack } from "../analysis/beside";
import { ForecastTrack } from "../analysis/forecast";
import { SignalTrack } from "../analysis/signal";
import type { LaneScene, Scene } from "../draw/stage/stage";
import { Tape } from "../draw/lane/tape";
import type { Inks } from "../draw/ink/tokens";
import type { LensName, Rows, Target } from "../view/vocabulary";
import type { LensCache } from "../recording/lens_cache.svelte";
import { ShareCache } from "../memory/worker/share_cache";

/** What the user is looking at; the cursor's part of a scene. */
export interface Look {
  t: number;
  window: TimeWindow;
  rows: Rows;
  /** Streams on the stage, in order. */
  shown: readonly number[];
  solo: number | null;
  /** Under the pointer or pinned. */
  target: Target | null;
  /** What arcs mean. */
  lens: LensName;
  /** Playing: arcs ease instead of jumping. */
  playing: boolean;
}

/** What is looked at of each model; null: what it opens with. */
export interface LookedAt {
  /** Name of a bank. */
  bank(stream: number): string | null;
  /** Read head whose arcs and ages are shown; null: all of them. */
  reader(stream: number): number | null;
  /** Head whose content is shown, where heads are shown one at a time. */
  content(stream: number): number | null;
}

const NOTHING_CHOSEN: LookedAt = { bank: () => null, reader: () => null, content: () => null };

export class StageModel {
  readonly signal: SignalTrack;
  readonly forecast: ForecastTrack | null;
  /** Channels of the same file that no model hears. */
  readonly beside: readonly BesideTrack[];
  /** By stream: those that are or were on the stage, with the bank that is looked at. */
  private readonly made = new Map<number, Lane>();
  readonly shareCache: ShareCache;
  readonly density: Density;
  private bits: { key: string; tape: Tape; source: BitsSource } | null = null;
  private asked = "";
  private complete = false;
  private eased = new Map<number, { of: string; row: Float64Array }>();
  private linkedCache: { key: string; rows: number[][] } = { key: "", rows: [] };

  constructor(
    readonly log: RecordingLog,
    readonly ledger: LedgerClient,
    private inks: Inks,
    /** The stream of every lane. */
    streams: readonly number[],
    /** Null: only the ledger says where a read comes from. */
    readonly lenses: LensCache | null = null,
    private readonly looked: LookedAt = NOTHING_CHOSEN,
  ) {
    this.signal = new SignalTrack(log);
    this.forecast = ForecastTrack.of(log.manifest, this.signal);
    this.beside = besideOf(log);
    this.shareCache = new ShareCache(
      log,
      ledger,
      (stream) => this.bankOf(stream),
      (stream) => looked.reader(stream),
    );
    for (const stream of streams) this.lane(stream);
    this.density = new Density(log, streams);
  }

  /** The lane of a stream and the bank that is looked at, derived on first sight; reading it follows the view. */
  lane(stream: number): Lane {
    const bank = this.bankOf(stream);
    const known = this.made.get(stream);
    if (known?.bank === bank) return known;
    const shares = { at: (t: number) => this.shareCache.peek(stream, t) };
    const head = (): number => this.looked.content(stream) ?? 0;
    const lane = new Lane(this.log.model(stream), bank, this.signal, this.inks, shares, undefined, head);
    lane.grow(this.complete);
    this.made.set(stream, lane);
    return lane;
  }

  /** Lanes show other streams: `after[k]` where they showed `before[k]`. */
  swap(before: readonly number[], after: readonly number[]): void {
    for (const stream of before) if (!after.includes(stream)) this.shareCache.stopSweep(stream);
    this.density.streams = after;
  }

  /** The bank of a model that is looked at (a layer of a Transformer). */
  bankOf(stream: number): BankSpec {
    const model = this.log.model(stream);
    const wanted = this.looked.bank(stream);
    return model.spec.banks.find(({ name }) => name === wanted) ?? model.bank();
  }

  recolour(inks: Inks): void {
    this.inks = inks;
    this.bits = null;
    this.made.forEach((lane) => lane.recolour(inks));
  }

  /** Steps arrived. */
  grow(complete: boolean): void {
    this.complete = complete;
    this.made.forEach((lane) => lane.grow(complete));
    if (this.log.steps > 0) this.density.at(this.log.steps - 1); // of a long run steps are let go of again
  }

  /** Draw missing columns in view, and where `beside` those around it, until the clock passes `deadline`; true when all that can be drawn is. */
  extend(look: Look, inView: number, deadline: number, beside = true): boolean {
    let done = true;
    const first = Math.max(0, look.window.first);
    const until = Math.min(first + inView + 1, this.signal.planned);
    look.shown.forEach((stream, k) => {
      const lane = this.lane(stream);
      // Every lane gets its part of what time is left, so that none waits for the slowest.
      const now = performance.now();
      const part = now + (deadline - now) / (look.shown.length - k);
      const lag = lane.rowsShown(look.rows) === "lag";
      lane.showLag(this.shareCache.shown(stream));
      if (lag)
        this.shareCache.sweep(stream, Math.floor(first), Math.min(Math.ceil(until), look.t + 1, lane.model.steps));
      const tape = lag ? lane.lag : lane.tape;
      if (!tape.extend(first, until, part, beside)) done = false;
    });
    if (this.bits && !this.bits.tape.extend(first, until, deadline, beside)) done = false;
    return done;
  }

  stopSweeps(): void {
    this.made.forEach((lane) => this.shareCache.stopSweep(lane.stream));
  }

  /** The past moment a target speaks of: the step pointed at, or the main origin of a slot's content. */
  linkedMoment(target: Target | null): number | null {
    if (target?.zone === "signal") return target.t;
    if (target?.zone !== "lane" || target.slot === null) return null;
    const lane = this.lane(target.stream);
    if (lane.memory.origin) return lane.memory.origin(target.slot, target.t);
    const row = this.originsAt(target.stream, target.slot, target.t);
    if (!row) return null;
    let best = 1;
    for (let i = 2; i < row.length; i++) if (Math.abs(row[i]!) > Math.abs(row[best]!)) best = i;
    return row.length > 1 && Math.abs(row[best]!) > 0.02 ? best - 1 : null;
  }

  /** Which writes a slot's content is made of [t + 2]; null until the ledger has answered. */
  originsAt(stream: number, slot: number, t: number): Float64Array | null {
    const question = { kind: "slot", stream, bank: this.bankOf(stream).name, index: slot, t } as const;
    const known = this.ledger.peek(question);
    if (known) return known;
    const key = `${stream}/${slot}/${t}`;
    if (this.asked === key) return null; // on its way: painters ask again in every frame
    this.asked = key;
    const done = (): void => void (this.asked === key && (this.asked = ""));
    this.ledger.ask(question, "pointer").then(done, done); // a step that is not held has no origins to show
    return null;
  }

  /** What is left at step t of the write of step s, from what is held or from the ledger; null until that has answered. */
  heldOf(stream: number, s: number, t: number): number | null {
    const { memory, model, bank } = this.lane(stream);
    if (model.has(s, t)) return heldShare(memory, s, t);
    const question = { kind: "held", stream, bank: bank.name, index: 0, t } as const;
    const row = this.ledger.peek(question);
    if (row) return row[s]!;
    const key = `held/${stream}/${bank.name}/${t}`;
    if (this.askedHeld === key) return null; // on its way: whoever shows it asks again when it is answered
    this.askedHeld = key;
    const done = (): void => void (this.askedHeld === key && (this.askedHeld = ""));
    this.ledger.ask(question, "held of one").then(done, done); // a step that is not held has nothing to show
    return null;
  }
  private askedHeld = "";

  /** The life of a slot over all steps held; the last few are cached, because a pointer rests and returns. */
  lifeOf(stream: number, slot: number): SlotLife {
    const lane = this.lane(stream);
    const key = `${stream}/${lane.bank.name}/${slot}/${lane.model.steps}`;
    let life = this.lives.get(key);
    if (!life) {
      life = lane.memory.life(slot, lane.model.steps);
      if (this.lives.size >= 32) this.lives.delete(this.lives.keys().next().value!);
      this.lives.set(key, life);
    }
    return life;
  }
  private readonly lives = new Map<string, SlotLife>();

  /**
   * The playhead is at step t now. Of a run that is held in part, arcs are asked for with the move and not with the frame that shows the
   * step: they take as long as it does.
   */
  askAhead(shown: readonly number[], t: number, playing: boolean): void {
    this.shareCache.playhead = t;
    if (this.log.keep < Infinity) for (const stream of shown) this.shareCache.now(stream, t, playing);
  }

  scene(look: Look, layout: StageLayout, scale: number): Scene {
    const { t, target } = look;
    // Who is pinned stays so under the pointer.
    const alone = look.solo ?? (target && "stream" in target ? target.stream : null);
    const linked = this.linkedMoment(target);
    const rows = this.linkedRows(look, linked);
    const pointed = target?.zone === "lane" ? Math.min(target.t, t) : t;
    const lanes = look.shown.map((stream, k): LaneScene => {
      const lane = this.lane(stream);
      const own = alone === stream ? pointed : t;
      // Asked for before the step itself is here: of a long run both are on their way.
      const known = this.shareCache.now(stream, t, look.playing);
      const now = lane.has(t) ? known : null;
      const { row, shares, readAt, blocks } = this.arcsOf(look, stream, own, now);
      return {
        lane,
        emphasis: alone === null ? "normal" : alone === stream ? "alone" : "faded",
        now,
        row,
        shares,
        readAt,
        ...(blocks && { blocks }),
        slot: target?.zone === "lane" && target.stream === stream ? target.slot : null,
        linked: rows[k] ?? [],
        failure: lane.model.failure,
      };
    });
    return {
      t,
      window: look.window,
      rows: look.rows,
      lens: look.lens,
      full: look.lens === "mechanism" ? null : fullWidth(lanes.map(({ shares }) => shares)),
      signal: this.signal,
      range: this.signal.range(),
      forecast: this.forecast,
      events: this.log.manifest.task.events,
      beside: this.beside,
      lanes,
      bits: this.bitsFor(look, layout),
      ghost: target && target.zone !== "header" && target.zone !== "dial" && target.t !== t ? target.t : null,
      linked,
      target,
      period: this.period,
      scale,
    };
  }

  /**
   * What the arcs of a lane are drawn from. While it plays and the row of this step is being computed they stay those of the last one
   * that is known, and start from its step.
   */
  private arcsOf(
    look: Look,
    stream: number,
    own: number,
    now: Float64Array | null,
  ): Pick<LaneScene, "row" | "shares" | "readAt" | "blocks"> {
    if (look.lens !== "mechanism") {
      const row = this.lenses?.moves(look.lens, stream, own) ?? null;
      return { row, shares: row, readAt: own };
    }
    if (own !== look.t) {
      const row = this.shareCache.at(stream, own, "pointer");
      return row ? { row, shares: row, readAt: own } : this.sumsOf(stream, own);
    }
    const row = look.playing || now?.length === own + 2 ? now : null;
    if (!row) return this.sumsOf(stream, own);
    return { row, shares: this.ease(stream, row, look.playing), readAt: row.length - 2 };
  }

  /** What is known of the read of step t while it is taken apart, with sums of blocks of steps. */
  private sumsOf(stream: number, t: number): Pick<LaneScene, "row" | "shares" | "readAt" | "blocks"> {
    const sums = this.lane(stream).has(t) ? this.shareCache.sums(stream, t) : null;
    if (!sums) return { row: null, shares: null, readAt: t };
    return { row: sums.row, shares: sums.row, readAt: t, blocks: sums.blocks };
  }

  /** Where to stand when a link names no moment: two thirds into the first answer, where there is something to see. */
  get interesting(): number {
    const recall = this.log.manifest.task.events.find((event) => event.kind === "recall");
    return recall ? Math.floor((recall.step + 2 * recall.until) / 3) : this.signal.planned - 1;
  }

  /** Ages are given in the task's own unit: the stored segment, where there is one. */
  get period(): number {
    const segment = this.log.manifest.task.params["segment"] ?? this.log.manifest.task.params["length"];
    return typeof segment === "number" && segment > 8 ? segment : 32;
  }

  /** While playing, arcs go 30 % of the way per frame, so that they grow and shrink instead of blinking. */
  private ease(stream: number, row: Float64Array | null, playing: boolean): ArrayLike<number> | null {
    if (!playing || !row) {
      this.eased.delete(stream);
      return row;
    }
    const of = this.shareCache.shown(stream);
    const before = this.eased.get(stream);
    let shown = before?.of === of ? before.row : undefined;
    if (!shown || shown.length < row.length) {
      const longer = new Float64Array(Math.max(row.length, this.signal.planned + 2));
      longer.set(shown ?? row);
      this.eased.set(stream, { of, row: (shown = longer) });
    }
    for (let i = 0; i < row.length; i++) shown[i]! += (row[i]! - shown[i]!) * 0.3;
    shown.fill(0, row.length);
    return shown.subarray(0, row.length);
  }

  private linkedRows(look: Look, linked: number | null): number[][] {
    if (linked === null) return [];
    const key = `${linked}/${look.t}/${look.shown.map((stream) => `${stream} ${this.bankOf(stream).name}`).join()}`;
    if (this.linkedCache.key === key) return this.linkedCache.rows;
    const rows = look.shown.map((stream) => {
      const lane = this.lane(stream);
      if (!lane.drawn.marksRows || linked > look.t || !lane.has(look.t) || !lane.model.has(linked, look.t)) {
        return [];
      }
      const parts = lane.memory.held.slots(linked, look.t);
      return Array.from(parts.keys())
        .filter((i) => parts[i]! > 0.08)
        .sort((a, b) => parts[b]! - parts[a]!)
        .slice(0, 6)
        .map((i) => lane.rowOfSlot(i));
    });
    this.linkedCache = { key, rows };
    return rows;
  }

  private bitsFor(look: Look, layout: StageLayout): { tape: Tape; source: BitsSource } | null {
    if (this.signal.kind !== "bits") return null;
    const height = layout.signal.bottom - layout.signal.top - BITS_TOP;
    const key = `${height}/${look.shown.join()}`;
    if (this.bits?.key !== key) {
      const bands = look.shown.map((stream) => ({ stream, hue: this.lane(stream).hue }));
      const source = new BitsSource(this.signal, bands, this.inks, height);
      this.bits = { key, source, tape: new Tape(source, this.inks, 64) };
    }
    return this.bits;
  }
}
