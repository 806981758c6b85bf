/** Random logs of every kind of memory, for the conformance suites of memory and drawing: a kind without one does not compile. */
import type { RecordingLog } from "../log";
import { loaded, makeLog } from "../testlog";
import type { Made } from "../../wire/testlog";
import type { BankShape } from "../../wire/testbanks";
import type { KindName } from ".";

export const STEPS = 140;

const SHAPES: { readonly [K in KindName]: Readonly<Record<string, BankShape>> } = {
  matrix: {
    "one head": { slots: 7, width: 3 },
    "several heads": { slots: 5, width: 4, writeHeads: 2, readHeads: 3 },
    "freed slots": { slots: 6, width: 3, readHeads: 2, deallocation: true },
    "read vectors rebuilt": { slots: 6, width: 2, readHeads: 2, sharpness: 60, unread: true },
  },
  cell: { "output gate": { units: 5 }, direct: { units: 4, direct: true } },
  recurrent: { Elman: { recurrent: 5 } },
  append: {
    "all steps": { width: 3, heads: 2 },
    slopes: { width: 2, heads: 3, slopes: [0.5, 0.25, 0.125] },
    gated: { width: 3, heads: 2, gated: true },
  },
  associative: {
    "keys of length 1": { keys: 4, width: 3, heads: 2, lengths: "unit" },
    "keys of any length": { keys: 3, width: 4, heads: 2, lengths: "any" },
    "nothing overwritten": { keys: 4, width: 2, heads: 3, lengths: "additive" },
  },
};

export interface Case {
  readonly kind: KindName;
  readonly shape: string;
  readonly made: Made;
  readonly log: RecordingLog;
}

/** Every kind × shape × seed. */
export function cases(seeds: readonly number[]): Case[] {
  return Object.entries(SHAPES).flatMap(([kind, shapes]) =>
    Object.entries(shapes).flatMap(([shape, bank]) =>
      seeds.map((seed): Case => {
        const made = makeLog(STEPS, [bank], seed);
        return { kind: kind as KindName, shape: `${shape}, seed ${seed}`, made, log: loaded(made) };
      }),
    ),
  );
}
