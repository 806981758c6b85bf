/** Between what is looked at and the link that says so: models have ids there and streams here. */

import { DEFAULT_VIEW, FIELDS, type PartialView, type Pin, type Setting, type View } from "../view/fields";
import { arranged, onStage, type LaneSet } from "../view/lane_order";
import type { StageController } from "./controller.svelte";

/** How one setting is read from the stage and put on it; what cannot be done as wanted is said in `notices`. */
interface Place<T> {
  get(controller: StageController): T;
  set(controller: StageController, value: T, notices: string[]): void;
}

const PLACES: { readonly [K in Setting]: Place<View[K]> } = {
  t: {
    get: ({ cursor }) => cursor.t,
    set({ cursor, session }, t, notices) {
      if (t === null) return;
      cursor.seek(t);
      if (cursor.t === t || cursor.total === 0) return;
      const there = session.live ? "this run has so far" : "this recording has";
      notices.push(
        `The link asks for step ${t}, and ${there} steps 0 to ${cursor.total - 1}: step ${cursor.t} is shown.`,
      );
    },
  },
  train: {
    get: ({ training }) => (training.there && training.at !== training.updates.at(-1) ? training.at : null),
    set: ({ training }, train) => training.seek(train ?? training.updates.at(-1) ?? 0),
  },
  solo: {
    get: (controller) => (controller.cursor.solo === null ? null : idOf(controller, controller.cursor.solo)),
    set: (controller, id, notices) =>
      void (controller.cursor.solo = id === null ? null : (streams(controller, [id], notices)[0] ?? null)),
  },
  hidden: standing("hidden"),
  order: {
    get(controller) {
      const { order } = controller.view.laneOrder;
      const moved = order.some((stream, k) => stream !== controller.training.streams[k]);
      return moved ? order.map((stream) => idOf(controller, stream)) : [];
    },
    set(controller, ids, notices) {
      const { order } = arranged(controller.training.streams, { order: streams(controller, ids, notices) });
      controller.view.laneOrder = { ...controller.view.laneOrder, order };
    },
  },
  top: standing("top"),
  muted: standing("muted"),
  folded: standing("folded"),
  rows: {
    get: ({ view }) => view.rows,
    set: (controller, rows) => void (controller.view.rows !== rows && controller.setRows(rows)),
  },
  zoom: {
    get: ({ view }) => view.zoomed,
    set: ({ view, cursor, model }, zoom) => view.zoomTo(zoom, cursor.t, model.signal.planned),
  },
  speed: {
    get: ({ cursor }) => cursor.speed,
    set: ({ cursor, session }, speed) => void (speed !== null && !session.live && (cursor.speed = speed)),
  },
  pin: {
    get(controller) {
      const { pinned } = controller.cursor;
      if (pinned?.zone === "signal") return { zone: "signal", t: pinned.t };
      if (pinned?.zone !== "lane" || pinned.slot === null) return null;
      return { zone: "lane", model: idOf(controller, pinned.stream), slot: pinned.slot, t: pinned.t };
    },
    set: pinOn,
  },
  loop: {
    get: ({ cursor }) => cursor.loop,
    set({ cursor }, loop, notices) {
      if (loop === null) return cursor.clearLoop();
      cursor.setLoop(...loop);
      shortened("loop", loop, cursor.loop!, notices);
    },
  },
  selection: {
    get: ({ view }) => view.selection,
    set(controller, wanted, notices) {
      const last = controller.model.signal.planned - 1;
      controller.view.selection = wanted && [Math.min(last, wanted[0]), Math.min(last, wanted[1])];
      controller.view.similar = null;
      if (wanted) shortened("selection", wanted, controller.view.selection!, notices);
    },
  },
  health: {
    get: ({ view }) => view.health,
    set: ({ view }, health) => void (view.health = health),
  },
  banks: {
    get: (controller) =>
      lanesOf(controller)
        .filter((lane) => lane.bank.name !== lane.model.bank().name)
        .map((lane) => [idOf(controller, lane.stream), lane.bank.name]),
    set(controller, pairs, notices) {
      const wanted = byStream(controller, pairs, notices);
      for (const { stream, bank, model } of lanesOf(controller)) {
        const name = wanted.get(stream);
        const there = model.spec.banks.some((spec) => spec.name === name);
        if (name !== undefined && !there) notices.push(`The link's memory “${name}” is none of ${model.spec.label}'s.`);
        const to = name !== undefined && there ? name : model.bank().name;
        if (to !== bank.name) controller.setBank(stream, to);
      }
    },
  },
  heads: {
    get: (controller) =>
      lanesOf(controller).flatMap(({ stream }) => {
        const head = controller.model.shareCache.head(stream);
        return head === null ? [] : [[idOf(controller, stream), head] as const];
      }),
    set(controller, pairs, notices) {
      const wanted = byStream(controller, pairs, notices);
      for (const { stream } of lanesOf(controller)) {
        const head = wanted.get(stream) ?? null;
        if (head !== controller.model.shareCache.head(stream)) controller.setReader(stream, head);
      }
    },
  },
  lens: {
    get: ({ cursor }) => cursor.lens,
    set: (controller, lens) => controller.setLens(lens),
  },
};

/** In the order of the table of fields: the moment of a training decides which streams stand for the models' ids. */
const SETTINGS = Object.keys(FIELDS) as Setting[];

/** What is looked at, as a link says it. */
export function viewOf(controller: StageController): View {
  return Object.fromEntries(SETTINGS.map((name) => [name, PLACES[name].get(controller)])) as View;
}

/**
 * Puts what a link asks for on the stage, and everything it does not say at its default; step and speed stay where it
 * does not say them. -> Notices about what could not be shown as wanted.
 */
export function applyView(said: PartialView, controller: StageController): string[] {
  const view: View = { ...DEFAULT_VIEW, ...said };
  const notices: string[] = [];
  const put = <K extends Setting>(name: K): void => PLACES[name].set(controller, view[name], notices);
  SETTINGS.forEach(put);
  // A phone shows one lane: that which the link is about.
  const { pinned, solo } = controller.cursor;
  const about = pinned?.zone === "lane" ? pinned.stream : solo;
  if (about !== null) controller.view.phoneLane = Math.max(0, onStage(controller.view.laneOrder).indexOf(about));
  return [...new Set(notices)];
}

/** A set of lanes that stand in one way, as ids of models in the order of the lanes. */
function standing(set: LaneSet): Place<readonly string[]> {
  return {
    get(controller) {
      const { laneOrder } = controller.view;
      return laneOrder.order.filter((stream) => laneOrder[set].has(stream)).map((stream) => idOf(controller, stream));
    },
    set(controller, ids, notices) {
      controller.view.laneOrder = { ...controller.view.laneOrder, [set]: new Set(streams(controller, ids, notices)) };
    },
  };
}

function pinOn(controller: StageController, pin: Pin | null, notices: string[]): void {
  const { cursor } = controller;
  cursor.pinned = null;
  if (pin?.zone === "signal") cursor.pinned = { zone: "signal", t: pin.t };
  if (pin?.zone !== "lane") return;
  const [stream] = streams(controller, [pin.model], notices);
  if (stream !== undefined) cursor.pinned = { zone: "lane", stream, slot: pin.slot, t: pin.t ?? cursor.t };
}

function lanesOf({ model, training }: StageController) {
  return training.streams.map((stream) => model.lanes[stream]!);
}

function idOf({ training }: StageController, stream: number): string {
  return training.historyOf(stream).name;
}

/** The streams of these models; those that are not here are left out with a notice. */
function streams({ training, model }: StageController, ids: readonly string[], notices: string[]): number[] {
  return ids.flatMap((id) => {
    const stream = training.streamOf(id, model.log.manifest.models);
    if (stream === null) notices.push(`The link names a model “${id}” that is not in this recording; it was left out.`);
    return stream === null ? [] : [stream];
  });
}

function byStream<T>(
  controller: StageController,
  pairs: readonly (readonly [string, T])[],
  notices: string[],
): Map<number, T> {
  return new Map(
    pairs.flatMap(([id, value]) => streams(controller, [id], notices).map((stream) => [stream, value] as const)),
  );
}

type Span = readonly [number, number];

function shortened(what: string, [a, b]: Span, [first, last]: Span, notices: string[]): void {
  if (a === first && b === last) return;
  notices.push(`The link's ${what} ${a} to ${b} goes past the last step: it is ${first} to ${last} here.`);
}
