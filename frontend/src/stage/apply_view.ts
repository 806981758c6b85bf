/** Puts what a link asks for on the stage; what this recording cannot show is left out, and said in a notice. */

import { kindsOf } from "../analysis/events";
import { DEFAULT_VIEW, FIELDS, type PartialView, type Setting, type View } from "../view/fields";
import { onStage } from "../view/lane_order";
import type { StageController } from "./controller.svelte";

/** Checks a setting against the recording and puts it into the view state. */
type Apply<T> = (controller: StageController, value: T, notices: string[]) => void;

const APPLY: { readonly [K in Setting]: Apply<View[K]> } = {
  t({ cursor, session }, t, notices) {
    if (t === null) return;
    cursor.seek(t);
    if (cursor.t === t || cursor.total === 0) return;
    const there = session.live ? "this run has so far" : "this recording has";
    notices.push(
      `The link asks for step ${t}, and ${there} steps 0 to ${cursor.total - 1}: step ${cursor.t} is shown.`,
    );
  },
  train: ({ training }, train) => training.seek(train ?? training.updates.at(-1) ?? 0),
  solo: (controller, id, notices) => (controller.view.solo = known(controller, id, notices)),
  hidden: (controller, ids, notices) => (controller.view.hidden = allKnown(controller, ids, notices)),
  order: (controller, ids, notices) => (controller.view.order = allKnown(controller, ids, notices)),
  top: (controller, ids, notices) => (controller.view.top = allKnown(controller, ids, notices)),
  muted: (controller, ids, notices) => (controller.view.muted = allKnown(controller, ids, notices)),
  folded: (controller, ids, notices) => (controller.view.folded = allKnown(controller, ids, notices)),
  rows: (controller, rows) => void (controller.view.rows !== rows && controller.setRows(rows)),
  zoom: () => undefined, // together with `from`
  from: () => undefined, // when the step and the zoom are known: see below
  speed: ({ cursor, session }, speed) => void (speed !== null && !session.live && (cursor.speed = speed)),
  pin(controller, pin, notices) {
    controller.pin(null);
    const { view, cursor } = controller;
    if (pin?.zone !== "lane") return void (view.pin = pin);
    const model = known(controller, pin.model, notices);
    view.pin = model === null ? null : { ...pin, model, t: pin.t ?? cursor.t };
  },
  loop({ cursor }, loop, notices) {
    if (loop === null) return cursor.clearLoop();
    cursor.setLoop(...loop);
    shortened("loop", loop, cursor.loop!, notices);
  },
  selection(controller, wanted, notices) {
    const last = controller.model.signal.planned - 1;
    controller.clearSelection();
    if (wanted === null) return;
    const selection = [Math.min(last, wanted[0]), Math.min(last, wanted[1])] as const;
    controller.view.selection = selection;
    shortened("selection", wanted, selection, notices);
  },
  events({ view, model }, events, notices) {
    const there = kindsOf(model.signal).some(({ value }) => value === events);
    if (!there) notices.push(`The link steps through events of kind ${events}, which this signal does not have.`);
    view.events = there ? events : "task";
  },
  health: ({ view }, health) => (view.health = health),
  beside: ({ view }, beside) => (view.beside = beside),
  banks(controller, pairs, notices) {
    const wanted = byStream(controller, pairs, notices);
    for (const { stream, model } of lanesOf(controller)) {
      const name = wanted.get(stream);
      const there = model.spec.banks.some((spec) => spec.name === name);
      if (name !== undefined && !there) notices.push(`The link's memory “${name}” is none of ${model.spec.label}'s.`);
      controller.setBank(stream, name !== undefined && there ? name : model.bank().name);
    }
  },
  heads(controller, pairs, notices) {
    const wanted = byStream(controller, pairs, notices);
    for (const { stream, bank, model } of lanesOf(controller))
      controller.setReader(stream, headOf("read head", wanted.get(stream), bank.readHeads, model.spec.label, notices));
  },
  contents(controller, pairs, notices) {
    const wanted = byStream(controller, pairs, notices);
    for (const { stream, drawn, model } of lanesOf(controller))
      controller.setContentHead(
        stream,
        headOf("head", wanted.get(stream), drawn.heads, model.spec.label, notices) ?? 0,
      );
  },
  map(controller, id, notices) {
    const model = known(controller, id, notices);
    controller.openReadMap(model === null ? null : controller.streamOf(model));
  },
  lens: (controller, lens) => controller.setLens(lens),
  lecture: ({ view }, lecture) => (view.lecture = lecture),
};

/** In the order of the table of fields: the moment of a training decides which streams stand for the models' ids. */
const SETTINGS = Object.keys(FIELDS) as Setting[];

/**
 * Puts what a link asks for on the stage, and everything it does not say at its default; step and speed stay where it
 * does not say them. -> Notices about what could not be shown as wanted.
 */
export function applyView(said: PartialView, controller: StageController): string[] {
  const view: View = { ...DEFAULT_VIEW, ...said };
  const notices: string[] = [];
  const put = <K extends Setting>(name: K): void => APPLY[name](controller, view[name], notices);
  SETTINGS.forEach(put);
  controller.arrange(controller.laneOrder); // each model once, in the order of the lanes
  const { viewport, cursor, model, pinned, solo, laneOrder } = controller;
  viewport.apply(view.zoom, view.from, cursor.t, model.signal.planned);
  // A phone shows one lane: that which the link is about.
  const about = pinned?.zone === "lane" ? pinned.stream : solo;
  if (about !== null) viewport.phoneLane = Math.max(0, onStage(laneOrder).indexOf(about));
  return [...new Set(notices)];
}

/** What the view calls a model; null with a notice where it is not in this recording. */
function known(controller: StageController, id: string | null, notices: string[]): string | null {
  const stream = controller.streamOf(id);
  if (stream !== null) return controller.idOf(stream);
  if (id !== null) notices.push(`The link names a model “${id}” that is not in this recording; it was left out.`);
  return null;
}

function allKnown(controller: StageController, ids: readonly string[], notices: string[]): string[] {
  return ids.flatMap((id) => known(controller, id, notices) ?? []);
}

function lanesOf({ model, training }: StageController) {
  return training.streams.map((stream) => model.lane(stream));
}

function byStream<T>(
  controller: StageController,
  pairs: readonly (readonly [string, T])[],
  notices: string[],
): Map<number, T> {
  return new Map(
    pairs.flatMap(([id, value]) => {
      const stream = known(controller, id, notices) === null ? null : controller.streamOf(id);
      return stream === null ? [] : [[stream, value] as const];
    }),
  );
}

function headOf(what: string, head: number | undefined, heads: number, label: string, notices: string[]) {
  if (head === undefined || head < heads) return head ?? null;
  notices.push(`The link asks for ${what} ${head + 1} of ${label}, which has ${heads}.`);
  return null;
}

type Span = readonly [number, number];

function shortened(what: string, [a, b]: Span, [first, last]: Span, notices: string[]): void {
  if (a === first && b === last) return;
  notices.push(`The link's ${what} ${a} to ${b} goes past the last step: it is ${first} to ${last} here.`);
}
