/** What is suggested for a channel of a new file: rate and window. */

/** Steps of a window that is suggested: one round with what goes before and after it, in one view of the stage. */
const WINDOW = 400;

/** Rate at which one heartbeat is about one segment of 24 steps. */
export const HEART_RATE = 36;

/**
 * What is suggested for a channel of a new file: the rate to resample to (null: as it is) and the last row of the window.
 * A fast series in millivolts is taken for an ECG: as it is, a segment would hold a fraction of a beat.
 */
export function suggested(
  rows: number,
  sampleRate: number | null,
  unit: string | null,
): { resample: number | null; stop: number } {
  const heart = unit === "mV" && sampleRate !== null && sampleRate >= 100;
  const perStep = heart ? sampleRate / HEART_RATE : 1;
  return { resample: heart ? HEART_RATE : null, stop: Math.min(rows, Math.round(WINDOW * perStep)) };
}
