/**
 * The link to a moment: what is looked at, in the address behind `#`, as `#t=214&solo=ntm&rows=lag&speed=8&pin=dnc:13&v=1`.
 *
 * A link may come from anybody and from any version. Whatever cannot be used is left out with a notice for the reader;
 * nothing in it can keep a recording from opening.
 */

import { MEASURE_NAMES, type Measure } from "../analysis/measures";
import { LENSES, STEP_WIDTHS, type LensName, type Rows } from "./vocabulary";

export const LINK_VERSION = 1;

/** The address of one thing on the stage: a slot of a model, or a moment of the signal. */
export type Pin =
  | { readonly zone: "lane"; readonly model: string; readonly slot: number; readonly t: number | null }
  | { readonly zone: "signal"; readonly t: number };

export interface ViewState {
  /** Step of the playhead. */
  readonly t?: number;
  /** Id of the model shown alone. */
  readonly solo?: string;
  readonly rows?: Rows;
  /** Pixels per step; absent: as the run opens, which depends on its length and on the window. */
  readonly zoom?: number;
  /** Steps per second; Infinity = as fast as it can be shown. */
  readonly speed?: number;
  readonly pin?: Pin;
  /** First and last step of the region that is repeated. */
  readonly loop?: readonly [number, number];
  readonly lens?: LensName;
  /** Ids of models taken off the stage. */
  readonly hidden?: readonly string[];
  /** Ids of models from the top; those not named stand behind them. */
  readonly order?: readonly string[];
  /** Ids of models kept above all others. */
  readonly top?: readonly string[];
  /** Ids of models without arcs and answers. */
  readonly muted?: readonly string[];
  /** Ids of models whose lane is one line high. */
  readonly folded?: readonly string[];
  /** Selected range: first and last step. */
  readonly selection?: readonly [number, number];
  /** What the health strip shows; absent: no strip. */
  readonly health?: Measure;
  /** Bank looked at of models that have several: [model, bank]. */
  readonly banks?: readonly (readonly [string, string])[];
  /** Read head whose arcs are shown, of models where not all are: [model, head]. */
  readonly heads?: readonly (readonly [string, number])[];
  /** Updates of training after which the memories are shown; absent: as they were in the end. */
  readonly train?: number;
}

/** Lists of models in a link, by their key there. */
const LISTS = { hide: "hidden", order: "order", top: "top", mute: "muted", fold: "folded" } as const;

export interface ParsedLink {
  readonly view: ViewState;
  /** Sentences about what was left out. */
  readonly notices: readonly string[];
}

const MAX_LENGTH = 2000;
const MAX_STEP = 1 << 25;
const MODEL_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Reads `location.hash` (with or without `#`). Never throws. */
export function parseLink(hash: string): ParsedLink {
  const view: { -readonly [K in keyof ViewState]: ViewState[K] } = {};
  const notices: string[] = [];
  const text = hash.replace(/^#/, "");
  if (text.length > MAX_LENGTH) {
    return { view, notices: [`The view in this link was left out: it has ${text.length} characters.`] };
  }
  const seen = new Set<string>();
  for (const part of text.split("&")) {
    if (part === "") continue;
    const cut = part.indexOf("=");
    const key = cut < 0 ? part : part.slice(0, cut);
    const value = cut < 0 ? "" : decode(part.slice(cut + 1));
    if (seen.has(key)) continue; // the first one counts
    seen.add(key);
    const refuse = (wanted: string): void => void notices.push(left(key, wanted, value));
    switch (key) {
      case "v":
        if (value !== String(LINK_VERSION)) {
          notices.push(
            `This link was made by another version of Mnemoscope (view ${shown(value)}); what is known of it is shown.`,
          );
        }
        break;
      case "t":
        view.t = step(value) ?? (refuse("a step"), undefined);
        break;
      case "train":
        view.train = step(value) ?? (refuse("a number of updates"), undefined);
        break;
      case "solo":
        view.solo = modelId(value) ?? (refuse("the id of a model"), undefined);
        break;
      case "rows":
        if (value === "slots" || value === "lag") view.rows = value;
        else refuse("slots or lag");
        break;
      case "zoom":
        view.zoom = STEP_WIDTHS.find((width) => String(width) === value) ?? (refuse(STEP_WIDTHS.join(", ")), undefined);
        break;
      case "speed":
        view.speed = speed(value) ?? (refuse("steps per second or max"), undefined);
        break;
      case "pin":
        view.pin = pin(value) ?? (refuse("model:slot or signal@step"), undefined);
        break;
      case "loop":
        view.loop = loop(value) ?? (refuse("first-last"), undefined);
        break;
      case "lens":
        view.lens = LENSES.find((name) => name === value) ?? (refuse(LENSES.join(", ")), undefined);
        break;
      case "hide":
      case "order":
      case "top":
      case "mute":
      case "fold":
        view[LISTS[key]] = modelIds(value) ?? (refuse("ids of models"), undefined);
        break;
      case "select":
        view.selection = loop(value) ?? (refuse("first-last"), undefined);
        break;
      case "health":
        view.health = MEASURE_NAMES.find((name) => name === value) ?? (refuse(MEASURE_NAMES.join(", ")), undefined);
        break;
      case "bank":
        view.banks = banks(value) ?? (refuse("model:bank"), undefined);
        break;
      case "head": {
        const pairs = banks(value)?.map(([id, head]) => [id, step(head)] as const);
        const whole = pairs?.every((pair): pair is readonly [string, number] => pair[1] !== null);
        view.heads = pairs && whole ? (pairs as [string, number][]) : (refuse("model:head"), undefined);
        break;
      }
      default:
        notices.push(`The link says ${shown(key)}, which this version does not know; it was left out.`);
    }
  }
  for (const key of Object.keys(view) as (keyof ViewState)[]) if (view[key] === undefined) delete view[key];
  return { view, notices };
}

/** The text behind `#` for a view; parseLink(formatLink(view)) gives it back. */
export function formatLink(view: ViewState): string {
  const parts: string[] = [];
  if (view.t !== undefined) parts.push(`t=${view.t}`);
  if (view.train !== undefined) parts.push(`train=${view.train}`);
  if (view.solo !== undefined) parts.push(`solo=${view.solo}`);
  for (const [key, name] of Object.entries(LISTS)) {
    const ids = view[name];
    if (ids !== undefined && ids.length > 0) parts.push(`${key}=${ids.join(",")}`);
  }
  if (view.rows !== undefined) parts.push(`rows=${view.rows}`);
  if (view.zoom !== undefined) parts.push(`zoom=${view.zoom}`);
  if (view.speed !== undefined) parts.push(`speed=${view.speed === Infinity ? "max" : view.speed}`);
  if (view.pin !== undefined) parts.push(`pin=${formatPin(view.pin)}`);
  if (view.loop !== undefined) parts.push(`loop=${view.loop[0]}-${view.loop[1]}`);
  if (view.selection !== undefined) parts.push(`select=${view.selection[0]}-${view.selection[1]}`);
  if (view.health !== undefined) parts.push(`health=${view.health}`);
  if (view.banks?.length) parts.push(`bank=${view.banks.map((pair) => pair.join(":")).join(",")}`);
  if (view.heads?.length) parts.push(`head=${view.heads.map((pair) => pair.join(":")).join(",")}`);
  if (view.lens !== undefined) parts.push(`lens=${view.lens}`);
  parts.push(`v=${LINK_VERSION}`);
  return parts.join("&");
}

function formatPin(pin: Pin): string {
  if (pin.zone === "signal") return `signal@${pin.t}`;
  return `${pin.model}:${pin.slot}${pin.t === null ? "" : `@${pin.t}`}`;
}

function pin(value: string | null): Pin | null {
  const [, target = "", at] = /^([^@]+)(?:@(\d+))?$/.exec(value ?? "") ?? [];
  const t = at === undefined ? null : step(at);
  if (at !== undefined && t === null) return null;
  if (target === "signal") return t === null ? null : { zone: "signal", t };
  const cut = target.lastIndexOf(":");
  const model = modelId(target.slice(0, Math.max(0, cut)));
  const slot = step(target.slice(cut + 1));
  return model === null || slot === null ? null : { zone: "lane", model, slot, t };
}

function loop(value: string | null): readonly [number, number] | null {
  const [, a, b] = /^(\d+)-(\d+)$/.exec(value ?? "") ?? [];
  const first = step(a ?? "");
  const last = step(b ?? "");
  return first === null || last === null || last < first ? null : [first, last];
}

function speed(value: string | null): number | null {
  if (value === "max") return Infinity;
  if (value === null || !/^\d{1,4}(\.\d{1,3})?$/.test(value)) return null;
  const number = Number(value);
  return number > 0 ? number : null;
}

function step(value: string | null): number | null {
  return value !== null && /^\d{1,9}$/.test(value) && Number(value) < MAX_STEP ? Number(value) : null;
}

function modelId(value: string | null): string | null {
  return value !== null && MODEL_ID.test(value) ? value : null;
}

function modelIds(value: string | null): string[] | null {
  const ids = (value ?? "").split(",");
  return ids.every((id) => MODEL_ID.test(id)) && ids.length <= 64 ? ids : null;
}

function banks(value: string | null): [string, string][] | null {
  const pairs = (value ?? "").split(",").map((pair) => pair.split(":"));
  const whole = pairs.every((pair) => pair.length === 2 && pair.every((id) => MODEL_ID.test(id)));
  return whole && pairs.length <= 64 ? (pairs as [string, string][]) : null;
}

function decode(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null; // a broken %-sequence
  }
}

function left(key: string, wanted: string, value: string | null): string {
  return `The link's ${key} was left out: wanted ${wanted}, got ${shown(value)}.`;
}

function shown(value: string | null): string {
  // Control characters out, so that a link cannot write odd things into the page's text.
  const clean = (value ?? "an unreadable value").replace(/[\p{Cc}\p{Cf}]/gu, "");
  return clean.length > 40 ? `“${clean.slice(0, 40)}…”` : `“${clean}”`;
}

/** Keeps the address bar up to date without flooding the history: at most one write per `every` ms, the last one kept. */
export class LinkWriter {
  private timer: ReturnType<typeof setTimeout> | null = null;
  private waiting: string | null = null;
  private last = -Infinity;

  constructor(
    /** Puts the text behind `#` of the address, as history.replaceState does. */
    private readonly replace: (hash: string) => void,
    private readonly every = 400,
    private readonly now: () => number = () => performance.now(),
  ) {}

  write(view: ViewState): void {
    this.waiting = formatLink(view);
    if (this.timer !== null) return;
    const wait = this.last + this.every - this.now();
    if (wait <= 0) this.flush();
    else this.timer = setTimeout(() => this.flush(), wait);
  }

  /** Writes at once what is waiting: before a link is copied. */
  flush(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.waiting === null) return;
    const hash = this.waiting;
    this.waiting = null;
    this.last = this.now();
    this.replace(hash);
  }

  /** Drops what is waiting: the page is being left, and its successor owns the address. */
  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.waiting = null;
  }
}
