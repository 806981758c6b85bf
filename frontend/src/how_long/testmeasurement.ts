/** A measurement made of a few curves, for tests. */
import type { Retention } from "../wire/wire.gen";

type Errors = Readonly<Record<number, number>>;

/** Curves by model: error by delay; bands of ±`width` of the error. */
export function measurementOf(
  errors: Readonly<Record<string, Errors>>,
  change: Partial<Retention> = {},
  width = 0.1,
): Retention {
  const n = change.n ?? 32;
  const delays = [...new Set(Object.values(errors).flatMap((of) => Object.keys(of).map(Number)))].sort((a, b) => a - b);
  const models = Object.keys(errors).map((id) => ({ id, checkpoint: `${id}-signal-recall`, label: id.toUpperCase(), glyph: id })); // prettier-ignore
  const rows = Object.entries(errors).flatMap(([id, of]) =>
    Object.entries(of).map(([delay, error]) => ({
      view: "behaviour" as const,
      model: id,
      checkpoint: `${id}-signal-recall`,
      delay: Number(delay),
      error,
      low: n < 8 ? null : error * (1 - width),
      high: n < 8 ? null : error * (1 + width),
      n,
      trained: Number(delay) <= 40,
      segment: 24,
      seeds: 1,
      bank: null,
      r2: null,
      shuffled: null,
      held: null,
    })),
  );
  return {
    id: "abc", version: 3, status: "ended", reason: null, mine: true, signal: "mixtures", sample_rate: null, segment: 24,
    trained_delay: 40, planned: delays.length, shortest: delays[0] ?? 10, longest: delays.at(-1) ?? 400, measured: delays, n, seconds: 9.6, seconds_left: 0, created: "2026-11-29T10:00:00Z",
    models, references: [], rows, horizons: [], capacities: [], notes: [], stage: null, causes: [], prices: [], followed: [], figures: {}, command: null, ...change,
  }; // prettier-ignore
}
