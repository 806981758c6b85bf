/** What a recording says of its run is enough to ask for it once more, or it is not asked for. */
import { expect, it } from "vitest";
import type { Manifest } from "../wire/manifest";
import { againOf } from "./again";

const made = (changes: object): Manifest =>
  ({
    task: { name: "signal-recall", params: { segment: 24, delay: 30, note: "text" } },
    signal: { source: { generator: "heartbeat", seed: 7, params: { odd: 2 } } },
    seed: 5,
    steps: 311,
    plannedSteps: 1500,
    excerpt: null,
    models: [
      { checkpoint: { name: "ntm-signal-recall" }, training: null },
      { checkpoint: { name: "dnc-copy@250" }, training: { update: 250 } },
    ],
    ...changes,
  }) as unknown as Manifest;

it("a run on a signal that can be made is asked for as it was planned", () => {
  expect(againOf(made({}))).toEqual({
    signal: { kind: "generated", generator: "heartbeat", seed: 7, params: { odd: 2 }, steps: 1500 },
    task: "signal-recall",
    task_params: { segment: 24, delay: 30 },
    models: ["ntm-signal-recall", "dnc-copy@250"],
    seed: 5,
    start: "playing",
    speed: 30,
    keep: true,
  });
  expect(againOf(made({ signal: null }))!.signal).toEqual({ kind: "none" });
});

it("a run on a file, of a model from elsewhere, or a copy is not", () => {
  expect(againOf(made({ signal: { source: { sha256: "12", format: "csv" } } }))).toBeNull();
  expect(againOf(made({ models: [{ checkpoint: null, training: null }] }))).toBeNull();
  expect(againOf(made({ excerpt: { first: 64, stop: 128, of: 1500, signalStripped: false } }))).toBeNull();
  expect(againOf(made({ seed: null }))).toBeNull();
});
