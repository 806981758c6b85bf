/**
 * The settings of a view, each said once: its key in a link, how its value is read and written there, what stands where
 * a link says nothing. Type, reader and writer of a link follow from this table, so a new setting is one row here,
 * its state in `view_state.svelte.ts`, and one row in `stage/apply_view.ts`, which checks it against the recording.
 */
import { EVENT_NAMES } from "../analysis/events";
import { MEASURE_NAMES } from "../analysis/measures";
import { LENSES, STEP_WIDTHS } from "./vocabulary";

/** The address of one thing on the stage: a slot of a model, or a moment of the signal. */
export type Pin =
  | { readonly zone: "lane"; readonly model: string; readonly slot: number; readonly t: number | null }
  | { readonly zone: "signal"; readonly t: number };

/** Each of several models with something of its own: [model, bank] or [model, head]. */
type Pairs<T> = readonly (readonly [string, T])[];

export interface Field<T, D extends T | null> {
  readonly key: string;
  /** What a value must be, as a notice says it. */
  readonly wanted: string;
  /** Where a link says nothing; null: nothing is set, or it stands as the recording opens. */
  readonly default: D;
  /** Null: not a value of this setting. */
  readonly parse: (text: string) => T | null;
  readonly format: (value: T) => string;
}

/** In the order in which a link says them. */
export const FIELDS = {
  /** Step of the playhead. */
  t: whole("t", "a step"),
  /** Updates of training after which the memories are shown; null: as they were in the end. */
  train: whole("train", "a number of updates"),
  /** Id of the model shown alone. */
  solo: field<string>("solo", "the id of a model", modelId, String),
  /** Ids of models taken off the stage. */
  hidden: models("hide"),
  /** Ids of models from the top; those not named stand behind them. */
  order: models("order"),
  /** Ids of models pinned above all others. */
  top: models("top"),
  /** Ids of models without arcs and answers. */
  muted: models("mute"),
  /** Ids of models whose lane is one line high. */
  folded: models("fold"),
  rows: { ...oneOf("rows", ["slots", "lag"], "slots or lag"), default: "slots" as const },
  /** Pixels per step; null: as the run opens, which depends on its length and on the window. */
  zoom: oneOf<number>("zoom", STEP_WIDTHS),
  /** First step in view where that was chosen by hand; null: the window follows the playhead. */
  from: whole("from", "a step"),
  /** Steps per second; Infinity = as fast as it can be shown. */
  speed: field("speed", "steps per second or max", speed, (value) => (value === Infinity ? "max" : String(value))),
  pin: field("pin", "model:slot or signal@step", pin, formatPin),
  /** First and last step of the region that is repeated. */
  loop: range("loop"),
  /** First and last step selected. */
  selection: range("select"),
  /** What "next event" goes to. */
  events: { ...oneOf("events", EVENT_NAMES), default: "task" as const },
  /** What the health strip shows; null: no strip. */
  health: oneOf("health", MEASURE_NAMES),
  /** Strips of the channels beside the signal; null: shown where there is room for them. */
  beside: oneOf("beside", ["shown", "hidden"], "shown or hidden"),
  /** Bank looked at of models that have several. */
  banks: pairs("bank", "model:bank", modelId),
  /** Read head whose arcs are shown, of models where not all are. */
  heads: pairs("head", "model:head", step),
  /** Head whose content is shown, of models that show one at a time where it is not the first. */
  contents: pairs("content", "model:head", step),
  /** Id of the model whose read map is open. */
  map: field<string>("map", "the id of a model", modelId, String),
  /** What an arc means. */
  lens: { ...oneOf("lens", LENSES), default: "mechanism" as const },
  /** For a lecture: one lane, large words; null: the stage for one reader. */
  lecture: field<true>(
    "lec",
    "1",
    (text) => (text === "1" ? true : null),
    () => "1",
  ),
};

type Fields = typeof FIELDS;
export type Setting = keyof Fields;

/** Everything that a link says of a stage. */
export type View = {
  readonly [K in Setting]: Fields[K] extends Field<infer T, infer D> ? T | D : never;
};
/** As much of a view as somebody has said; the rest stands at its default. */
export type PartialView = Partial<View>;

/** The rows of the table, for whatever goes over all of them. */
export const ROWS = Object.entries(FIELDS) as unknown as readonly (readonly [Setting, Field<unknown, unknown>])[];

/** A view of which nothing has been said. */
export const DEFAULT_VIEW = Object.fromEntries(ROWS.map(([name, row]) => [name, row.default])) as View;

/** Largest step that a link can name, and largest number of models. */
export const MAX_STEP = (1 << 25) - 1;
const MAX_MODELS = 64;
const MODEL_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

function field<T>(
  key: string,
  wanted: string,
  parse: (text: string) => T | null,
  format: (value: T) => string,
): Field<T, null> {
  return { key, wanted, default: null, parse, format };
}

function whole(key: string, wanted: string): Field<number, null> {
  return field(key, wanted, step, String);
}

function oneOf<const T extends string | number>(
  key: string,
  values: readonly T[],
  wanted = values.join(", "),
): Field<T, null> {
  return field(key, wanted, (text) => values.find((value) => String(value) === text) ?? null, String);
}

function range(key: string): Field<readonly [number, number], null> {
  return field(key, "first-last", span, ([first, last]) => `${first}-${last}`);
}

function models(key: string): Field<readonly string[], readonly string[]> {
  const parse = (text: string): readonly string[] | null => listed(text, modelId);
  return { key, wanted: "ids of models", default: [], parse, format: (ids) => ids.join(",") };
}

function pairs<T extends string | number>(
  key: string,
  wanted: string,
  parse: (text: string) => T | null,
): Field<Pairs<T>, Pairs<T>> {
  const pair = (text: string): readonly [string, T] | null => {
    const [id = "", of = "", ...more] = text.split(":");
    const [model, value] = [modelId(id), parse(of)];
    return model === null || value === null || more.length ? null : [model, value];
  };
  return {
    key,
    wanted,
    default: [],
    parse: (text) => listed(text, pair),
    format: (list) => list.map((one) => one.join(":")).join(","),
  };
}

/** A list with commas, of which every part must be good. */
function listed<T>(text: string, parse: (part: string) => T | null): readonly T[] | null {
  const parts = text.split(",").map(parse);
  return parts.length <= MAX_MODELS && parts.every((part): part is Awaited<T> & T => part !== null) ? parts : null;
}

function step(text: string): number | null {
  return /^\d{1,9}$/.test(text) && Number(text) <= MAX_STEP ? Number(text) : null;
}

function modelId(text: string): string | null {
  return MODEL_ID.test(text) ? text : null;
}

function speed(text: string): number | null {
  if (text === "max") return Infinity;
  return /^\d{1,4}(\.\d{1,3})?$/.test(text) && Number(text) > 0 ? Number(text) : null;
}

function span(text: string): readonly [number, number] | null {
  const [, a = "", b = ""] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  const [first, last] = [step(a), step(b)];
  return first === null || last === null || last < first ? null : [first, last];
}

function pin(text: string): Pin | null {
  const [, target = "", at] = /^([^@]+)(?:@(\d+))?$/.exec(text) ?? [];
  const t = at === undefined ? null : step(at);
  if (at !== undefined && t === null) return null;
  if (target === "signal") return t === null ? null : { zone: "signal", t };
  const cut = target.lastIndexOf(":");
  const model = modelId(target.slice(0, Math.max(0, cut)));
  const slot = step(target.slice(cut + 1));
  return model === null || slot === null ? null : { zone: "lane", model, slot, t };
}

function formatPin(value: Pin): string {
  if (value.zone === "signal") return `signal@${value.t}`;
  return `${value.model}:${value.slot}${value.t === null ? "" : `@${value.t}`}`;
}
