/** The stage's controller: one open recording, how it is looked at, and every command it obeys. */

import type { Lane } from "../draw/lane/lane";
import { kindsOf, neighbour } from "../analysis/events";
import type { Inks } from "../draw/ink/tokens";
import { LENSES, sameTarget, type LensName, type Rows, type Target } from "../view/vocabulary";
import { LensCache } from "../recording/lens_cache.svelte";
import type { Session } from "../recording/session.svelte";
import { Training } from "../view/training.svelte";
import type { Command } from "./commands/commands";
import { LearningCurves } from "./learning";
import { onStage, swapped } from "../view/lane_order";
import { StageModel } from "./stage_model";
import { Tracks } from "./tracks";
import { StageView } from "./view.svelte";

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

export class StageController {
  readonly model: StageModel;
  readonly view: StageView;
  readonly tracks: Tracks;
  /** Which moment of their training the lanes show. */
  readonly training: Training;
  readonly learning: LearningCurves;
  /** What the models themselves say about where an output comes from. */
  readonly lenses: LensCache;
  /** The lane whose read map is open. */
  readMap = $state<number | null>(null);
  /** Counts changes of the banks looked at. */
  banks = $state(0);

  readonly shown: readonly number[] = $derived.by(() => onStage(this.view.laneOrder));
  readonly target: Target | null = $derived.by(() => this.session.cursor.pinned ?? this.session.cursor.hover);

  constructor(
    readonly session: Session,
    inks: Inks,
    private readonly page: PageActions,
  ) {
    // The session is open when this is made: log and ledger are there and stay.
    const { manifest } = session.log!;
    this.training = new Training(manifest.models, {
      moved: (before, after) => this.swap(before, after),
      ready: (streams) => this.prepared(streams),
    });
    const { streams } = this.training;
    this.lenses = new LensCache(session.looker);
    this.model = new StageModel(session.log!, session.ledger!, inks, streams, this.lenses);
    this.view = new StageView(streams);
    this.tracks = new Tracks(this.model);
    this.learning = new LearningCurves(this.model, this.training);
  }

  get cursor(): Session["cursor"] {
    return this.session.cursor;
  }

  /** The lane that commands without a lane mean: the pinned one, the isolated one, the one pointed at, the first. */
  get acting(): number | undefined {
    const { pinned, hover, solo } = this.cursor;
    const of = (target: Target | null): number | null => (target && "stream" in target ? target.stream : null);
    return of(pinned) ?? solo ?? of(hover) ?? this.shown[0];
  }

  /** The lane whose read map can be opened: the acting one, or else the first that has one; undefined where none has. */
  get mapped(): number | undefined {
    const has = (stream: number | undefined): boolean => stream !== undefined && this.model.lanes[stream]!.mapped;
    return has(this.acting) ? this.acting : this.shown.find(has);
  }

  /** Lanes that events are looked for in: the one focused, or all on the stage. */
  private get focused(): Lane[] {
    const { pinned, solo } = this.cursor;
    const one = pinned && "stream" in pinned ? pinned.stream : solo;
    return (one === null ? this.shown : [one]).map((stream) => this.model.lanes[stream]!);
  }

  run(command: Command): void {
    const { session, cursor, view, page, model } = this;
    const steps = model.signal.planned;
    switch (command.does) {
      case "toggle":
        return session.toggle();
      case "pause":
        return session.pause();
      case "step":
        return session.step(command.by);
      case "event":
        return this.toEvent(command.direction);
      case "event-kind": {
        const kinds = kindsOf(model.signal);
        const at = kinds.findIndex(({ value }) => value === view.events);
        view.events = kinds[(at + 1) % kinds.length]!.value;
        return;
      }
      case "first":
        return cursor.home();
      case "last":
        return session.live ? session.backToLive() : cursor.end();
      case "slower":
        cursor.slower();
        return session.setSpeed(cursor.speed);
      case "faster":
        cursor.faster();
        return session.setSpeed(cursor.speed);
      case "loop-in":
        return cursor.setLoop(cursor.t, cursor.loop?.[1] ?? cursor.total - 1);
      case "loop-out":
        return cursor.setLoop(cursor.loop?.[0] ?? 0, cursor.t);
      case "loop":
        return this.loop();
      case "walk":
        return this.walk(command.by);
      case "train":
        return this.training.step(command.by);
      case "learn":
        return this.training.toggle();
      case "pin":
        if (cursor.hover && !cursor.pinned) cursor.pinned = cursor.hover;
        return;
      case "free":
        return this.free();
      case "isolate": {
        const stream = this.shown[command.lane];
        return stream === undefined ? undefined : this.isolate(stream);
      }
      case "top":
      case "mute":
      case "fold": {
        const set = command.does === "top" ? "top" : command.does === "mute" ? "muted" : "folded";
        if (this.acting !== undefined) view.toggle(set, this.acting);
        return;
      }
      case "move":
        if (this.acting !== undefined) view.move(this.acting, command.by);
        return;
      case "read-map":
        this.readMap = this.readMap === null ? (this.mapped ?? null) : null;
        return;
      case "rows":
        return this.setRows(view.rows === "lag" ? "slots" : "lag");
      case "health":
        view.health = view.health ? null : "filled";
        return;
      case "lens":
        return this.setLens(LENSES[(LENSES.indexOf(cursor.lens) + 1) % LENSES.length]!);
      case "zoom":
        return view.zoom(command.by, cursor.t, steps);
      case "pan":
        return view.pan(command.by, steps);
      case "fit":
        return view.fit(...(view.selection ?? ([0, steps - 1] as const)), steps);
      case "reset":
        return view.reset(cursor.t, steps);
      case "similar":
        return this.findSimilar();
      case "copy":
        return page.copy();
      case "share":
        return page.share();
      case "png":
      case "svg":
        return page.picture(command.does);
      case "theme":
        return page.theme();
      case "palette":
        return page.palette();
      case "help":
        return page.help();
    }
  }

  isolate(stream: number): void {
    const { cursor, view } = this;
    cursor.solo = cursor.solo === stream ? null : stream;
    const place = this.shown.indexOf(stream);
    if (place >= 0) view.phoneLane = place;
  }

  setRows(rows: Rows): void {
    if (rows === "slots") this.model.stopSweeps();
    this.view.rows = rows;
    this.cursor.pinned = null;
  }

  /** What arcs mean. Without a server that has the models only the mechanism can be looked at. */
  setLens(lens: LensName): void {
    if (lens === "mechanism" || this.lenses.offered) this.cursor.lens = lens;
  }

  /** Has the models look at what is shown now, while it rests; asked again whenever that changes. */
  lookThrough(): void {
    const { cursor, session, shown, target, lenses, model } = this;
    if (session.playing || cursor.lens === "mechanism") return lenses.want("mechanism", []);
    const steps = shown.filter((stream) => model.lanes[stream]!.model.hasStep(cursor.t));
    const own = target?.zone === "lane" && target.t < cursor.t ? [{ stream: target.stream, t: target.t }] : [];
    lenses.want(cursor.lens, [...steps.map((stream) => ({ stream, t: cursor.t })), ...own]);
  }

  setBank(stream: number, bank: string): void {
    this.model.shareCache.look(stream, null);
    this.model.setBank(stream, bank);
    if (this.readMap === stream && !this.model.lanes[stream]!.mapped) this.readMap = null;
    this.banks++;
  }

  /** Which read head's arcs and ages are shown; null: of all heads together. */
  setReader(stream: number, head: number | null): void {
    this.model.setReader(stream, head);
    this.banks++;
  }

  /** Which head's matrix an associative memory shows. */
  setHead(stream: number, head: number): void {
    this.model.lanes[stream]!.head = head;
    this.banks++;
  }

  /** A click: what lies there is pinned and the playhead goes to its step; on what is pinned already it frees. */
  press(found: Target): void {
    const { cursor } = this;
    if (sameTarget(cursor.pinned, found)) {
      cursor.pinned = null;
      return;
    }
    if (found.zone === "lane" && found.t !== cursor.t) cursor.seek(found.t);
    cursor.pinned = found.zone === "lane" && found.slot === null ? null : found;
  }

  /** Selects steps a … b, in either order; a range of one step selects nothing. */
  select(a: number, b: number): void {
    this.view.selection = a === b ? null : [Math.min(a, b), Math.max(a, b)];
    this.view.similar = null;
  }

  free(): void {
    const { cursor, view } = this;
    cursor.pinned = null;
    cursor.solo = null;
    cursor.clearLoop();
    view.selection = null;
    view.similar = null;
  }

  /** Repeat what is selected, or else what is in view; when something is repeated, stop. */
  loop(): void {
    const { cursor, view } = this;
    if (cursor.loop) return cursor.clearLoop();
    const first = Math.max(0, Math.ceil(view.window.first));
    cursor.setLoop(...(view.selection ?? ([first, first + Math.max(1, view.inView) - 1] as const)));
  }

  /** Moments like the selection (by shape) or, without one, like the memory of the acting lane now (by state). */
  findSimilar(by: "shape" | "state" = this.view.selection ? "shape" : "state", stream = this.acting): void {
    const { model, view, cursor, tracks } = this;
    const { selection } = view;
    if (by === "shape" && selection && model.signal.kind === "line") {
      const [a, b] = selection;
      if (b >= model.log.steps) return;
      view.similar = { of: "shape", t: a, length: b - a + 1, hits: tracks.similarShapes(a, b) };
    } else if (stream !== undefined && model.lanes[stream]!.has(cursor.t)) {
      const lane = model.lanes[stream]!;
      view.similar = { of: lane.label, t: cursor.t, length: 1, hits: tracks.similarStates(lane, cursor.t) };
    }
  }

  /** Lanes show other moments of their training: everything that was said of one holds for the other. */
  private swap(before: readonly number[], after: readonly number[]): void {
    const { model, view, cursor } = this;
    const now = (stream: number): number => after[before.indexOf(stream)] ?? stream;
    const same = (target: Target | null): Target | null =>
      target && "stream" in target ? { ...target, stream: now(target.stream) } : target;
    const labels = before.filter((stream, k) => stream !== after[k]).map((stream) => model.lanes[stream]!.label);
    model.swap(before, after);
    view.laneOrder = swapped(view.laneOrder, before, after);
    if (cursor.solo !== null) cursor.solo = now(cursor.solo);
    if (this.readMap !== null) this.readMap = now(this.readMap);
    [cursor.pinned, cursor.hover] = [same(cursor.pinned), same(cursor.hover)];
    if (view.similar && labels.includes(view.similar.of)) view.similar = null; // states of another moment
  }

  /** Derives what these streams need to be shown at this step; true when all of it is there. */
  private prepared(streams: readonly number[]): boolean {
    const { model, cursor, view } = this;
    return streams.every((stream, k) => {
      if (view.laneOrder.hidden.has(this.training.streams[k]!)) return true;
      const lane = model.make(stream);
      return !lane.has(cursor.t) || model.shareCache.at(stream, cursor.t, "training") !== null;
    });
  }

  private toEvent(direction: 1 | -1): void {
    const { cursor, view } = this;
    const to = view.similar
      ? neighbour(
          view.similar.hits.map((hit) => hit.t).sort((a, b) => a - b),
          cursor.t,
          direction,
        )
      : neighbour(this.tracks.events(view.events, this.focused), cursor.t, direction);
    if (to !== undefined) cursor.seek(to);
  }

  /** ↑ ↓ walk the slots of the pinned lane, or of the isolated or first one. */
  private walk(by: 1 | -1): void {
    const { cursor } = this;
    const now = cursor.pinned?.zone === "lane" ? cursor.pinned : null;
    const stream = now?.stream ?? cursor.solo ?? this.shown[0];
    if (stream === undefined) return;
    const lane = this.model.lanes[stream]!;
    const t = now?.t ?? cursor.t;
    const row = now === null || now.slot === null ? 0 : lane.rowOfSlot(now.slot) + by;
    const last = Math.floor((lane.slotsAt(t) - 1) / lane.fold.per);
    cursor.pinned = { zone: "lane", stream, t, slot: lane.slotOfRow(Math.max(0, Math.min(last, row))) };
  }
}
