/** The request that a recording's run began with, as far as the manifest says it: to run it once more. */

import type { Manifest } from "../wire/manifest";
import type { SessionRequest } from "../wire/wire.gen";

/**
 * Null where it cannot be asked for again from here: the signal was a file or drawn, which a recording does not hold as a whole, or a
 * model is none of the server's checkpoints.
 */
export function againOf(manifest: Manifest): SessionRequest | null {
  const { task, signal, seed, models, plannedSteps, steps, excerpt } = manifest;
  const names = models.map(({ checkpoint, training }) =>
    checkpoint?.name && training ? `${checkpoint.name.split("@")[0]}@${training.update}` : (checkpoint?.name ?? null),
  );
  if (seed === null || excerpt !== null || names.some((name) => name === null)) return null;
  const source = signal && generated(signal.source);
  if (signal && !source) return null;
  return {
    signal: source ? { kind: "generated", ...source, steps: plannedSteps ?? steps } : { kind: "none" },
    task: task.name,
    task_params: numbers(task.params),
    models: names.filter((name) => name !== null),
    seed,
    start: "playing",
    speed: 30,
    keep: true,
  };
}

function generated(
  source: Readonly<Record<string, unknown>>,
): { generator: string; seed: number; params: Record<string, number> } | null {
  const { generator, seed, params } = source;
  if (typeof generator !== "string" || typeof seed !== "number") return null;
  return { generator, seed, params: numbers(params ?? {}) };
}

function numbers(values: unknown): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values as Record<string, unknown>).filter(
      (entry): entry is [string, number] => typeof entry[1] === "number",
    ),
  );
}
