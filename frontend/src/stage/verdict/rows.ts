/** The models of a recording as rows of the verdict: ranked where they were asked, in the order of their lanes where not. */

import { percent } from "../../draw/ink/format";
import type { StageController } from "../controller.svelte";
import type { HeldPart } from "./held_now.svelte";
import { phrasesOf, placesOf, type Phrase } from "../../verdict/verdict";
import { barOf, errorText, floatsText, shareText, unitText } from "../../verdict/words";
import type { VerdictRow, Verdict } from "../../wire/wire.gen";

/** What the stage knows of a lane. */
export interface LaneOf {
  readonly stream: number;
  /** Id of the model that the lane shows now. */
  readonly id: string;
  readonly label: string;
  readonly glyph: string;
}

export interface Row extends LaneOf {
  /** Null: not ranked. */
  readonly place: number | null;
  readonly ranked: VerdictRow | null;
  /** Of the error, 0 … 1 of the worst. */
  readonly bar: number;
  readonly error: string;
  readonly unit: string;
  /** Of the reads, from the right place; null where that is not known. */
  readonly share: number | null;
  readonly right: string;
  readonly floats: string;
  readonly cost: string;
  readonly because: readonly Phrase[];
}

/** The lanes of a stage. */
export function laneRows({ training, model }: Pick<StageController, "training" | "model">): LaneOf[] {
  return training.streams.map((stream) => {
    const { spec } = model.lane(stream).model;
    return { stream, id: spec.id, label: model.lane(stream).label, glyph: spec.glyph };
  });
}

/** Best first; models without a rank stand behind the others. */
export function rowsOf(lanes: readonly LaneOf[], verdict: Verdict | null): Row[] {
  // Of a training one moment is shown: the others have no place here.
  const ids = new Set(lanes.map(({ id }) => id));
  const ranking = (verdict?.ranking ?? []).filter(({ model }) => ids.has(model));
  const places = placesOf(ranking);
  const row = (lane: LaneOf): Row => {
    const at = ranking.findIndex((entry) => entry.model === lane.id);
    const found = ranking[at];
    if (!verdict || !found) return { ...lane, ...NOTHING };
    const { error, right_share: right, ms_per_step: ms } = found;
    return {
      ...lane,
      place: error === null ? null : places[at]!,
      ranked: found,
      bar: error === null ? 0 : barOf(error, ranking),
      error: error === null ? "" : errorText(error),
      unit: unitText(found),
      share: right,
      right: right === null ? "" : shareText(right),
      floats: floatsText(found),
      cost: ms === null ? "" : ms.toFixed(2),
      because: phrasesOf(verdict, lane.id),
    };
  };
  const order = (entry: Row): number => (entry.ranked ? ranking.indexOf(entry.ranked) : Infinity);
  return lanes.map(row).sort((a, b) => (order(a) === order(b) ? 0 : order(a) - order(b)));
}

const NOTHING = {
  place: null,
  ranked: null,
  bar: 0,
  error: "",
  unit: "",
  share: null,
  right: "",
  floats: "",
  cost: "",
  because: [],
};

/** What is known of a model while its run goes on. */
export interface Meanwhile {
  readonly held: HeldPart | null;
  /** Over what was asked so far; "" before anything was. */
  readonly error: string;
  readonly cost: number | undefined;
  /** What it reads now, in words; "" before that is known. */
  readonly reads: string;
}

/** Before the verdict, in the order of the lanes: what is held stands where the error will. `t`: the step the numbers are wanted of. */
export function meanwhileRows(lanes: readonly LaneOf[], t: number, of: (stream: number) => Meanwhile): Row[] {
  return lanes.map((lane) => {
    const { held, error, cost, reads } = of(lane.stream);
    return {
      ...lane,
      ...NOTHING,
      bar: held ? Math.max(0, Math.min(1, held.part)) : 0,
      error: held ? percent(held.part) : "",
      unit: held && held.t !== t ? `at t = ${held.t}` : "",
      right: error,
      cost: cost === undefined ? "" : cost.toFixed(2),
      because: reads ? [{ text: reads, clause: null }] : [],
    };
  });
}

/** More rows than this are not shown at once. */
export const MAX_ROWS = 6;

/** The rows to show of many: the first ones, and always the one that is pinned. */
export function shownRows(rows: readonly Row[], pinned: number | null, all: boolean): readonly Row[] {
  if (all || rows.length <= MAX_ROWS) return rows;
  const first = rows.slice(0, MAX_ROWS);
  const held = rows.find((row) => row.stream === pinned);
  return !held || first.includes(held) ? first : [...first.slice(0, -1), held];
}
