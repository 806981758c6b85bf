/**
 * What is read at a step, in words. A word is used only where it has been measured: "reads t = a" where that step and the two beside it
 * have half of the read, "mostly" above half on what is named; else there is no single source. A row of shares knows its own step: what
 * is said of an older one than was asked for says so.
 */

import { allWithin } from "../../memory/kinds/reading";
import { mainSource as findMainSource, shareWithin, sourceStep, type Arc } from "../../memory/arcs";
import { counted, listed, percent } from "../../draw/ink/format";
import { mostText, shareText } from "../../draw/ink/sources";
import type { Lane } from "../../draw/lane/lane";
import type { TaskEvent } from "../../wire/manifest";
import type { StageModel } from "../stage_model";
import type { Prose } from "./sentences";

/** Part of a read that makes a source of it. */
const HALF = 0.5;
/** A source at most this many steps back is one of the last steps. */
const LAST = 2;
/** Steps that are spoken of together as the last ones, where none is the source: the youngest class of the age bars. */
const RECENT = 8;
/** Values of the signal that differ by less, relative to their size, are the same. */
const SAME = 1e-4;

const found = new WeakMap<Float64Array, Arc | null>();

/** The main source of a row, found once: rows are shared with the ledger's cache and never change. */
export function mainSource(row: Float64Array): Arc | null {
  let arc = found.get(row);
  if (arc === undefined) found.set(row, (arc = findMainSource(row)));
  return arc;
}

/** The step of a row of shares. */
export function stepOf(row: ArrayLike<number>): number {
  return row.length - 2;
}

/** The moment whose value is asked for at step t: where the task replays in order what was stored; null elsewhere. */
export function rightMoment({ signal, log }: StageModel, t: number): number | null {
  const { events } = log.manifest.task;
  const recall = events.find(({ kind, step, until }) => kind === "recall" && t >= step && t < until);
  const store = recall && events.findLast(({ kind, until }) => kind === "store" && until <= recall.step);
  if (!store || !signal.asked(t)) return null;
  const moment = store.step + (t - recall.step);
  if (moment >= store.until) return null;
  for (let k = 0; k < (signal.kind === "bits" ? signal.width : 1); k++) {
    const [wanted, stored] = [signal.target(t, k), signal.input(moment, k)];
    if (!(Math.abs(wanted - stored) <= SAME * Math.max(1, Math.abs(wanted)))) return null;
  }
  return moment;
}

/** What a model does at the step of its row, after "reads" of one model and "read" of several. */
interface Reading {
  /** Models with the same key are spoken of together. */
  readonly key: string;
  readonly one: string;
  readonly many: string;
}

function reading(key: string, what: string, plural = what): Reading {
  return { key, one: `reads ${what}`, many: `read ${plural}` };
}

function storedText({ step }: TaskEvent): string {
  return `the segment stored from t = ${step} on`;
}

function readingOf(row: Float64Array, stores: readonly TaskEvent[], right: number | null): Reading {
  const t = stepOf(row);
  if (allWithin(row, 0)) return reading("nothing", "nothing");
  if (row[0]! > HALF) return reading("initial", "mostly what memory held before the first step");
  const segment = stores.find((event) => t >= event.until && shareWithin(row, event.step, event.until - 1) >= HALF);
  const stored = segment && storedText(segment);
  const asked = stores.find((event) => right !== null && right >= event.step && right < event.until);
  if (asked && right !== null) {
    // Some write a moment one step late: that of the last one lies behind the segment.
    if (shareWithin(row, right - 1, right + 1) >= HALF)
      return reading(`back ${asked.step}`, `back ${storedText(asked)}`);
    if (segment === asked) return reading(`order ${asked.step}`, `${storedText(asked)}, not in order`);
  }
  const source = sourceStep(row, HALF);
  if (source !== null) {
    const lag = t - source;
    return lag <= LAST
      ? reading("last", "its last steps", "their last steps")
      : reading(`step ${source}`, `t = ${source}, ${lag} steps ago`);
  }
  if (shareWithin(row, t - RECENT, t) > HALF)
    return reading("recent", `mostly its last ${RECENT} steps`, `mostly their last ${RECENT} steps`);
  if (stored) return reading(`segment ${segment.step}`, `mostly ${stored}`);
  return { key: "none", one: "has no single source", many: "have no single source" };
}

/**
 * "Transformer and DNC read back the segment stored from t = 124 on." A sentence for each group of models that read alike, from the
 * rows there are; one of another step than t begins with its step.
 */
export function readText(
  model: StageModel,
  shown: readonly number[],
  t: number,
  rowOf: (stream: number) => Float64Array | null = (stream) => model.shareCache.said(stream, t),
): Prose {
  const stores = model.log.manifest.task.events.filter((event) => event.kind === "store");
  const groups = new Map<string, { names: string[]; at: number; says: Reading }>();
  for (const stream of shown) {
    const row = rowOf(stream);
    if (!row) continue;
    const at = stepOf(row);
    const says = readingOf(row, stores, rightMoment(model, at));
    const key = `${at} ${says.key}`;
    const group = groups.get(key) ?? { names: [], at, says };
    group.names.push(model.lane(stream).label);
    groups.set(key, group);
  }
  return [...groups.values()].flatMap(({ names, at, says }) => {
    const late = at !== t;
    return [
      ...(late ? [{ text: `At t = ${at} `, late }] : []),
      { text: listed(names), strong: true, late },
      { text: ` ${names.length > 1 ? says.many : says.one}. `, late },
    ];
  });
}

/** "reads back the segment stored from t = 25 on", of one model; "" while it is not known, with its step where that is an older one. */
export function readWords(model: StageModel, stream: number, t: number): string {
  const row = model.shareCache.said(stream, t);
  if (!row) return "";
  const stores = model.log.manifest.task.events.filter((event) => event.kind === "store");
  const at = stepOf(row);
  const { one } = readingOf(row, stores, rightMoment(model, at));
  return at === t ? one : `at t = ${at} ${one}`;
}

/** A line of the list of sources. */
export interface SourceLine {
  readonly lane: Lane;
  readonly text: string;
  /** What has to be known of a sum over several steps, of one how long ago it was; "" where there is no step. */
  readonly aside: string;
  /** The step it is of, where that is not the one asked for. */
  readonly late: number | null;
}

/** Main source of each model's read at t, for the list under the sentence. */
export function mainSources(model: StageModel, shown: readonly number[], t: number): SourceLine[] {
  return shown.map((stream) => {
    const lane = model.lane(stream);
    const line = { lane, aside: "", late: null };
    if (!lane.has(t)) return { ...line, text: "no step" };
    const row = model.shareCache.said(stream, t);
    if (!row) return { ...line, text: "…" };
    const late = stepOf(row) === t ? null : stepOf(row);
    if (row[0]! > HALF) return { ...line, late, text: `initial, ${percent(row[0]!)}` };
    const source = mainSource(row);
    if (!source || source.share === 0) return { ...line, late, text: "nothing" };
    return {
      ...line,
      late,
      text: shareText(source),
      aside: mostText(source) || agoText(stepOf(row) - source.from),
    };
  });
}

function agoText(lag: number): string {
  return lag === 0 ? "this step" : `${counted(lag, "step")} ago`;
}
