/** Between what is looked at and the link that says so: models have ids there and streams here. */

import { DEFAULT_VIEW, FIELDS, type PartialView, type Pin, type Setting, type View } from "../view/fields";
import { arranged, onStage, type RackSet } from "../view/lane_order";
import type { Desk } from "./controller.svelte";

/** How one setting is read from the stage and put on it; what cannot be done as wanted is said in `notices`. */
interface Place<T> {
  get(desk: Desk): T;
  set(desk: Desk, value: T, notices: string[]): void;
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
    get: (desk) => (desk.cursor.solo === null ? null : idOf(desk, desk.cursor.solo)),
    set: (desk, id, notices) =>
      void (desk.cursor.solo = id === null ? null : (streams(desk, [id], notices)[0] ?? null)),
  },
  hidden: standing("hidden"),
  order: {
    get(desk) {
      const { order } = desk.view.rack;
      const moved = order.some((stream, k) => stream !== desk.training.streams[k]);
      return moved ? order.map((stream) => idOf(desk, stream)) : [];
    },
    set(desk, ids, notices) {
      const { order } = arranged(desk.training.streams, { order: streams(desk, ids, notices) });
      desk.view.rack = { ...desk.view.rack, order };
    },
  },
  top: standing("top"),
  muted: standing("muted"),
  folded: standing("folded"),
  rows: {
    get: ({ view }) => view.rows,
    set: (desk, rows) => void (desk.view.rows !== rows && desk.setRows(rows)),
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
    get(desk) {
      const { pinned } = desk.cursor;
      if (pinned?.zone === "signal") return { zone: "signal", t: pinned.t };
      if (pinned?.zone !== "lane" || pinned.slot === null) return null;
      return { zone: "lane", model: idOf(desk, pinned.stream), slot: pinned.slot, t: pinned.t };
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
    set(desk, wanted, notices) {
      const last = desk.model.signal.planned - 1;
      desk.view.selection = wanted && [Math.min(last, wanted[0]), Math.min(last, wanted[1])];
      desk.view.similar = null;
      if (wanted) shortened("selection", wanted, desk.view.selection!, notices);
    },
  },
  health: {
    get: ({ view }) => view.health,
    set: ({ view }, health) => void (view.health = health),
  },
  banks: {
    get: (desk) =>
      lanesOf(desk)
        .filter((lane) => lane.bank.name !== lane.model.bank().name)
        .map((lane) => [idOf(desk, lane.stream), lane.bank.name]),
    set(desk, pairs, notices) {
      const wanted = byStream(desk, pairs, notices);
      for (const { stream, bank, model } of lanesOf(desk)) {
        const name = wanted.get(stream);
        const there = model.spec.banks.some((spec) => spec.name === name);
        if (name !== undefined && !there) notices.push(`The link's memory “${name}” is none of ${model.spec.label}'s.`);
        const to = name !== undefined && there ? name : model.bank().name;
        if (to !== bank.name) desk.setBank(stream, to);
      }
    },
  },
  heads: {
    get: (desk) =>
      lanesOf(desk).flatMap(({ stream }) => {
        const head = desk.model.book.head(stream);
        return head === null ? [] : [[idOf(desk, stream), head] as const];
      }),
    set(desk, pairs, notices) {
      const wanted = byStream(desk, pairs, notices);
      for (const { stream } of lanesOf(desk)) {
        const head = wanted.get(stream) ?? null;
        if (head !== desk.model.book.head(stream)) desk.setReader(stream, head);
      }
    },
  },
  lens: {
    get: ({ cursor }) => cursor.lens,
    set: (desk, lens) => desk.setLens(lens),
  },
};

/** In the order of the table of fields: the moment of a training decides which streams stand for the models' ids. */
const SETTINGS = Object.keys(FIELDS) as Setting[];

/** What is looked at, as a link says it. */
export function viewOf(desk: Desk): View {
  return Object.fromEntries(SETTINGS.map((name) => [name, PLACES[name].get(desk)])) as View;
}

/**
 * Puts what a link asks for on the stage, and everything it does not say at its default; step and speed stay where it
 * does not say them. -> Notices about what could not be shown as wanted.
 */
export function applyView(said: PartialView, desk: Desk): string[] {
  const view: View = { ...DEFAULT_VIEW, ...said };
  const notices: string[] = [];
  const put = <K extends Setting>(name: K): void => PLACES[name].set(desk, view[name], notices);
  SETTINGS.forEach(put);
  // A phone shows one lane: that which the link is about.
  const { pinned, solo } = desk.cursor;
  const about = pinned?.zone === "lane" ? pinned.stream : solo;
  if (about !== null) desk.view.phoneLane = Math.max(0, onStage(desk.view.rack).indexOf(about));
  return [...new Set(notices)];
}

/** A set of lanes that stand in one way, as ids of models in the order of the lanes. */
function standing(set: RackSet): Place<readonly string[]> {
  return {
    get(desk) {
      const { rack } = desk.view;
      return rack.order.filter((stream) => rack[set].has(stream)).map((stream) => idOf(desk, stream));
    },
    set(desk, ids, notices) {
      desk.view.rack = { ...desk.view.rack, [set]: new Set(streams(desk, ids, notices)) };
    },
  };
}

function pinOn(desk: Desk, pin: Pin | null, notices: string[]): void {
  const { cursor } = desk;
  cursor.pinned = null;
  if (pin?.zone === "signal") cursor.pinned = { zone: "signal", t: pin.t };
  if (pin?.zone !== "lane") return;
  const [stream] = streams(desk, [pin.model], notices);
  if (stream !== undefined) cursor.pinned = { zone: "lane", stream, slot: pin.slot, t: pin.t ?? cursor.t };
}

function lanesOf({ model, training }: Desk) {
  return training.streams.map((stream) => model.lanes[stream]!);
}

function idOf({ training }: Desk, stream: number): string {
  return training.strandOf(stream).name;
}

/** The streams of these models; those that are not here are left out with a notice. */
function streams({ training, model }: Desk, ids: readonly string[], notices: string[]): number[] {
  return ids.flatMap((id) => {
    const stream = training.streamOf(id, model.log.manifest.models);
    if (stream === null) notices.push(`The link names a model “${id}” that is not in this recording; it was left out.`);
    return stream === null ? [] : [stream];
  });
}

function byStream<T>(desk: Desk, pairs: readonly (readonly [string, T])[], notices: string[]): Map<number, T> {
  return new Map(
    pairs.flatMap(([id, value]) => streams(desk, [id], notices).map((stream) => [stream, value] as const)),
  );
}

type Span = readonly [number, number];

function shortened(what: string, [a, b]: Span, [first, last]: Span, notices: string[]): void {
  if (a === first && b === last) return;
  notices.push(`The link's ${what} ${a} to ${b} goes past the last step: it is ${first} to ${last} here.`);
}
