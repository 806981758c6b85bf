/** What each command of the keyboard, the palette and the buttons does to the stage. */

import { kindsOf, neighbour } from "../../analysis/events";
import type { Lane } from "../../draw/lane/lane";
import { LENSES } from "../../view/vocabulary";
import type { StageController } from "../controller.svelte";
import type { Command } from "./commands";

type Of<K extends Command["does"]> = Extract<Command, { does: K }>;
type Performers = { readonly [K in Command["does"]]: (controller: StageController, command: Of<K>) => void };

const PERFORM: Performers = {
  toggle: ({ session }) => session.toggle(),
  pause: ({ session }) => session.pause(),
  step: ({ session }, { by }) => session.step(by),
  event: (controller, { direction }) => toEvent(controller, direction),
  "event-kind": ({ model, view }) =>
    (view.events = next(
      kindsOf(model.signal).map(({ value }) => value),
      view.events,
    )),
  first: ({ cursor }) => cursor.home(),
  last: ({ session, cursor }) => (session.live ? session.backToLive() : cursor.end()),
  slower: ({ session, cursor }) => (cursor.slower(), session.setSpeed(cursor.speed)),
  faster: ({ session, cursor }) => (cursor.faster(), session.setSpeed(cursor.speed)),
  "loop-in": ({ cursor }) => cursor.setLoop(cursor.t, cursor.loop?.[1] ?? cursor.total - 1),
  "loop-out": ({ cursor }) => cursor.setLoop(cursor.loop?.[0] ?? 0, cursor.t),
  loop: (controller) => controller.loop(),
  walk: (controller, { by }) => walk(controller, by),
  train: ({ training }, { by }) => training.step(by),
  learn: ({ training }) => training.toggle(),
  pin: (controller) => controller.hover && !controller.pinned && controller.pin(controller.hover),
  free: (controller) => controller.free(),
  isolate(controller, { place }) {
    const { ranked, shown } = controller;
    const stream = (ranked.length ? ranked : shown).filter((one) => shown.includes(one))[place];
    if (stream !== undefined) controller.isolate(stream);
  },
  top: (controller) => onActing(controller, (stream) => controller.toggle("top", stream)),
  mute: (controller) => onActing(controller, (stream) => controller.toggle("muted", stream)),
  fold: (controller) => onActing(controller, (stream) => controller.toggle("folded", stream)),
  move: (controller, { by }) => onActing(controller, (stream) => controller.move(stream, by)),
  "read-map": (controller) => controller.openReadMap(controller.readMap === null ? (controller.mapped ?? null) : null),
  rows: (controller) => controller.setRows(controller.view.rows === "lag" ? "slots" : "lag"),
  health: ({ view }) => (view.health = view.health ? null : "filled"),
  beside({ view, viewport, model }) {
    if (model.beside.length) view.beside = viewport.box?.beside.length ? "hidden" : "shown";
  },
  lens: (controller) => controller.setLens(next(LENSES, controller.view.lens)),
  zoom: ({ viewport, cursor, model }, { by }) => viewport.zoom(by, cursor.t, model.signal.planned),
  pan: ({ viewport, model }, { by }) => viewport.pan(by, model.signal.planned),
  fit({ viewport, view, model }) {
    const { planned } = model.signal;
    viewport.fit(...(view.selection ?? ([0, planned - 1] as const)), planned);
  },
  lecture: (controller) => controller.lecture(),
  reset: ({ viewport, cursor, model }) => viewport.reset(cursor.t, model.signal.planned),
  similar: (controller) => controller.findSimilar(),
  copy: ({ page }) => page.copy(),
  share: ({ page }) => page.share(),
  png: ({ page }) => page.picture("png"),
  svg: ({ page }) => page.picture("svg"),
  theme: ({ page }) => page.theme(),
  palette: ({ page }) => page.palette(),
  help: ({ page }) => page.help(),
};

export function perform<K extends Command["does"]>(controller: StageController, command: Of<K>): void {
  const does: K = command.does as K;
  (PERFORM[does] as (controller: StageController, command: Of<K>) => void)(controller, command);
}

/** The value after this one, and after the last the first. */
function next<T>(values: readonly T[], now: T): T {
  return values[(values.indexOf(now) + 1) % values.length]!;
}

function onActing({ acting }: StageController, work: (stream: number) => void): void {
  if (acting !== undefined) work(acting);
}

/** Lanes that events are looked for in: the one pinned or isolated, or all on the stage. */
function focused({ pinned, solo, shown, model }: StageController): Lane[] {
  const one = pinned && "stream" in pinned ? pinned.stream : solo;
  return (one === null ? shown : [one]).map((stream) => model.lane(stream));
}

function toEvent(controller: StageController, direction: 1 | -1): void {
  const { cursor, view, similar, tracks } = controller;
  const steps = similar
    ? similar.hits.map((hit) => hit.t).sort((a, b) => a - b)
    : tracks.events(view.events, focused(controller));
  const to = neighbour(steps, cursor.t, direction);
  if (to !== undefined) cursor.seek(to);
}

/** ↑ ↓ walk the slots of the pinned lane, or of the isolated or first one. */
function walk(controller: StageController, by: 1 | -1): void {
  const { cursor, pinned, solo, shown, model } = controller;
  const now = pinned?.zone === "lane" ? pinned : null;
  const stream = now?.stream ?? solo ?? shown[0];
  if (stream === undefined) return;
  const lane = model.lane(stream);
  const t = now?.t ?? cursor.t;
  const place = now === null || now.slot === null ? 0 : lane.placeOfSlot(now.slot) + by;
  const last = lane.slotsAt(t) - 1;
  controller.pin({ zone: "lane", stream, t, slot: lane.slotOfPlace(Math.max(0, Math.min(last, place))) });
}
