/** Rows of a lane's raster: one a slot, or several slots folded into one. */

/** More slots than this are folded by maximum, never by mean: a single strong read must stay visible. */
export const MAX_ROWS = 128;

export interface Fold {
  rows: number;
  /** Slots per row. */
  per: number;
}

export function foldRows(slots: number, most = MAX_ROWS): Fold {
  const per = Math.max(1, Math.ceil(slots / most));
  return { rows: Math.max(1, Math.ceil(slots / per)), per };
}
