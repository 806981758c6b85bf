/** A run being planned: signal, task, models, and what follows from them. The page's forms read and write it. */

import { FORECAST, RECALL } from "../wire/task_names";
import { api } from "../server/api";
import { ApiError, readable, type MnemoscopeError } from "../server/errors";
import type {
  Generator,
  Preview,
  SessionRequest,
  SignalPreview,
  Suggestion,
  Status,
  TaskCard,
  TaskPlan,
  Upload,
} from "../wire/wire.gen";
import { count } from "../draw/ink/format";
import { debounced } from "../server/debounced";
import { FileSignal } from "./file/file_signal.svelte";
import { LiveSource } from "./live/live_source.svelte";
import { ModelChoice } from "./model_choice.svelte";

export type Source = "generate" | "file" | "draw" | "live";
/** A signal that is there before the run. */
export type FixedSignal = Exclude<SessionRequest["signal"], { kind: "live" }>;

export class NewRun {
  /* What the server offers. */
  status = $state.raw<Status | null>(null);
  generators = $state.raw<readonly Generator[]>([]);
  described = $state.raw<readonly TaskCard[]>([]);
  error = $state.raw<MnemoscopeError | null>(null);

  task = $state(RECALL);
  readonly models = new ModelChoice(() => this.task);
  /** What the run will be, and why it cannot be, as the server's task says; of the newest question that was answered. */
  private planned = $state.raw<TaskPlan | null>(null);
  private planObstacle = $state("");
  /** Why suggestion or preview are not there yet while the server is away or busy; it is asked again, and "" once there is an answer. */
  private unanswered = $state("");
  source = $state<Source>("generate");
  readonly live = new LiveSource();

  /* A generated signal. */
  made = $state.raw({ kind: "heartbeat", seed: 1, steps: 420, params: {} as Record<string, number> });
  sample = $state.raw<SignalPreview | null>(null);

  readonly file = new FileSignal();
  preview = $state.raw<Preview | null>(null);
  previewError = $state.raw<MnemoscopeError | null>(null);

  /** The task's own numbers, by task: who comes back to one finds them as they were. */
  private knobs = $state.raw<Readonly<Record<string, Readonly<Record<string, number>>>>>({});
  /** What the server suggests of the signal for the task, as long as nobody has chosen a window: until then it follows every change. */
  suggestion = $state.raw<(Suggestion & { task: string }) | null>(null);
  private byHand = $state(false);
  private suggests = $state(false);
  /** The task before a live source was chosen, which asks for a forecast at first. */
  private before: string | null = null;
  /** Of what is dragged the newest counts. */
  private arranging = 0;
  /** The window that the preview is of. */
  private previewOf = $state("");
  /** What the newest suggestion was for: until it is that of now, nothing is planned or previewed that it would change. */
  private suggestedFor = $state("");
  private readonly question = $derived.by(() => {
    const { kind, seed, params } = this.made;
    const signal = this.filed ? [this.held?.id, this.file.channel, this.file.labels] : [kind, seed, params];
    return JSON.stringify([this.task, this.knobs[this.task] ?? {}, signal]);
  });

  begins = $state<"playing" | "paused">("playing");

  /** What the task is; null until the server has said it. */
  readonly card = $derived(this.described.find((card) => card.name === this.task) ?? null);
  readonly options = $derived<Readonly<Record<string, number>>>({
    ...Object.fromEntries((this.card?.options ?? []).map((option) => [option.name, option.default])),
    ...(this.suggestion?.task === this.task ? this.suggestion.task_params : {}),
    ...this.knobs[this.task],
  });
  /** The same with their bounds, for what is dragged. */
  readonly arranged = $derived(
    Object.fromEntries(
      (this.card?.options ?? []).map(({ name, low, high }) => [name, { value: this.options[name]!, low, high }]),
    ),
  );
  /** The task runs on a signal. */
  readonly series = $derived(this.card?.takes_signal ?? true);
  /** The signal comes out of an upload. */
  readonly filed = $derived(this.source === "file" || this.source === "draw");
  /** It comes in while the run goes on. */
  readonly streamed = $derived(this.series && this.source === "live");
  private readonly waits = $derived(
    this.suggests &&
      this.series &&
      this.source !== "draw" &&
      this.source !== "live" &&
      !this.byHand &&
      this.suggestedFor !== this.question,
  );
  /** What some model here can do, what runs on a signal first. */
  readonly tasks = $derived(
    this.described
      .filter(({ name }) => this.models.cards.some((card) => card.task === name))
      .sort((a, b) => Number(b.takes_signal) - Number(a.takes_signal)),
  );
  /** The upload that belongs to the source looked at. */
  readonly held = $derived(this.file.upload && this.file.drawn === (this.source === "draw") ? this.file.upload : null);
  readonly plan = $derived(this.planned?.task === this.task ? this.planned : null);
  readonly events = $derived(this.plan?.events ?? []);
  /** What is asked of the models that they were not trained on: allowed, and said. */
  readonly beyond = $derived((this.plan?.warnings ?? []).map(sentence));
  /** Steps of the signal; 0 while there is none. */
  private readonly given = $derived.by(() => {
    if (this.source === "live") return this.live.steps ?? this.most;
    return this.filed ? (this.held ? (this.preview?.steps ?? 0) : 0) : this.made.steps;
  });
  readonly steps = $derived(this.series ? this.given : (this.plan?.steps ?? 0));
  readonly most = $derived(this.status?.limits.steps ?? 20000);
  /** Steps of the signal a second; null for a task without a signal. */
  readonly hz = $derived.by(() => {
    if (!this.series) return null;
    if (this.streamed) return this.live.hz;
    return (this.filed ? this.preview : this.sample)?.sample_rate ?? null;
  });
  readonly seconds = $derived(this.models.ms === null ? null : (this.steps * this.models.ms) / 1000);
  /** Size of the recording before compression. */
  readonly bytes = $derived(this.models.bytes === null ? null : Math.round(this.models.bytes * this.steps));
  /** Rows of the file that make as many steps as the server runs. */
  readonly rowsMost = $derived.by(() => Math.floor(this.most * this.file.rowsPerStep));
  /** Why it cannot be run as it is; "" where it can. */
  readonly why = $derived(this.obstacle());

  /** `suggests`: a window is suggested where none was chosen; else all of a file is taken. */
  constructor(suggests = false) {
    this.suggests = suggests;
  }

  async load(): Promise<void> {
    try {
      // Tasks first: what is offered follows from the models and their tasks.
      const [described, status, cards, generators] = await Promise.all([
        api.tasks(),
        api.status(),
        api.models(),
        api.signals(),
      ]);
      Object.assign(this, { described, status, generators });
      this.models.load(cards);
      if (!this.tasks.some(({ name }) => name === this.task)) this.task = this.tasks[0]?.name ?? this.task;
      this.choose(this.source);
      const kinds = this.generators.map((g) => g.kind);
      if (!kinds.includes(this.made.kind)) this.made = { ...this.made, kind: kinds[0] ?? this.made.kind };
      const params = this.generators.find((g) => g.kind === this.made.kind)?.params ?? [];
      this.made = { ...this.made, params: Object.fromEntries(params.map((p) => [p.name, p.default])) };
    } catch (reason) {
      this.error = readable(reason);
    }
  }

  /** The server has read a file (or what was drawn): suggest how to look at it. */
  took(result: Upload, name: string, drawn = false): void {
    this.file.take(result, name, drawn);
    if (!drawn && !this.suggests) this.file.stop = Math.min(this.file.rows, this.rowsMost);
    this.preview = this.previewError = null;
    this.byHand = drawn;
    this.suggestion = null;
    this.suggestedFor = "";
  }

  /** Rows start … stop are chosen by hand: nothing is suggested any more. */
  chooseRows(start: number, stop: number): void {
    Object.assign(this.file, { start, stop });
    this.byHand = true;
  }

  /** The rate that the models see, chosen by hand. */
  chooseRate(hz: number | null): void {
    this.file.resample = hz;
    this.byHand = true;
  }

  /**
   * A number of the task that was set in the picture: what is looked at stays where it is, and ends with the question.
   */
  async arrange(name: string, value: number): Promise<void> {
    const { task } = this;
    const turn = ++this.arranging;
    const options = { ...this.options, [name]: Math.round(value) };
    try {
      const plan = await api.planTask(task, { options, steps: null, seed: this.made.seed });
      if (turn !== this.arranging || task !== this.task || !this.series) return;
      this.byHand = true;
      this.set(name, value);
      if (!this.filed) this.made = { ...this.made, steps: plan.steps };
      else {
        const { file } = this;
        file.stop = Math.min(file.rows, file.start + Math.round(plan.steps * file.rowsPerStep));
      }
      this.error = null;
    } catch (reason) {
      // What was asked for is not done, and the plan of before holds.
      if (reason instanceof ApiError && reason.passing) this.error = reason;
      else this.planObstacle = readable(reason).message;
    }
  }

  /** A generated signal; another length is one chosen by hand. */
  make(made: NewRun["made"]): void {
    if (made.steps !== this.made.steps) this.byHand = true;
    this.made = made;
  }

  /** A window was chosen by hand, and may be given up for what is suggested. */
  get chosenByHand(): boolean {
    return this.suggests && this.byHand && this.source !== "draw";
  }

  /** Back to what is suggested. */
  suggestAgain(): void {
    this.byHand = false;
    this.suggestedFor = "";
  }

  /** The window follows file, channel, task and its numbers, until it is chosen by hand. For an effect. */
  suggesting(): (() => void) | undefined {
    if (!this.waits) return undefined;
    const { task, held, file, question } = this;
    const { channel, labels } = file;
    const asked = { task, task_params: this.knobs[task] ?? {} };
    const failed = (error: MnemoscopeError, again: boolean): void => {
      this.missed(error, again);
      if (again) return;
      this.suggestion = null; // preview and plan say why
      if (this.filed && file.stop === 0) file.stop = Math.min(file.rows, this.rowsMost);
      this.suggestedFor = question;
    };
    if (this.filed) {
      if (!held || file.deleting) return undefined;
      return debounced(
        (signal) => api.suggestWindow(held.id, { channel, labels, ...asked }, { signal }),
        (found) => {
          [file.start, file.stop, file.resample] = [found.start, found.stop, found.resample_to];
          this.take(found, task, question);
        },
        failed,
      );
    }
    const { kind, seed, params } = this.made;
    if (!this.generators.length) return undefined;
    return debounced(
      (signal) => api.suggestLength({ kind, seed, params, ...asked }, { signal }),
      (found) => {
        this.made = { ...this.made, steps: found.stop };
        this.take(found, task, question);
      },
      failed,
    );
  }

  /** Suggestion or preview had no answer, or none yet. */
  private missed(error: MnemoscopeError, again: boolean): void {
    this.unanswered = again ? askedAgain(error) : "";
  }

  private take(found: Suggestion, task: string, question: string): void {
    this.unanswered = "";
    this.suggestion = { ...found, task };
    this.suggestedFor = question;
  }

  /** The same file, read otherwise: column and window stay as they were chosen, where they are still there. */
  tookAgain(result: Upload, name: string): void {
    const { byHand, file } = this;
    const [chosen, start, stop] = [file.chosen(), file.start, file.stop];
    this.took(result, name);
    if (file.keep(chosen) && byHand) {
      Object.assign(file, { start, stop });
      this.byHand = byHand;
    }
  }

  /** Deletes what the server read of the file, and forgets the file. */
  async forget(): Promise<void> {
    if (await this.file.forget()) this.preview = this.previewError = null;
  }

  /** Previews follow every change after a short pause; an older answer never overtakes a newer one. For an effect. */
  previewing(): (() => void) | undefined {
    if (!this.series || this.streamed || this.waits) return undefined;
    if (this.filed) {
      const { held, file } = this;
      if (!held || file.deleting || file.stop === 0) return undefined;
      const window = file.selected();
      const request = {
        ...window,
        task: this.task,
        task_params: this.options,
        models: this.models.names,
        view: file.view,
      };
      return debounced(
        (signal) => api.previewUpload(held.id, request, { signal }),
        (answer) => {
          this.preview = answer;
          this.previewOf = JSON.stringify(window);
          this.previewError = null;
          this.unanswered = "";
        },
        (error, again) => {
          this.previewError = error;
          this.missed(error, again);
        },
      );
    }
    if (!this.generators.length) return undefined;
    const request = { ...this.made };
    return debounced(
      (signal) => api.previewSignal(request, { signal }),
      (answer) => {
        this.sample = answer;
        this.error = null;
      },
      (error) => (this.error = error),
    );
  }

  /** The plan follows task, options and length of the signal, as previews do. For an effect. */
  planning(): (() => void) | undefined {
    const { card, options, series, given } = this;
    if (!card || this.waits || (series && given === 0)) return undefined;
    // The steps of another window say nothing of this one.
    if (series && this.filed && this.previewOf !== JSON.stringify(this.file.selected())) return undefined;
    return debounced(
      (signal) =>
        api.planTask(
          card.name,
          // A window that is dragged passes lengths with too little room: an answer like any other, no error in the log.
          { options, steps: series ? given : null, seed: this.made.seed, weigh: true },
          { signal },
        ),
      (answer) => {
        this.planned = answer.obstacle ? null : answer; // what was shaded is not what this signal has room for
        this.planObstacle = answer.obstacle;
      },
      (error, again) => {
        this.planned = null;
        this.planObstacle = again ? askedAgain(error) : error.message;
      },
    );
  }

  /** What the server is asked to run. */
  request(): SessionRequest {
    const { made } = this;
    return {
      task: this.task,
      models: this.models.names,
      // what nobody has set goes on as long as a live source does
      task_params: this.streamed ? { ...this.knobs[this.task] } : this.options,
      seed: made.seed,
      start: this.begins,
      speed: 24,
      signal: this.streamed ? this.live.signal() : this.fixed(),
    };
  }

  /** The signal as it is chosen. */
  fixed(): FixedSignal {
    const { made, series, held } = this;
    if (!series) return { kind: "none" };
    return this.filed
      ? { kind: "upload", upload_id: held!.id, ...this.file.selected(), keep_name: this.file.keepName }
      : { kind: "generated", generator: made.kind, seed: made.seed, steps: made.steps, params: made.params };
  }

  /** The signal for a fit, which wants all of a file; null while there is none, or the task takes none. */
  whole(): Exclude<FixedSignal, { kind: "none" }> | null {
    if (!this.series || this.streamed || (this.filed && !this.held)) return null;
    const signal = this.fixed();
    if (signal.kind === "none") return null;
    return signal.kind === "upload" ? { ...signal, beside: [], start: 0, stop: this.file.rows } : signal;
  }

  /** Another source. What has not happened yet can only be forecast at first, so that is asked of a live one, and the task of before of the next. */
  choose(source: Source): void {
    if (source === "live") {
      if (this.before === null && this.task !== FORECAST && this.tasks.some(({ name }) => name === FORECAST))
        [this.before, this.task] = [this.task, FORECAST];
    } else if (this.before !== null) {
      if (this.task === FORECAST) this.task = this.before;
      this.before = null;
    }
    this.source = source;
  }

  set(name: string, value: number): void {
    this.knobs = { ...this.knobs, [this.task]: { ...this.knobs[this.task], [name]: Math.round(value) } };
  }

  private obstacle(): string {
    const { series, filed, steps, most, status } = this;
    if (this.models.running.length === 0) return "Choose at least one model.";
    if (status && this.models.streams > status.limits.models)
      return `${this.models.streams} models side by side are more than the ${status.limits.models} of one recording. Take fewer trainings.`;
    if (this.streamed && this.live.why(most)) return this.live.why(most);
    if (series && filed && !this.held) return this.source === "draw" ? "Draw a signal first." : "Choose a file first.";
    if (this.unanswered) return this.unanswered;
    if (series && filed && this.previewError) return "The window cannot be used as it is.";
    if (steps > most)
      return `${count(steps)} steps are more than this server runs (${count(most)}). Take a shorter window or a lower rate.`;
    if (this.planObstacle && (!series || steps > 0)) return sentence(this.planObstacle);
    if (status?.replay_only || status?.workers === "failed") return "Live runs are off on this host.";
    return series && steps === 0 ? "Waiting for the signal." : "";
  }
}

/** Of a question that the server could not answer now. */
function askedAgain(error: MnemoscopeError): string {
  return `${sentence(error.message)} Asking again.`;
}

/** What a library says of an error, as a sentence of its own. */
function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, "")}.`;
}
