import { expect, it, vi } from "vitest";
import { statistics } from "./statistics";
import { stageOf } from "./teststage";

it("the numbers of a selection are those of its steps, both ends included", async () => {
  const stage = await stageOf("memories", []);
  for (const [a, b] of [
    [0, 131],
    [41, 41],
    [50, 61],
  ] as const) {
    const values = Array.from({ length: b - a + 1 }, (_, k) => stage.signal.shown(a + k)).filter(Number.isFinite);
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
    const got = statistics(stage, a, b);
    expect([got.steps, got.seconds]).toEqual([b - a + 1, (b - a + 1) / 36]);
    expect(got.signal!.mean).toBeCloseTo(mean, 9);
    expect(got.signal!.deviation).toBeCloseTo(Math.sqrt(variance), 7);
  }
});

it("a selection that reaches beyond the run counts the steps there are", async () => {
  const stage = await stageOf("memories", []);
  const [within, beyond] = [131, 400].map((b) => statistics(stage, 100, b));
  expect(beyond!.signal).toEqual(within!.signal);
});

it("a large offset costs the deviation no digits", async () => {
  const stage = await stageOf("memories", []);
  vi.spyOn(stage.signal, "shown").mockImplementation((t) => 1e9 + (t % 2 ? 0.25 : -0.25));
  const { signal } = statistics(stage, 0, 99);
  expect(signal).toEqual({ mean: 1e9, deviation: 0.25 });
});
