/**
 * The lanes as they are looked at: which models stand on the stage, in which order, which of their banks and heads are shown.
 * The view state names models, as a link does; the stage has streams. Here one becomes the other.
 */

import type { RecordingLog } from "../memory/log";
import { arranged, moved, onStage, placed, toggled, type LaneOrder, type LaneSet } from "../view/lane_order";
import { Training } from "../view/training.svelte";
import type { ViewState } from "../view/view_state.svelte";
import type { ModelSpec } from "../wire/manifest";
import type { LookedAt, StageModel } from "./stage_model";

type Pairs<T> = readonly (readonly [string, T])[];

export abstract class LaneViews implements LookedAt {
  abstract readonly model: StageModel;
  /** Which moment of their training the lanes show. */
  readonly training: Training;
  private readonly models: readonly ModelSpec[];

  readonly laneOrder: LaneOrder = $derived.by(() => {
    const { order, top, muted, folded, hidden } = this.view;
    const streams = (ids: readonly string[]): number[] => this.streamsOf(ids);
    return arranged(this.training.streams, {
      order: streams(order),
      top: streams(top),
      muted: streams(muted),
      folded: streams(folded),
      hidden: streams(hidden),
    });
  });
  readonly shown: readonly number[] = $derived.by(() => onStage(this.laneOrder));
  /** Stream shown alone. */
  readonly solo: number | null = $derived.by(() => this.streamOf(this.view.solo));
  /** The lane whose read map is open. */
  readonly readMap: number | null = $derived.by(() => {
    const stream = this.streamOf(this.view.map);
    return stream !== null && this.model.lane(stream).mapped ? stream : null;
  });

  constructor(
    /** Everything a link says. */
    readonly view: ViewState,
    { manifest }: RecordingLog,
  ) {
    this.models = manifest.models;
    this.training = new Training(view, manifest.models, {
      moved: (before, after) => this.swap(before, after),
      ready: (streams) => this.prepared(streams),
    });
  }

  /** Lanes show other moments of their training: `after[k]` where they showed `before[k]`. */
  protected abstract swap(before: readonly number[], after: readonly number[]): void;

  /** Derives what these streams need to be shown; true when all of it is there. */
  protected abstract prepared(streams: readonly number[]): boolean;

  toggle(set: LaneSet, stream: number): void {
    this.arrange(toggled(this.laneOrder, set, stream));
  }

  move(stream: number, by: 1 | -1): void {
    this.arrange(moved(this.laneOrder, stream, by));
  }

  place(stream: number, at: number): void {
    this.arrange(placed(this.laneOrder, stream, at));
  }

  setBank(stream: number, bank: string): void {
    if (this.model.bankOf(stream).name === bank) return;
    const { view, model } = this;
    const opening = model.log.model(stream).bank().name;
    // Heads belong to a bank.
    view.heads = this.paired(view.heads, stream, null);
    view.contents = this.paired(view.contents, stream, null);
    view.banks = this.paired(view.banks, stream, bank === opening ? null : bank);
    this.openReadMap(this.readMap); // the other bank may have none
  }

  /** Which read head's arcs and ages are shown; null: of all heads together. */
  setReader(stream: number, head: number | null): void {
    this.view.heads = this.paired(this.view.heads, stream, head);
  }

  /** Which head's content is shown, where heads are shown one at a time. */
  setContentHead(stream: number, head: number): void {
    this.view.contents = this.paired(this.view.contents, stream, head === 0 ? null : head);
  }

  /** Opens the read map of a lane, where it has one; null closes it. */
  openReadMap(stream: number | null): void {
    this.view.map = stream !== null && this.model.lane(stream).mapped ? this.idOf(stream) : null;
  }

  // --- what the stage's model asks

  bank(stream: number): string | null {
    return this.chosen(this.view.banks, stream);
  }

  reader(stream: number): number | null {
    return this.chosen(this.view.heads, stream);
  }

  content(stream: number): number | null {
    return this.chosen(this.view.contents, stream);
  }

  private chosen<T>(pairs: Pairs<T>, stream: number): T | null {
    const id = this.idOf(stream);
    return pairs.find(([model]) => model === id)?.[1] ?? null;
  }

  /** What links call the lane of a stream. */
  idOf(stream: number): string {
    return this.training.historyOf(stream).name;
  }

  /** The stream that stands for a model now; null where there is none of that id. */
  streamOf(id: string | null): number | null {
    return id === null ? null : this.training.streamOf(id, this.models);
  }

  private streamsOf(ids: readonly string[]): number[] {
    return ids.map((id) => this.streamOf(id)).filter((stream) => stream !== null);
  }

  /** Puts lanes into this order; sets are said in the order of the lanes. */
  arrange({ order, ...sets }: LaneOrder): void {
    const { view, training } = this;
    const ids = (streams: Iterable<number>): string[] => [...streams].map((stream) => this.idOf(stream));
    view.order = order.some((stream, k) => stream !== training.streams[k]) ? ids(order) : [];
    for (const set of ["top", "muted", "folded", "hidden"] as const)
      view[set] = ids(order.filter((stream) => sets[set].has(stream)));
  }

  /** Pairs in the order of the lanes, with this one for the lane of a stream; null: with none. */
  private paired<T>(pairs: Pairs<T>, stream: number, value: T | null): Pairs<T> {
    const of = new Map<string, T | null>([...pairs, [this.idOf(stream), value]]);
    return this.training.histories.flatMap(({ name }) => {
      const one = of.get(name) ?? null;
      return one === null ? [] : [[name, one] as const];
    });
  }
}
