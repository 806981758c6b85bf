/**
 * The bridge from Transformer to DNC: what is to cross, the run that shows it, and how exactly both were measured to agree.
 *
 * Every change runs the episode again, in a recording that nobody keeps. One run at a time: while one is on its way,
 * only the last thing wanted is remembered. What is shown stays until the next run is whole.
 */
import type { BridgeReport, ModelCard, SessionRequest, Status } from "../wire/wire.gen";
import type { Api } from "../server/api";
import { climbed, sameCrossing, type Crossing } from "./permalink";
import { MnemoscopeError, readable } from "../server/errors";
import { openRecording, type Session, type SessionOptions } from "../recording/session.svelte";

/** Models that climb the ladder, and those that only have the form with write-once stores. */
export const CLIMBS = "transformer";
const CROSSES: readonly string[] = [CLIMBS, "encoder-decoder"];

export interface BridgeRun {
  readonly crossing: Crossing;
  readonly session: Session;
  /** The run before was playing when this one took its place. */
  readonly playing: boolean;
}

export interface BridgeOptions {
  readonly session?: SessionOptions;
  /** Time between two looks at the server while its workers start, ms. */
  readonly patience?: number;
}

export class Bridge {
  crossing: Crossing = $state.raw() as Crossing;
  /** Checkpoints that can cross; null until the server has listed them. */
  cards = $state.raw<readonly ModelCard[] | null>(null);
  host = $state.raw<Status | null>(null);
  /** The newest run that is whole. */
  run = $state.raw<BridgeRun | null>(null);
  /** A run is on its way. */
  busy = $state(false);
  /** Why the last run wanted could not be had. */
  error = $state.raw<MnemoscopeError | null>(null);
  report = $state.raw<BridgeReport | null>(null);
  reportError = $state.raw<MnemoscopeError | null>(null);

  private closed = false;
  private due = false;
  private asked = "";
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly api: Api,
    crossing: Crossing,
    private readonly options: BridgeOptions = {},
  ) {
    this.crossing = crossing;
  }

  /** The card of what crosses; null where there is none of that name. */
  get card(): ModelCard | null {
    return this.cards?.find(({ name }) => name === this.crossing.model) ?? null;
  }

  /** Live runs are off on this host, for good. */
  get off(): boolean {
    return this.host?.replay_only === true || this.host?.workers === "failed";
  }

  /** Whether the ladder is open to what crosses. */
  get climbs(): boolean {
    return this.card?.model === CLIMBS;
  }

  async start(): Promise<void> {
    try {
      const [cards] = await Promise.all([this.api.models(), this.look()]);
      this.cards = cards.filter(({ model }) => CROSSES.includes(model));
    } catch (error) {
      this.error = readable(error);
      return;
    }
    if (!this.climbs) this.crossing = climbed(this.crossing, { memory: "stores" });
    this.again();
  }

  /** Go somewhere else; the run follows. */
  change(part: Partial<Crossing>): void {
    let next = climbed(this.crossing, part);
    const card = this.cards?.find(({ name }) => name === next.model);
    if (card && card.model !== CLIMBS) next = climbed(next, { memory: "stores" });
    if (sameCrossing(next, this.crossing)) return;
    this.crossing = next;
    this.again();
  }

  /** Run what is wanted, and measure it. */
  again(): void {
    if (this.closed || !this.cards || this.off) return;
    if (!this.card) {
      const there = this.cards.map(({ name }) => name).join(", ") || "none";
      this.error = new MnemoscopeError(
        "unknown-model",
        `There is no checkpoint “${this.crossing.model}” that can cross; there are: ${there}.`,
        null,
        "Choose one of them.",
      );
      return;
    }
    this.due = true;
    if (this.asked !== this.subject) {
      this.asked = ""; // what was measured, or is being measured, was of something else
      this.report = this.reportError = null;
    }
    if (!this.busy) void this.work();
  }

  /** What the server is asked to run; `keep`: as a recording to come back to. */
  request(crossing: Crossing, keep: boolean): SessionRequest {
    const { model, seed, ...bridge } = crossing;
    const task = this.cards!.find(({ name }) => name === model)!.task;
    return { signal: { kind: "none" }, task, models: [model], seed, bridge, keep, speed: null, start: "playing" };
  }

  /** The same run once more, to be saved -> its id. */
  async keep(): Promise<string> {
    return (await this.api.createSession(this.request(this.crossing, true))).id;
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    if (this.run) this.drop(this.run.session);
    this.run = null;
  }

  private async work(): Promise<void> {
    this.busy = true;
    while (this.due && !this.closed) {
      this.due = false;
      try {
        const { crossing } = this;
        const session = await this.once(crossing);
        if (this.closed) this.drop(session);
        else {
          const before = this.run;
          this.run = { crossing, session, playing: before?.session.playing ?? false };
          this.error = null;
          if (before) this.drop(before.session);
          void this.measure(); // after the run: a worker does one thing at a time
        }
      } catch (error) {
        this.error = readable(error);
        await this.look().catch(() => undefined); // the error at hand says more than this one would
      }
    }
    this.busy = false;
  }

  private async once(crossing: Crossing): Promise<Session> {
    const { id } = await this.api.createSession(this.request(crossing, false));
    const session = openRecording({ id }, { api: this.api, ...this.options.session });
    await session.opened;
    await whole(session, () => this.closed);
    if (session.error) {
      this.drop(session);
      throw session.error;
    }
    return session;
  }

  /** Lets go of a run and of its recording. */
  private drop(session: Session): void {
    session.close();
    // If the request is lost, the server removes the run by itself within the hour.
    if ("id" in session.source) void this.api.remove(session.source.id).catch(() => undefined);
  }

  /** What is measured: a checkpoint on an episode. */
  private get subject(): string {
    return `${this.crossing.model}/${this.crossing.seed}`;
  }

  /** One measurement for each subject. */
  private async measure(): Promise<void> {
    const { model, seed } = this.crossing;
    const key = this.subject;
    if (this.asked === key && !this.reportError) return;
    this.asked = key;
    this.report = this.reportError = null;
    if (!this.climbs) return;
    try {
      const report = await this.api.bridge(model, seed);
      if (this.asked === key && !this.closed) this.report = report;
    } catch (error) {
      if (this.asked === key && !this.closed) this.reportError = readable(error);
    }
  }

  /** How the server is; again after a while, as long as its workers start. */
  private async look(): Promise<void> {
    this.host = await this.api.status();
    if (this.closed || this.host.workers !== "starting") return;
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => void this.look().catch((error: unknown) => (this.error = readable(error))),
      this.options.patience ?? 1000,
    );
  }
}

/** How often a run on its way is looked at, ms. */
const GLANCE = 10;

/** Resolves when all steps are held, none more will come, or nobody waits any more. */
async function whole(session: Session, left: () => boolean): Promise<void> {
  while (!session.complete && session.phase !== "error" && !left())
    await new Promise((done) => setTimeout(done, GLANCE));
}
