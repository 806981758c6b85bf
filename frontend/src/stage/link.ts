/** Between what is looked at and the link that says so: models have ids there and streams here. */

import type { Target } from "../view/vocabulary";
import type { ViewState } from "../view/permalink";
import type { Desk } from "./controller.svelte";
import { arranged, onStage, type Rack } from "../view/lane_order";

/** What a link is about. */
type Looked = Pick<Desk, "model" | "view" | "cursor" | "training">;

/** Puts what a link asks for on the stage; ids it does not have are left out. */
export function applyView(wanted: ViewState, desk: Looked & Pick<Desk, "setLens">, live: boolean): void {
  const { model, view, cursor, training } = desk;
  if (wanted.train !== undefined) training.seek(wanted.train);
  const { models } = model.log.manifest;
  const stream = (name: string | undefined): number | null =>
    name === undefined ? null : training.streamOf(name, models);
  const streams = (ids: readonly string[] = []): number[] => ids.map(stream).filter((s): s is number => s !== null);
  view.rack = arranged(training.streams, {
    order: streams(wanted.order),
    top: streams(wanted.top),
    muted: streams(wanted.muted),
    folded: streams(wanted.folded),
    hidden: streams(wanted.hidden),
  });
  for (const [id, bank] of wanted.banks ?? []) {
    const lane = stream(id);
    if (lane !== null && model.lanes[lane]!.model.spec.banks.some((spec) => spec.name === bank))
      model.setBank(lane, bank);
  }
  for (const [id, head] of wanted.heads ?? []) {
    const lane = stream(id);
    if (lane !== null) model.book.look(lane, head);
  }
  if (wanted.lens) desk.setLens(wanted.lens);
  if (wanted.rows) view.rows = wanted.rows;
  if (wanted.zoom) view.wanted = wanted.zoom;
  if (wanted.health) view.health = wanted.health;
  cursor.solo = stream(wanted.solo);
  if (wanted.speed !== undefined && !live) cursor.speed = wanted.speed;
  if (wanted.loop) cursor.setLoop(...wanted.loop);
  if (wanted.t !== undefined) cursor.seek(wanted.t);
  if (wanted.selection) {
    const last = model.signal.planned - 1;
    view.selection = [Math.min(last, wanted.selection[0]), Math.min(last, wanted.selection[1])];
  }
  cursor.pinned = pinned(wanted, stream, cursor.t);
  // A phone shows one lane: that which the link is about.
  const about = cursor.pinned?.zone === "lane" ? cursor.pinned.stream : cursor.solo;
  if (about !== null) view.phoneLane = Math.max(0, onStage(view.rack).indexOf(about));
}

function pinned({ pin }: ViewState, stream: (id: string | undefined) => number | null, t: number): Target | null {
  if (!pin) return null;
  if (pin.zone === "signal") return { zone: "signal", t: pin.t };
  const lane = stream(pin.model);
  return lane === null ? null : { zone: "lane", stream: lane, slot: pin.slot, t: pin.t ?? t };
}

/** What is looked at, as a link says it; what stands as it opens is not said. */
export function viewStateOf({ model, view, cursor, training }: Looked): ViewState {
  const id = (stream: number): string => training.strandOf(stream).name;
  const { pinned, solo, loop } = cursor;
  const { rack } = view;
  const pin =
    pinned?.zone === "lane" && pinned.slot !== null
      ? { zone: "lane" as const, model: id(pinned.stream), slot: pinned.slot, t: pinned.t }
      : pinned?.zone === "signal"
        ? { zone: "signal" as const, t: pinned.t }
        : undefined;
  const lanes = training.streams.map((stream) => model.lanes[stream]!);
  const banks = lanes
    .filter((lane) => lane.bank.name !== lane.model.bank().name)
    .map((lane) => [id(lane.stream), lane.bank.name] as const);
  const heads = lanes.flatMap(({ stream }) => {
    const head = model.book.head(stream);
    return head === null ? [] : [[id(stream), head] as const];
  });
  return {
    t: cursor.t,
    speed: cursor.speed,
    ...(training.there && training.at !== training.updates.at(-1) && { train: training.at }),
    ...(solo !== null && { solo: id(solo) }),
    ...(view.rows === "lag" && { rows: "lag" as const }),
    ...(view.zoomed !== null && { zoom: view.zoomed }),
    ...(cursor.lens !== "mechanism" && { lens: cursor.lens }),
    ...listed(rack, training.streams, id),
    ...(view.health && { health: view.health }),
    ...(view.selection && { selection: view.selection }),
    ...(banks.length && { banks }),
    ...(heads.length && { heads }),
    ...(pin && { pin }),
    ...(loop && { loop }),
  };
}

function listed(rack: Rack, streams: readonly number[], id: (stream: number) => string): Partial<ViewState> {
  const ids = (set: ReadonlySet<number>): string[] => rack.order.filter((stream) => set.has(stream)).map(id);
  const moved = rack.order.some((stream, k) => stream !== streams[k]);
  return {
    ...(moved && { order: rack.order.map(id) }),
    ...(rack.top.size && { top: ids(rack.top) }),
    ...(rack.muted.size && { muted: ids(rack.muted) }),
    ...(rack.folded.size && { folded: ids(rack.folded) }),
    ...(rack.hidden.size && { hidden: ids(rack.hidden) }),
  };
}
