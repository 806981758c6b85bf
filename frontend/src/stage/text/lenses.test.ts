/** What the lenses of the models say, for every answer they can give. */
import { describe, expect, it } from "vitest";
import { LENSES, type ModelLens } from "../../view/vocabulary";
import type { LensCache } from "../../recording/lens_cache.svelte";
import { stageOf } from "../teststage";
import { LENS_CHOICES, LENS_SAYS, lensShare, lensSources } from "./lenses";

/** A cache that has these rows and refusals, by stream. */
function cacheOf(rows: Record<number, number[]>, refusals: Record<number, string> = {}): LensCache {
  return {
    parts: (_: string, stream: number) => (rows[stream] ? Float64Array.from(rows[stream]) : null),
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
      "sensitivity: How far each output at t = 7 moves with a small change of an input before it. Parts of all that moves it, over the steps looked at. Lens: sensitivity, ‖∂y/∂x‖.",
      "intervention: How far each output at t = 7 moves when an input before it is blanked and the run repeated. Parts of all that moves it, over the steps looked at. Lens: intervention, one step blanked at a time.",
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
      "NTM: t = 3, 60%",
      "DNC: nothing",
      "DNC with de-allocation: not to be had (This checkpoint is not on the server.)",
      "LSTM: …",
    ]);
    expect(said(132)[0]).toBe("NTM: no step");
  });

  it("counts of a moment the steps beside it too, as far as there are any", () => {
    const lens: ModelLens = "intervention";
    const cache = cacheOf({ 0: [0.1, 0.2, 0.3, 0.15, 0.25] }); // t = 3
    expect(lensShare(cache, lens, 0, 2, 3)).toBe("70%");
    expect(lensShare(cache, lens, 0, 0, 3)).toBe("50%");
    expect(lensShare(cache, lens, 0, 3, 3)).toBe("40%");
    expect(lensShare(cache, lens, 1, 2, 3)).toBe("…");
  });
});
