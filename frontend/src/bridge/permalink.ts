/**
 * The link to a moment on the bridge: what crosses and how, before what is looked at, as
 * `#model=transformer-copy&seed=3&memory=graves&slots=20&links=0.1&t=24&v=1`. As any link, it may say anything: what cannot
 * be used is left out with a notice.
 */
import type { PartialView } from "../view/fields";
import { parse, serialise, type ParsedLink } from "../view/permalink";

/** The mechanisms of the DNC that the Transformer lacks, each resting at 0, with the largest value it takes. */
export const MAX_RUNG = { overwrite: 1, erase: 1, free: 1, links: 1, recurrence: 2 } as const;
export type Rung = keyof typeof MAX_RUNG;
export const RUNGS = Object.keys(MAX_RUNG) as readonly Rung[];

export const MAX_SLOTS = 1024;

/** Which checkpoint crosses, on which episode, and where it stands on the ladder. */
export interface Crossing extends Readonly<Record<Rung, number>> {
  /** Name of a checkpoint. */
  readonly model: string;
  readonly seed: number;
  readonly memory: "stores" | "graves";
  /** Slots of the genuine memory; null: one for every step. */
  readonly slots: number | null;
}

export const REST = { slots: null, overwrite: 0, erase: 0, free: 0, links: 0, recurrence: 0 } as const;
export const START: Crossing = { model: "transformer-copy", seed: 0, memory: "stores", ...REST };

/** The ladder is climbed in the genuine memory alone: whoever moves a rung goes there, and the stores rest. */
export function climbed(now: Crossing, change: Partial<Crossing>): Crossing {
  const next = { ...now, ...change };
  const moves = (change.slots ?? null) !== null || RUNGS.some((rung) => (change[rung] ?? 0) > 0);
  if (moves && change.memory === undefined) next.memory = "graves";
  return next.memory === "stores" ? { ...next, ...REST } : next;
}

export function sameCrossing(a: Crossing, b: Crossing): boolean {
  return formatCrossing(a) === formatCrossing(b);
}

export interface ParsedBridge extends ParsedLink {
  readonly crossing: Crossing;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** Reads `location.hash`. Never throws. */
export function parseBridge(hash: string): ParsedBridge {
  const change: { -readonly [K in keyof Crossing]?: Crossing[K] } = {};
  const rest: string[] = [];
  const notices: string[] = [];
  for (const part of hash.replace(/^#/, "").slice(0, 4000).split("&")) {
    const [key = "", value = ""] = part.split("=", 2);
    const refuse = (wanted: string): void => void notices.push(`The link's ${key} was left out: wanted ${wanted}.`);
    if (key === "model") {
      if (NAME.test(value)) change.model = value;
      else refuse("the name of a checkpoint");
    } else if (key === "seed") {
      if (/^\d{1,10}$/.test(value) && Number(value) < 2 ** 31) change.seed = Number(value);
      else refuse("a whole number");
    } else if (key === "memory") {
      if (value === "stores" || value === "graves") change.memory = value;
      else refuse("stores or graves");
    } else if (key === "slots") {
      if (/^\d{1,4}$/.test(value) && Number(value) >= 1 && Number(value) <= MAX_SLOTS) change.slots = Number(value);
      else refuse(`1 to ${MAX_SLOTS}`);
    } else if (isRung(key)) {
      const number = Number(value);
      if (/^\d(\.\d{1,6})?$/.test(value) && number <= MAX_RUNG[key]) change[key] = number;
      else refuse(`a number from 0 to ${MAX_RUNG[key]}`);
    } else rest.push(part);
  }
  const { view, notices: others } = parse(rest.join("&"));
  return { crossing: climbed(START, change), view, notices: [...notices, ...others] };
}

function isRung(key: string): key is Rung {
  return Object.hasOwn(MAX_RUNG, key);
}

/** Without what rests. */
export function formatCrossing({ model, seed, memory, slots, ...rungs }: Crossing): string {
  const parts = [`model=${model}`, `seed=${seed}`];
  if (memory !== "stores") parts.push(`memory=${memory}`);
  if (slots !== null) parts.push(`slots=${slots}`);
  for (const rung of RUNGS) if (rungs[rung] > 0) parts.push(`${rung}=${Number(rungs[rung].toFixed(6))}`);
  return parts.join("&");
}

/** The text behind `#`; parseBridge gives both back. */
export function formatBridge(crossing: Crossing, view: PartialView): string {
  return `${formatCrossing(crossing)}&${serialise(view)}`;
}
