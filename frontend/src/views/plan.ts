/** The plan of a run, told before it starts: rounds of signal-recall, how many steps fit, what it will cost. */

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

/** Store and recall windows of signal-recall over `steps` steps: one round after another, at most 16 steps apart. */
export function rounds(steps: number, lead: number, segment: number, delay: number): Round[] {
  const period = 2 * segment + delay;
  const gap = Math.min(lead, 16);
  const out: Round[] = [];
  for (let start = lead; start + period <= steps; start += period + gap) {
    out.push({ step: start, until: start + segment, kind: "store" });
    const cue = start + segment + delay;
    out.push({ step: cue, until: cue + segment, kind: "recall" });
  }
  return out;
}

/** Series as large as the plan: neighbours by smallest and largest would lie about order, so plain steps are taken. */
export function thinned(values: readonly number[], most: number): readonly number[] {
  if (values.length <= most) return values;
  return Array.from({ length: most }, (_, i) => values[Math.floor((i * values.length) / most)]!);
}
