import { describe, expect, it } from "vitest";
import { ManifestError } from "./errors";
import { parseManifest } from "./manifest";
import { makeLog } from "./testlog";

const { raw } = makeLog(64, [{ slots: 5, width: 3 }, { units: 4 }]);

function withTraining(training: unknown): unknown {
  const [model, ...others] = raw["models"] as Record<string, unknown>[];
  return { ...raw, models: [{ ...model, id: "ntm@250", training }, ...others] };
}

describe("a moment of a training", () => {
  it("says of which training it is, and which moments there are", () => {
    const { models } = parseManifest(withTraining({ of: "ntm-copy", update: 250, updates: [0, 250, 1000], later: 1 }));
    expect(models[0]!.training).toEqual({
      of: "ntm-copy",
      update: 250,
      updates: [0, 250, 1000],
      label: models[0]!.label,
    });
    expect(models[1]!.training).toBeNull();
  });

  it.each([
    ["NTM, 250 updates", 250, undefined, "NTM"],
    ["NTM, 1 update", 1, undefined, "NTM"],
    ["A, B", 250, undefined, "A, B"],
    ["NTM, 250 updates", 250, "Mine", "Mine"],
  ])("labelled %j has a model's name, also where the recording is too old to say it", (label, update, known, name) => {
    const [model, ...others] = raw["models"] as Record<string, unknown>[];
    const training = { of: "ntm-copy", update, updates: [], ...(known && { label: known }) };
    const { models } = parseManifest({ ...raw, models: [{ ...model, label, training }, ...others] });
    expect(models[0]!.training!.label).toBe(name);
  });

  it.each([
    ["soon", "models[0].training"],
    [{ update: 250, updates: [] }, "models[0].training.of"],
    [{ of: "ntm-copy", update: -1, updates: [] }, "models[0].training.update"],
    [{ of: "ntm-copy", update: 1, updates: 3 }, "models[0].training.updates"],
    [{ of: "ntm-copy", update: 1, updates: [0, 1.5] }, "models[0].training.updates[1]"],
  ])("%j is refused by its place", (training, where) => {
    expect(() => parseManifest(withTraining(training))).toThrow(ManifestError);
    expect(() => parseManifest(withTraining(training))).toThrow(expect.objectContaining({ where }));
  });
});

describe("a copy made to be shared", () => {
  it("says which steps of the original it holds", () => {
    const excerpt = { first: 128, stop: 192, of: 1000, signal_stripped: true };
    expect(parseManifest({ ...raw, excerpt }).excerpt).toEqual({
      first: 128,
      stop: 192,
      of: 1000,
      signalStripped: true,
    });
    expect(parseManifest(raw).excerpt).toBeNull();
  });

  it.each([
    [[], "excerpt"],
    [{ first: 0, stop: 64 }, "excerpt.of"],
    [{ first: 64, stop: 64, of: 100 }, "excerpt"],
    [{ first: 0, stop: 128, of: 100 }, "excerpt"],
    [{ first: 0, stop: 64, of: 100, signal_stripped: "yes" }, "excerpt.signal_stripped"],
  ])("%j is refused by its place", (excerpt, where) => {
    expect(() => parseManifest({ ...raw, excerpt })).toThrow(expect.objectContaining({ where }));
  });
});

describe("a fit", () => {
  const withFit = (fit: unknown): unknown => {
    const raw = JSON.parse(JSON.stringify(withTraining(undefined))) as { models: object[] };
    raw.models[0] = { ...raw.models[0], fit };
    return raw;
  };

  it("says from which weights it began, what it missed, and the baseline of its series", () => {
    const fit = { of: null, residuals: { after: [-0.5, 0.5] }, ar32: [0.5, 0], later: 1 };
    const { models } = parseManifest(withFit(fit));
    expect(models[0]!.fit).toEqual({ of: null, residuals: { after: [-0.5, 0.5] }, ar32: [0.5, 0], period: null });
    expect(models[1]!.fit).toBeNull();
  });

  it.each([
    ["soon", "models[0].fit"],
    [{ of: null, residuals: { after: ["x"] }, ar32: [] }, "models[0].fit.residuals.after[0]"],
    [{ of: null, residuals: {}, ar32: [null] }, "models[0].fit.ar32[0]"],
  ])("%j is refused by its place", (fit, where) => {
    expect(() => parseManifest(withFit(fit))).toThrow(expect.objectContaining({ where }));
  });
});
