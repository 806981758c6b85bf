/** Where the stage stands in training: one position per recording, moved by hand or walking through the moments. */
import type { ModelSpec } from "../wire/manifest";
import type { ViewState } from "./view_state.svelte";
import { streamsAt, historiesOf, updatesOf, type TrainingHistory } from "../analysis/training";

/** Time that a moment is shown while it walks, ms. */
const DWELL = 900;
/** A moment that is not ready is looked for again after this time, at most so often. */
const AGAIN = 60;
const TRIES = 40;

export interface Walker {
  /** Lanes show other streams now: `after[k]` where they showed `before[k]`. */
  moved?: (before: readonly number[], after: readonly number[]) => void;
  /** The walk will go to these streams next; true when they can be shown at once. */
  ready?: (streams: readonly number[]) => boolean;
}

export class Training {
  readonly histories: readonly TrainingHistory[];
  /** Positions, ascending; fewer than two: there is nothing to scrub. */
  readonly updates: readonly number[];
  /** Updates of the longest training. */
  readonly total: number;
  playing = $state(false);
  /** Stream of every lane. */
  readonly streams: readonly number[] = $derived.by(() => streamsAt(this.histories, this.at));
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly view: Pick<ViewState, "train">,
    models: readonly ModelSpec[],
    private readonly walker: Walker = {},
  ) {
    this.histories = historiesOf(models);
    this.updates = updatesOf(this.histories);
    const scrubbed = this.histories.filter(({ moments }) => moments.length > 1);
    this.total = Math.max(0, ...scrubbed.map(({ updates }) => updates ?? 0));
  }

  /** One of `updates`, or 0 where there are none. */
  get at(): number {
    return this.view.train ?? this.updates.at(-1) ?? 0;
  }

  /** Whether there is a training to scrub. */
  get there(): boolean {
    return this.updates.length > 1;
  }

  historyOf(stream: number): TrainingHistory {
    return this.histories.find(({ moments }) => moments.some((moment) => moment.stream === stream))!;
  }

  /** The stream that a lane shows, by what links call it: the lane's name, or the id of any of its models. */
  streamOf(name: string, models: readonly ModelSpec[]): number | null {
    const k = this.histories.findIndex(
      (history) => history.name === name || history.moments.some(({ stream }) => models[stream]!.id === name),
    );
    return this.streams[k] ?? null;
  }

  /** To the latest position at or before an update; stops walking. */
  seek(update: number): void {
    this.pause();
    this.move(update);
  }

  /** So many positions on, or back; stops walking. */
  step(by: number): void {
    this.pause();
    this.move(this.next(by));
  }

  /** Walk through the moments to the last one; from there, all of it again. */
  play(): void {
    if (this.playing || !this.there) return;
    if (this.at === this.updates.at(-1)) this.move(this.updates[0]!);
    this.playing = true;
    this.wait(DWELL, TRIES);
  }

  pause(): void {
    clearTimeout(this.timer);
    this.playing = false;
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  private next(by: number): number {
    const k = this.updates.indexOf(this.at) + by;
    return this.updates[Math.max(0, Math.min(this.updates.length - 1, k))] ?? 0;
  }

  private wait(ms: number, tries: number): void {
    const next = this.next(1);
    const ready = (): boolean => this.walker.ready?.(streamsAt(this.histories, next)) ?? true;
    ready(); // what the next moment needs is prepared while this one is looked at
    this.timer = setTimeout(() => {
      if (tries > 0 && !ready()) return this.wait(AGAIN, tries - 1);
      this.move(next);
      if (next === this.updates.at(-1)) this.playing = false;
      else this.wait(DWELL, TRIES);
    }, ms);
  }

  private move(update: number): void {
    if (!this.there || !Number.isFinite(update)) return;
    const to = this.updates.findLast((known) => known <= update) ?? this.updates[0]!;
    if (to === this.at) return;
    const before = this.streams;
    this.view.train = to === this.updates.at(-1) ? null : to;
    this.walker.moved?.(before, this.streams);
  }
}
