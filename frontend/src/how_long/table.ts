/** The table of horizons: up to which delay each model stays exact or a blur, and what it died of. */
import type { CauseOfDeath, Horizon, Retention, RetentionModel } from "../wire/wire.gen";
import { BLUR, EXACT, curves, throughDelays } from "./rows";

export interface Cell {
  readonly text: string;
  /** It holds for some delays. */
  readonly strong: boolean;
}

export interface TableRow {
  readonly model: RetentionModel;
  readonly exact: Cell;
  readonly blur: Cell;
  /** null while it is not known; causes are looked at when the delays are through. */
  readonly cause: CauseOfDeath | null;
}

const PENDING: Cell = { text: "…", strong: false };
const NONE: Cell = { text: "not measured", strong: false };

/** One row a model, the one that stays exact longest first. */
export function table(measurement: Retention): TableRow[] {
  const going = !throughDelays(measurement);
  const found = measurement.models.map((model) => ({
    model,
    exact: going ? PENDING : until(horizonOf(measurement, model, EXACT)),
    blur: going ? PENDING : until(horizonOf(measurement, model, BLUR)),
    cause: measurement.causes.find(({ model: name }) => name === model.id) ?? null,
  }));
  if (going) return found;
  const reach = (model: RetentionModel, level: number): number => {
    const horizon = horizonOf(measurement, model, level);
    return horizon ? (horizon.above ?? Infinity) : -1;
  };
  const shortest = new Map(curves(measurement, "behaviour").map((curve) => [curve.key, curve.points[0]!.error]));
  return found.sort(
    (a, b) =>
      compare(reach(b.model, EXACT), reach(a.model, EXACT)) ||
      compare(reach(b.model, BLUR), reach(a.model, BLUR)) ||
      compare(shortest.get(a.model.id) ?? Infinity, shortest.get(b.model.id) ?? Infinity),
  );
}

/** Two infinities are level. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

function horizonOf({ horizons }: Retention, model: RetentionModel, level: number): Horizon | null {
  const of = (horizon: Horizon): boolean => horizon.model === model.id && horizon.view === "behaviour";
  return horizons.find((horizon) => of(horizon) && horizon.level === level) ?? null;
}

/** What the library says of a horizon, "80 – 100"; strong where the model holds for some delays. */
export function until(horizon: Horizon | null): Cell {
  return horizon ? { text: horizon.text, strong: horizon.delay !== null } : NONE;
}
