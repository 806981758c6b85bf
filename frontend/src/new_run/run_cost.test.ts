/** What a run will cost, before it starts. */
import { describe, expect, it } from "vitest";
import type { ModelCard } from "../wire/wire.gen";
import { NewRun } from "./new_run.svelte";

function card(model: string, ms: number | null, bytes: number, snapshots: number[] = []): ModelCard {
  const more = { measured_ms_per_step: ms, bytes_per_step: bytes, snapshots };
  return { model, label: model, glyph: "ntm", task: "signal-recall", ...more } as unknown as ModelCard;
}

function run(...cards: ModelCard[]): NewRun {
  const made = new NewRun();
  made.models.cards = cards;
  made.models.chosen = new Set(cards.map(({ model }) => model));
  made.made = { ...made.made, steps: 500 };
  return made;
}

describe("the cost of a run", () => {
  it("is the sum of its models, step by step", () => {
    const two = run(card("lstm", 0.5, 100), card("dnc", 1.5, 3000));
    expect([two.models.streams, two.models.ms, two.seconds, two.bytes]).toEqual([2, 2, 1, 500 * 3100]);
  });

  it("counts every moment of a training that is shown", () => {
    const two = run(card("lstm", 0.5, 100, [0, 10, 20, 30]), card("dnc", 1.5, 3000));
    two.models.train("lstm");
    expect([two.models.streams, two.models.ms, two.seconds, two.bytes]).toEqual([5, 3.5, 1.75, 500 * 3400]);
    two.models.train("lstm");
    expect([two.models.streams, two.models.ms]).toEqual([2, 2]);
  });

  it("is not known while one of the models has not been measured, nor of none", () => {
    const two = run(card("lstm", null, 100), card("dnc", 1.5, 3000));
    expect([two.models.ms, two.seconds, two.bytes]).toEqual([null, null, 500 * 3100]);
    expect(run().models.ms).toBeNull();
  });
});
