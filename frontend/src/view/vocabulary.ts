/** The terms in which a view is stated, for link, cursor and painters alike: what can be pointed at, zoom steps, lenses. */

/** A column of one of the blocks of a cut: which number of a slot is pointed at. */
export interface Cell {
  readonly block: string;
  readonly column: number;
}

/** One thing on the stage. `slot` is the model's own index (slot, unit or step), not a row of pixels. */
export type Target =
  | { zone: "signal"; t: number }
  | { zone: "axis"; t: number }
  | { zone: "lane"; stream: number; t: number; slot: number | null; cell?: Cell }
  | { zone: "dial"; stream: number; t: number; dial: number }
  | { zone: "header"; stream: number; t: number };

export function sameTarget(a: Target | null, b: Target | null): boolean {
  const fields = (target: Target): string => JSON.stringify(Object.entries(target).sort());
  return a === b || (a !== null && b !== null && fields(a) === fields(b));
}

/** The same without the number pointed at, which is neither pinned nor linked. */
export function withoutCell(target: Target): Target {
  if (target.zone !== "lane") return target;
  const { zone, stream, t, slot } = target;
  return { zone, stream, t, slot };
}

/** What the rows of a raster are: places of the memory, or how long ago they were written. */
export type Rows = "slots" | "lag";

/** Widths of a step on the time axis, CSS pixels, smallest first. A step fitted to the width would look like noise. */
export const STEP_WIDTHS = [1.5, 2, 3, 4, 6, 8, 12, 16] as const;

/** The lenses on where an output comes from (docs/format.md has the equations); what is drawn always names its own. */

export type LensName = "mechanism" | "sensitivity" | "intervention";

/** Lenses that need the model itself, and so a server that has it. */
export type ModelLens = Exclude<LensName, "mechanism">;

export const LENSES: readonly LensName[] = ["mechanism", "sensitivity", "intervention"];
