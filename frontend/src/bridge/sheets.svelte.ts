/** The runs that are on the page: the one in front, and a new one behind it until that has been drawn. */

import type { TimeWindow } from "../draw/stage/layout";
import { currentInks } from "../ui/theme.svelte";
import type { BridgeRun } from "./bridge.svelte";
import type { PartialView } from "../view/fields";
import { SettledStep } from "../stage/settled_step.svelte";
import { StageController, type PageActions } from "../stage/controller.svelte";
import { applyView } from "../stage/apply_view";
import { differencesOf, type Differences } from "./differences";

export interface Shown {
  readonly key: number;
  readonly run: BridgeRun;
  readonly controller: StageController;
  readonly settled: SettledStep;
  readonly apart: Differences;
  /** The link that it was brought for. */
  readonly wanted: PartialView | null;
  /** Step of the run before when this one came: where that has moved on since, this one follows it. */
  readonly since: number | null;
  /** Zoom of the run before, where this one is as long. */
  readonly window: TimeWindow | null;
}

/** Steps per second to begin with. */
const SPEED = 4;

export class Sheets {
  all = $state.raw<readonly Shown[]>([]);
  /** Key of the run in front; −1: none yet. */
  front = $state(-1);
  readonly shown: Shown | null = $derived.by(() => this.all.find(({ key }) => key === this.front) ?? null);
  /** What a link asked for and could not get. */
  notices = $state.raw<readonly string[]>([]);
  /** How the next run is looked at, out of a link, until that run is drawn; null: as the one that is shown. */
  wanted = $state.raw<PartialView | null>(null);
  private keys = 0;

  constructor(
    first: PartialView,
    private readonly page: PageActions,
  ) {
    this.wanted = first;
  }

  /** Shows what another link asks for: now, or where that link also wants another run, when it comes. */
  look(view: PartialView, later: boolean): void {
    this.notices = [];
    if (later || !this.all.length) this.wanted = view;
    else for (const { controller } of this.all) this.notices = applyView(view, controller);
  }

  /** Puts a new run behind what is shown, looked at in the same way. */
  bring(run: BridgeRun): void {
    const { wanted, shown: before } = this;
    const controller = new StageController(run.session, currentInks(), this.page);
    const { model, cursor } = controller;
    const { cursor: was } = before?.controller ?? {};
    if (wanted) this.notices = applyView({ ...(was && { t: was.t, speed: was.speed }), ...wanted }, controller);
    else if (before) applyView(before.controller.view.snapshot(), controller);
    const [one, other] = controller.training.streams.map((stream) => model.lane(stream));
    if (!before) {
      if (wanted?.t === undefined) cursor.seek(model.interesting);
      if (wanted?.speed === undefined) cursor.speed = SPEED;
      if (other!.model.spec.banks.some(({ name }) => name === one!.bank.name)) controller.setBank(1, one!.bank.name);
    }
    const same = before?.controller.model.signal.planned === model.signal.planned;
    const window = before && same ? before.controller.viewport.window : null;
    const since = before?.controller.cursor.t ?? null;
    const settled = new SettledStep(run.session, () => 0);
    const sheet = {
      key: ++this.keys,
      run,
      controller,
      settled,
      apart: differencesOf(model.log),
      window,
      since,
      wanted,
    };
    for (const one of this.all) if (one !== before) one.settled.stop();
    this.all = before ? [before, sheet] : [sheet];
  }

  /** The first picture of a run is there: it comes to the front, at the step that is shown, and plays on. */
  drawn(key: number): void {
    const { all, shown } = this;
    const sheet = all.find((one) => one.key === key);
    if (!sheet || key < this.front) return;
    if (shown && shown.controller.cursor.t !== sheet.since) sheet.controller.cursor.seek(shown.controller.cursor.t);
    for (const one of all) if (one.key < key) one.settled.stop();
    this.front = key;
    if (this.wanted === sheet.wanted) this.wanted = null;
    this.all = all.filter((one) => one.key >= key);
    if (sheet.run.playing) sheet.run.session.play();
  }

  stop(): void {
    for (const sheet of this.all) sheet.settled.stop();
  }
}
