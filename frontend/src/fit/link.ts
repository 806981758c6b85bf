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
