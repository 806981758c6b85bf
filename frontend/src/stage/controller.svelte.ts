/** The stage's controller: one open recording, how it is looked at, and every change of that. */

import { questionAt } from "../analysis/question";
import type { Likeness } from "../analysis/similar";
import type { Inks } from "../draw/ink/tokens";
import { LensCache } from "../recording/lens_cache.svelte";
import type { Session } from "../recording/session.svelte";
import { StretchMoves } from "../recording/stretch_moves.svelte";
import { Recomputations } from "./recomputed/recomputations.svelte";
import type { Pin } from "../view/fields";
import { sameTarget, withoutCell, type LensName, type Rows, type Target } from "../view/vocabulary";
import type { VerdictClause } from "../wire/wire.gen";
import type { Command, Has } from "./commands/commands";
import { phoneStream } from "./canvas/phone";
import { perform } from "./commands/perform";
import { LaneViews } from "./lane_views.svelte";
import { LearningCurves } from "./learning";
import { StageModel } from "./stage_model";
import { Tracks } from "./tracks";
import { Viewport } from "./viewport.svelte";

/** What only the page around the stage can do. */
export interface PageActions {
  copy(): void;
  share(): void;
  help(): void;
  palette(): void;
  theme(): void;
  /** Saves the picture of the stage as it is now. */
  picture(kind: "png" | "svg"): void;
}

/** Moments like one, as they were looked for. */
export interface Similar {
  /** "shape": of the signal; else the label of the model whose state was compared. */
  of: string;
  /** The moment itself: first step, and steps it is long. */
  t: number;
  length: number;
  /** Looked for among the steps that are held, of a run that is not held as a whole. */
  partly?: boolean;
  hits: readonly Likeness[];
}

export class StageController extends LaneViews {
  readonly model: StageModel;
  readonly viewport: Viewport;
  readonly tracks: Tracks;
  readonly learning: LearningCurves;
  /** What the models themselves say about where an output comes from. */
  readonly lenses: LensCache;
  /** How far blanking what is selected moves their answers. */
  readonly stretch: StretchMoves;
  /** Models run again in this page. */
  readonly recomputations: Recomputations;
  /** Streams of the lanes in the order of the verdict's rows; none before there are rows. */
  ranked = $state.raw<readonly number[]>([]);
  hover = $state.raw<Target | null>(null);
  similar = $state.raw<Similar | null>(null);
  /** What is pinned and no link can say: a name, a dial, a place of the axis, a column. */
  private held = $state.raw<Target | null>(null);

  readonly pinned: Target | null = $derived.by(() => this.targetOf(this.view.pin) ?? this.held);
  readonly target: Target | null = $derived.by(() => this.pinned ?? this.hover);

  constructor(
    readonly session: Session,
    inks: Inks,
    readonly page: PageActions,
  ) {
    // The session is open when this is made: log and ledger are there and stay.
    super(session.cursor.view, session.log!);
    this.viewport = new Viewport(this.view, session.log!.manifest.task.events);
    this.lenses = new LensCache(session.looker);
    this.stretch = new StretchMoves(session.blanker);
    this.recomputations = new Recomputations(session.packer);
    this.model = new StageModel(session.log!, session.ledger!, inks, this.training.streams, this.lenses, this);
    this.tracks = new Tracks(this.model);
    this.learning = new LearningCurves(this.model, this.training);
    this.cursor.onMove((t) => this.model.askAhead(this.shown, t, session.playing));
  }

  get cursor(): Session["cursor"] {
    return this.session.cursor;
  }

  /** The lane that commands without a lane mean: the pinned one, the isolated one, the one pointed at, the first. */
  get acting(): number | undefined {
    const of = (target: Target | null): number | null => (target && "stream" in target ? target.stream : null);
    return of(this.pinned) ?? this.solo ?? of(this.hover) ?? this.shown[0];
  }

  /** The lane whose read map can be opened: the acting one, or else the first that has one; undefined where none has. */
  get mapped(): number | undefined {
    const has = (stream: number | undefined): boolean => stream !== undefined && this.model.lane(stream).mapped;
    return has(this.acting) ? this.acting : this.shown.find(has);
  }

  /** What of its recording commands depend on. */
  get has(): Has {
    return { training: this.training.there, beside: this.model.beside.length > 0 };
  }

  run(command: Command): void {
    perform(this, command);
  }

  /** Goes to the moment that shows a clause, with what was stored in view: its model stands alone, and the slot it is about is pinned. */
  show({ model, step, bank, slot }: Pick<VerdictClause, "model" | "step"> & Partial<VerdictClause>): void {
    const { session, cursor, training } = this;
    if (!session.live) session.pause(); // a run goes on; only the look at it stays behind
    cursor.seek(step);
    const store = questionAt(this.model.log.manifest.task.events, step)?.store[0] ?? step;
    if (store < step) this.viewport.reveal(store, step, this.model.signal.planned);
    this.pin(null);
    const stream = training.streams.find((one) => this.model.lane(one).model.spec.id === model);
    if (stream === undefined) return;
    if (this.solo !== stream) this.isolate(stream);
    if (typeof bank !== "string" || typeof slot !== "number") return;
    this.setBank(stream, bank);
    this.pin({ zone: "lane", stream, slot, t: step });
  }

  /** A row of the verdict was pressed: its model is pinned or freed; on a phone its lane is the one shown. */
  choose(stream: number): void {
    if (this.viewport.box?.mode !== "phone") return this.isolate(stream);
    this.viewport.phoneLane = this.shown.indexOf(stream);
    if (this.view.solo !== null) this.view.solo = this.idOf(stream); // who stands alone is who is shown
  }

  isolate(stream: number): void {
    this.view.solo = this.solo === stream ? null : this.idOf(stream);
    const place = this.shown.indexOf(stream);
    if (place >= 0) this.viewport.phoneLane = place;
  }

  setRows(rows: Rows): void {
    if (rows === "slots") this.model.stopSweeps();
    this.view.rows = rows;
    this.pin(null);
  }

  /** What arcs mean. Without a server that has the models only the mechanism can be looked at. */
  setLens(lens: LensName): void {
    if (lens === "mechanism" || this.lenses.offered) this.view.lens = lens;
  }

  /** Has the models look at what is shown now, while it rests; asked again whenever that changes. */
  lookThrough(): void {
    const { cursor, session, shown, target, lenses, model, view } = this;
    if (session.playing || view.lens === "mechanism") return lenses.want("mechanism", []);
    const steps = shown.filter((stream) => model.lane(stream).model.hasStep(cursor.t));
    const own = target?.zone === "lane" && target.t < cursor.t ? [{ stream: target.stream, t: target.t }] : [];
    lenses.want(view.lens, [...steps.map((stream) => ({ stream, t: cursor.t })), ...own]);
  }

  /** A click: a moment of the past is pinned and seen from now, one to come is gone to; on what is pinned already it frees. */
  press(found: Target): void {
    const wanted = withoutCell(found);
    if (sameTarget(this.pinned, wanted)) return this.pin(null);
    if ((found.zone === "lane" || found.zone === "signal") && found.t > this.cursor.t) this.cursor.seek(found.t);
    this.pin(found.zone === "signal" && found.t === this.cursor.t ? null : wanted);
  }

  /** A double click: now is there, and what its first click pinned is free again. */
  go(t: number): void {
    this.pin(null);
    this.cursor.seek(t);
  }

  pin(target: Target | null): void {
    this.view.pin = this.pinOf(target);
    this.held = this.view.pin ? null : target;
  }

  /** Runs the model of a lane again in this page; what comes of it stands in the inspector beside what else is known of the model. */
  recompute(stream: number): void {
    this.pin({ zone: "header", stream, t: this.cursor.t });
    void this.recomputations.start(stream, this.model.log.model(stream));
  }

  /** Selects steps a … b, in either order; a range of one step selects nothing. */
  select(a: number, b: number): void {
    this.view.selection = a === b ? null : [Math.min(a, b), Math.max(a, b)];
    this.similar = null;
  }

  clearSelection(): void {
    this.view.selection = null;
    this.similar = null;
  }

  /** One lane and large words, or the whole stage again. */
  lecture(): void {
    this.view.lecture = this.view.lecture ? null : true;
  }

  /** The one lane of a phone or a lecture; null: all that are on the stage are shown. */
  get single(): number | null {
    const { lecture } = this.view;
    if (lecture && this.solo !== null && this.shown.includes(this.solo)) return this.solo;
    return lecture || this.viewport.box?.mode === "phone" ? (phoneStream(this) ?? null) : null;
  }

  /** The lecture first, then what is pinned, then what is selected and repeated. */
  free(): void {
    const { view, cursor } = this;
    if (view.lecture) {
      view.lecture = null;
      return;
    }
    if (this.pinned !== null || view.solo !== null) {
      this.pin(null);
      view.solo = null;
      return;
    }
    cursor.clearLoop();
    this.clearSelection();
  }

  /** Repeat what is selected, or else what is in view; when something is repeated, stop. */
  loop(): void {
    const { cursor, view, viewport } = this;
    if (cursor.loop) return cursor.clearLoop();
    const first = Math.max(0, Math.ceil(viewport.window.first));
    cursor.setLoop(...(view.selection ?? ([first, first + Math.max(1, viewport.inView) - 1] as const)));
  }

  /** Moments like the selection (by shape) or, without one, like the memory of the acting lane now (by state). */
  findSimilar(by: "shape" | "state" = this.view.selection ? "shape" : "state", stream = this.acting): void {
    const { model, view, cursor, tracks } = this;
    const { selection } = view;
    if (by === "shape" && selection && model.signal.kind === "line") {
      const [a, b] = selection;
      if (b >= model.log.steps) return;
      this.similar = { of: "shape", t: a, length: b - a + 1, hits: tracks.similarShapes(a, b) };
    } else if (stream !== undefined && model.lane(stream).has(cursor.t)) {
      const lane = model.lane(stream);
      const partly = !lane.model.has(0, lane.model.steps - 1);
      this.similar = { of: lane.label, t: cursor.t, length: 1, partly, hits: tracks.similarStates(lane, cursor.t) };
    }
  }

  private targetOf(pin: Pin | null): Target | null {
    if (pin === null || pin.zone === "signal") return pin;
    const stream = this.streamOf(pin.model);
    return stream === null ? null : { zone: "lane", stream, slot: pin.slot, t: pin.t ?? this.cursor.t };
  }

  private pinOf(target: Target | null): Pin | null {
    if (target?.zone === "signal") return { zone: "signal", t: target.t };
    if (target?.zone !== "lane" || target.slot === null) return null;
    return { zone: "lane", model: this.idOf(target.stream), slot: target.slot, t: target.t };
  }

  /** Lanes show other moments of their training; the view names models, so only what points at streams moves along. */
  protected override swap(before: readonly number[], after: readonly number[]): void {
    const { model, similar } = this;
    const same = (target: Target | null): Target | null =>
      target && "stream" in target
        ? { ...target, stream: after[before.indexOf(target.stream)] ?? target.stream }
        : target;
    model.swap(before, after);
    [this.held, this.hover] = [same(this.held), same(this.hover)];
    const gone = before.filter((stream, k) => stream !== after[k]).map((stream) => model.lane(stream).label);
    if (similar && gone.includes(similar.of)) this.similar = null; // states of another moment
  }

  /** Derives what these streams need to be shown at this step; true when all of it is there. */
  protected override prepared(streams: readonly number[]): boolean {
    const { model, cursor, laneOrder, training } = this;
    return streams.every((stream, k) => {
      if (laneOrder.hidden.has(training.streams[k]!)) return true;
      return !model.lane(stream).has(cursor.t) || model.shareCache.at(stream, cursor.t, "training") !== null;
    });
  }
}
