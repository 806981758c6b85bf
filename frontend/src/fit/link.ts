/** The link of the page: which fits it shows, or what signal it begins with. */

import type { FitRequest } from "../wire/wire.gen";

export type FitSignal = FitRequest["signal"];

const ID = /^[A-Za-z0-9_-]{22}$/;

/** Ids behind the `#`; anything else in it is left out. */
export function idsOf(hash: string): string[] {
  return hash
    .replace(/^#/, "")
    .split(",")
    .filter((part) => ID.test(part));
}

export function linkOf(ids: readonly string[]): string {
  return ids.length ? `#${ids.join(",")}` : "";
}

/** The window of the part never seen that before and after are recorded on: `context` steps to listen, then `asked`. */
export function stageSignal(
  signal: FitSignal,
  split: { readonly steps: number; readonly test: readonly [number, number] },
  context: number,
  asked: number,
): FitSignal {
  if (signal.kind !== "upload") return signal;
  const start = signal.start ?? 0;
  const stop = signal.stop ?? null;
  const rows = stop === null ? null : stop - start;
  const from = split.test[0] - context;
  const to = Math.min(split.steps, split.test[0] + asked);
  // Rows of the file that make these steps: as many where it was not resampled.
  const perStep = rows === null ? 1 : rows / split.steps;
  return { ...signal, start: start + Math.round(from * perStep), stop: start + Math.round(to * perStep) };
}

/** Steps of a generated signal: enough to fit to. */
const MADE_STEPS = 4000;

/** The generated signal that a recording ran on, from its facts; null where it was not generated. */
export function madeAgain(source: Readonly<Record<string, unknown>>): FitSignal | null {
  const { generator, seed, params } = source;
  if (typeof generator !== "string" || typeof seed !== "number") return null;
  const knobs = typeof params === "object" && params !== null ? Object.entries(params) : [];
  const numbers = knobs.filter((knob): knob is [string, number] => typeof knob[1] === "number");
  return { kind: "generated", generator, seed, steps: MADE_STEPS, params: Object.fromEntries(numbers) };
}
