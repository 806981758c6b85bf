/** The plan of a run, shown before it starts: rounds of signal-recall, how many steps fit, what it will cost. */

export interface Round {
  step: number;
  until: number;
  kind: "store" | "recall";
}

/** Ranges the models were trained for (mnemoscope.tasks, signal-recall). */
export const RECALL = {
  lead: { least: 0, most: 200, start: 16 },
  segment: { least: 4, most: 32, start: 24 },
  delay: { least: 0, most: 40, start: 30 },
} as const;

/** Steps of the shortest signal that holds one round. */
export function leastSteps(lead: number, segment: number, delay: number): number {
  return lead + 2 * segment + delay;
}

/** How many rounds fit into `steps` steps. */
export function fitting(steps: number, lead: number, segment: number, delay: number): number {
  return rounds(steps, lead, segment, delay, Infinity).length / 2;
}

/** Store and recall windows of signal-recall over `steps` steps: `most` rounds one after another, up to 16 steps apart. */
export function rounds(steps: number, lead: number, segment: number, delay: number, most: number): Round[] {
  const period = 2 * segment + delay;
  const gap = Math.min(lead, 16);
  const out: Round[] = [];
  for (let start = lead; start + period <= steps && out.length < 2 * most; start += period + gap) {
    out.push({ step: start, until: start + segment, kind: "store" });
    const cue = start + segment + delay;
    out.push({ step: cue, until: cue + segment, kind: "recall" });
  }
  return out;
}

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
