/** The page's state: a signal, what a fit would do with it, the models chosen, and the fits that run or are over. */

import { FITTED, FORECAST, RECALL } from "../wire/task_names";
import { HUES, hueOf } from "../draw/ink/tokens";
import { debounced } from "../server/debounced";
import type { Api } from "../server/api";
import { ApiError, readable, type MnemoscopeError } from "../server/errors";
import type { Fit, FitPlan, FitRequest, ModelCard, Status, Upload } from "../wire/wire.gen";
import { idsOf, madeAgain, stageSignal, type FitSignal } from "./link";
import { isLive } from "./text";

type Server = Pick<
  Api,
  | "models"
  | "status"
  | "recording"
  | "planFit"
  | "fits"
  | "beginFit"
  | "fit"
  | "stopFit"
  | "removeFit"
  | "createSession"
>;

const FIRST = ["lstm", "transformer", "dnc"];
export const BUDGETS = [20, 60, 300] as const;
/** Steps that before and after listen to, and are then asked, on the stage. */
const CONTEXT = 64;
const ASKED = 192;

export class Fitting {
  status = $state.raw<Status | null>(null);
  cards = $state.raw<readonly ModelCard[]>([]);
  error = $state.raw<MnemoscopeError | null>(null);

  signal = $state.raw<FitSignal | null>(null);
  /** What was read of a file that was chosen here: its columns can be chosen among. */
  upload = $state.raw<Upload | null>(null);
  plan = $state.raw<FitPlan | null>(null);

  /** What for: FORECAST or RECALL. */
  task = $state<string>(FORECAST);
  chosen = $state.raw<ReadonlySet<string>>(new Set(FIRST));
  seconds = $state<number>(60);
  scratch = $state(false);
  fits = $state.raw<readonly Fit[]>([]);
  /** One's own from before, kept on the server: to be opened again. */
  kept = $state.raw<readonly Fit[]>([]);

  readonly live = $derived(this.fits.some(isLive));
  readonly done = $derived(this.fits.filter((fit) => fit.state === "done"));
  /** The one whose before and after are shown: the best that is over. */
  readonly shown = $derived(
    this.done.reduce<Fit | null>(
      (best, fit) => (!best || fit.result!.scores.after < best.result!.scores.after ? fit : best),
      null,
    ),
  );
  readonly able = $derived(
    this.cards
      .filter(({ task, name }) => task === this.task && !name.startsWith("fit:"))
      .sort((a, b) => HUES.indexOf(hueOf(a.glyph)) - HUES.indexOf(hueOf(b.glyph))),
  );
  readonly wanted = $derived(this.able.filter(({ model }) => this.chosen.has(model)));
  /** Why no fit can begin as it is; "" where one can. */
  readonly why = $derived(this.obstacle());

  private readonly ends = new AbortController();

  constructor(private readonly server: Server) {}

  /** What the server offers, and the fits of a link, or else the signal of a recording. */
  async load(hash: string, recording: string | null = null): Promise<void> {
    try {
      const ids = idsOf(hash);
      if (recording !== null && !ids.length) await this.useThatOf(recording);
      const [status, cards, fits] = await Promise.all([this.server.status(), this.server.models(), this.server.fits()]);
      [this.status, this.cards, this.kept] = [status, cards, fits.filter(({ state }) => state === "done")];
      if (ids.length) await this.open(ids);
    } catch (reason) {
      this.error = readable(reason);
    }
  }

  close(): void {
    this.ends.abort();
  }

  /** A file was read: all of one column, an ECG at the rate that the models know. */
  took(upload: Upload): void {
    this.upload = upload;
    this.fits = [];
    const { channel, rows, columns } = upload.report;
    this.signal = {
      kind: "upload",
      upload_id: upload.id,
      channel,
      start: 0,
      stop: rows,
      resample_to: columns[channel]?.resample_to ?? null,
      keep_name: true,
    };
  }

  /** Another column or rate of the same file. */
  change(part: { channel?: number; resample_to?: number | null }): void {
    if (this.signal?.kind === "upload") this.signal = { ...this.signal, ...part };
    this.fits = [];
  }

  /** What a recording was asked, and its signal where that can be made again; of a file the page asks for it. */
  private async useThatOf(recording: string): Promise<void> {
    const { manifest } = await this.server.recording(recording);
    if (!FITTED.includes(manifest.task.name)) return;
    this.ask(manifest.task.name);
    const signal = madeAgain(manifest.signal?.source ?? {});
    if (signal) this.use(signal);
  }

  /** A signal that was looked at elsewhere. */
  use(signal: FitSignal): void {
    this.upload = null;
    this.fits = [];
    this.signal = signal;
  }

  /** The split follows the signal after a short pause. For an effect. */
  planning(): (() => void) | undefined {
    const { signal } = this;
    const task = this.task as FitRequest["task"];
    if (!signal) return undefined;
    return debounced(
      (abort) => this.server.planFit({ signal, task }, { signal: abort }),
      (plan) => {
        this.plan = plan;
        this.error = null;
      },
      (error) => {
        this.plan = null;
        this.error = error;
      },
    );
  }

  /** For another task: with a split of its own, and its own models. */
  ask(task: string): void {
    this.task = task;
    this.plan = null;
    this.fits = [];
  }

  /** Back to the choices, with what was fitted among those from before. */
  again(): void {
    this.kept = [...this.done.filter(({ id }) => !this.kept.some((fit) => fit.id === id)), ...this.kept];
    this.fits = [];
  }

  toggle(model: string): void {
    const next = new Set(this.chosen);
    if (!next.delete(model)) next.add(model);
    this.chosen = next;
  }

  /** Fits of all models chosen, one after another on the server. */
  async begin(): Promise<void> {
    const { signal, seconds, scratch } = this;
    const task = this.task as FitRequest["task"];
    if (this.why || !signal) return;
    this.error = null;
    this.fits = [];
    try {
      for (const { model } of this.wanted) {
        this.put(await this.server.beginFit({ signal, task, model, seconds, scratch }));
      }
    } catch (reason) {
      this.error = readable(reason);
    }
    for (const fit of this.fits) void this.follow(fit.id);
  }

  /** End the training that runs and those that wait; what was found so far is scored. */
  async stop(): Promise<void> {
    const live = this.fits.filter(isLive);
    await Promise.all(live.map(({ id }) => this.server.stopFit(id))).catch((reason: unknown) => {
      this.error = readable(reason);
    });
  }

  async remove(id: string): Promise<void> {
    try {
      await this.server.removeFit(id);
    } catch (reason) {
      if (!(reason instanceof ApiError && reason.code === "unknown-fit")) throw reason; // its time was over
    }
    this.fits = this.fits.filter((fit) => fit.id !== id);
    this.kept = this.kept.filter((fit) => fit.id !== id);
  }

  /** A run of the shipped and the fitted model on the part never seen -> its id. */
  async stage(fit: Fit): Promise<string> {
    if (!fit.signal || !fit.result) throw new ApiError(0, "no-signal", "The signal of this fit is not kept.");
    const recall = fit.task === RECALL;
    const signal = stageSignal(fit.signal, fit.result.split, recall ? 0 : CONTEXT, ASKED);
    const { id } = await this.server.createSession({
      signal,
      task: fit.task,
      task_params: recall ? { rounds: 0 } : { context: CONTEXT },
      models: [fit.model, `fit:${fit.id}`],
      title: `${fit.name}: ${fit.label} before and after ${Math.round(fit.result.seconds)} s`,
      start: "playing",
      speed: 24,
    });
    return id;
  }

  /** Fits by their ids, with the signal and the task they were made for. */
  async open(ids: readonly string[]): Promise<void> {
    const found = await Promise.all(ids.map((id) => this.server.fit(id).catch(() => null)));
    this.fits = found.filter((fit) => fit !== null);
    if (this.fits.length < ids.length) {
      this.error = new ApiError(404, "unknown-fit", "Some of these fits are over or not yours.", null, "Fit again.");
    }
    const first = this.fits[0];
    if (!first) return;
    this.signal = first.signal;
    this.task = first.task;
    this.chosen = new Set(this.fits.map(({ model }) => model));
    this.seconds = first.seconds ?? this.seconds;
    for (const { id } of this.fits) void this.follow(id);
  }

  /** News of one fit until it is over. */
  private async follow(id: string): Promise<void> {
    try {
      for (;;) {
        const fit = this.fits.find((one) => one.id === id);
        if (!fit || !isLive(fit)) return;
        this.put(await this.server.fit(id, fit.curve.length, { signal: this.ends.signal }));
      }
    } catch (reason) {
      if (!this.ends.signal.aborted) this.error = readable(reason);
    }
  }

  private put(fit: Fit): void {
    const at = this.fits.findIndex(({ id }) => id === fit.id);
    this.fits = at < 0 ? [...this.fits, fit] : this.fits.with(at, fit);
  }

  private obstacle(): string {
    if (!this.signal) return "Choose a file first.";
    if (this.wanted.length === 0) return "Choose at least one model.";
    if (!this.plan) return this.error ? "The signal cannot be used as it is." : "Looking at the signal.";
    return "";
  }
}
