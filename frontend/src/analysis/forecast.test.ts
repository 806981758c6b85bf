/** What stands beside a forecast: AR(32) or persistence, and the band of what a fit missed. */
import { describe, expect, it } from "vitest";
import type { Manifest } from "../wire/manifest";
import { FEWEST, ForecastTrack, RECENT } from "./forecast";
import type { SignalTrack } from "./signal";

const FIT = { of: "shipped", residuals: { before: [-2, 1], after: [-0.5, 0.25] }, ar32: [0.5, 0.25, 1] };

/** 0 … 63 in a mixed order, again and again: what the models of `track` miss. */
const error = (t: number): number => (t * 37) % RECENT;

/** Raw = 10 · value + 100; three models: shipped, fitted to this series, another. */
function track(more: { fit?: typeof FIT | null; task?: string; free?: number } = {}): ForecastTrack | null {
  const { fit = FIT, task = "forecast", free = 0 } = more;
  const models = [
    { fit: null, checkpoint: { name: "a", sha256: "shipped" } },
    { fit, checkpoint: { name: "b", sha256: "fitted" } },
    { fit: null, checkpoint: { name: "c", sha256: "other" } },
  ];
  const manifest = { models, task: { name: task, params: { free } }, signal: { scaling: { offset: 100, scale: 10 } } };
  const signal = {
    input: (t: number) => 100 + 10 * t,
    asked: (t: number) => t >= 4,
    target: (t: number) => error(t),
    output: () => 0,
  };
  return ForecastTrack.of(manifest as unknown as Manifest, signal as unknown as SignalTrack);
}

describe("beside a forecast", () => {
  it("stands nothing where the task is another", () => {
    expect(track({ task: "signal-recall" })).toBeNull();
  });

  it("stands the AR model that was fitted to the series, in the unit of the signal", () => {
    const forecast = track()!;
    expect(forecast.name).toBe("AR(32)");
    expect(forecast.baseline(0)).toBeNaN(); // it needs as many values as it has coefficients
    expect(forecast.baseline(4)).toBeCloseTo(100 + 10 * (0.5 * 4 + 0.25 * 3 + 1));
  });

  it("stands persistence where nothing was fitted", () => {
    const forecast = track({ fit: null })!;
    expect([forecast.name, forecast.baseline(4)]).toEqual(["persistence", 140]);
    expect(forecast.bandOf(0)).toBe("run");
  });

  it("stands the band of what a model without a fit missed in its last forecasts, once there are enough", () => {
    const forecast = track({ fit: null })!;
    expect(forecast.band(0, 4 + FEWEST - 1)).toBeNull(); // asked from step 4 on
    const band = forecast.band(0, 4 + FEWEST)!;
    const missed = Array.from({ length: FEWEST }, (_, k) => error(4 + k)).sort((a, b) => a - b);
    expect(band.below).toBeGreaterThanOrEqual(missed[0]!);
    expect(band.below).toBeLessThan(missed[1]!);
    expect(band.above).toBeLessThanOrEqual(missed.at(-1)!);
    expect(forecast.band(0, 400)!.above - forecast.band(0, 400)!.below).toBeCloseTo(0.9 * (RECENT - 1), 9);
    expect(track({ fit: null, free: 30 })!.band(0, 30)).toBeNull(); // from there on it hears itself
  });

  it("stands no baseline where models hear themselves", () => {
    const forecast = track({ free: 4 })!;
    expect(forecast.baseline(3)).not.toBeNaN();
    expect(forecast.baseline(4)).toBeNaN();
  });

  it("stands the band of what was missed after the fit, for the model it began from of what that missed", () => {
    const forecast = track()!;
    expect(forecast.band(1, 9)).toEqual({ below: -5, above: 2.5 });
    expect(forecast.band(0, 9)).toEqual({ below: -20, above: 10 });
    expect([0, 1, 2].map((stream) => forecast.bandOf(stream))).toEqual(["fit", "fit", "run"]);
  });
});
