/** What the lenses of the models say, for every answer they can give. */
import { describe, expect, it } from "vitest";
import { LENSES, type ModelLens } from "../../view/vocabulary";
import type { LensCache } from "../../recording/lens_cache.svelte";
import { stageOf } from "../teststage";
import { LENS_CHOICES, LENS_SAYS, lensMove, lensSources } from "./lenses";

/** A cache that has these rows and refusals, by stream. */
function cacheOf(rows: Record<number, number[]>, refusals: Record<number, string> = {}): LensCache {
  return {
    moves: (_: string, stream: number) => (rows[stream] ? Float64Array.from(rows[stream]) : null),
    refusal: (_: string, stream: number) => (refusals[stream] ? new Error(refusals[stream]) : null),
  } as unknown as LensCache;
}

/** Parts [t + 2] of step t, of these steps. */
function row(t: number, parts: Record<number, number>): number[] {
  return Array.from({ length: t + 2 }, (_, k) => parts[k - 1] ?? 0);
}

describe("a lens", () => {
  it("is one of those there are, each defined in a sentence that ends with its key", () => {
    expect(LENS_CHOICES.map(({ value }) => value)).toEqual(LENSES);
    for (const { title } of LENS_CHOICES) expect(title).toMatch(/^[A-Z].*\. \(V\)$/);
    expect(Object.entries(LENS_SAYS).map(([lens, { prose, note }]) => `${lens}: ${prose(7)} ${note}`)).toEqual([
      "sensitivity: How far each output at t = 7 moves with a small change of an input before it. Output per input, both as the models see them. One scale for all models: an arc is as wide as one step moves the output. Lens: sensitivity, ‖∂y/∂x‖.",
      "intervention: How far each output at t = 7 moves when an input before it is blanked and the run repeated. In the models' own units. One scale for all models: an arc is as wide as one step moves the output. Lens: intervention, one step blanked at a time.",
    ]);
  });

  it("says of each model the input that moved its output most, or why it cannot", async () => {
    const stage = await stageOf("memories", []);
    const cache = cacheOf(
      { 0: row(20, { 3: 0.6, 15: 0.4 }), 1: row(20, {}) },
      { 2: "This checkpoint is not on the server." },
    );
    const said = (t: number): string[] =>
      lensSources(stage, cache, "sensitivity", [0, 1, 2, 3], t).map(({ lane, text, why }) => `${lane.label}: ${text}${why ? ` (${why})` : ""}`); // prettier-ignore
    expect(said(20)).toEqual([
      "NTM: t = 3, 0.60",
      "DNC: nothing",
      "DNC with de-allocation: not to be had (This checkpoint is not on the server.)",
      "LSTM: …",
    ]);
    expect(said(132)[0]).toBe("NTM: no step");
  });

  it("moves by the input of a moment alone, in numbers that can be compared between models", () => {
    const lens: ModelLens = "intervention";
    const cache = cacheOf({ 0: [0, 0.2, 0.3, 0.15, 0.25], 1: [0, 4, 0.0021, 0, 0] }); // t = 3
    const said = [0, 1].map((stream) => [0, 1, 3].map((moment) => lensMove(cache, lens, stream, moment, 3)));
    expect(said).toEqual([
      ["0.20", "0.30", "0.25"],
      ["4.00", "0.0021", "0"],
    ]);
    expect(lensMove(cache, lens, 2, 2, 3)).toBe("…");
  });
});
