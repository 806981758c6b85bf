import { describe, expect, it } from "vitest";
import { EngineError } from "../../engine/errors";
import { recompute } from "../../engine/recomputed";
import { logOf, packageBytes } from "../../engine/testengines";
import type { ModelSpec } from "../../wire/manifest";
import { Recomputations } from "./recomputations.svelte";
import { enginesSize, foundText, progressText } from "./words";

const here = (...[log, bytes, options]: Parameters<typeof recompute>): ReturnType<typeof recompute> =>
  recompute(log, bytes, { ...options, spawn: null });

describe("the models of a recording", () => {
  it("are run again one at a time, and what was found stays", async () => {
    const asked: number[] = [];
    const models = new Recomputations(async (stream) => (asked.push(stream), packageBytes("dnc")), here);
    const log = logOf("dnc");
    expect([models.offered, models.of(0)]).toEqual([true, null]);
    const done = models.start(0, log);
    expect(models.of(0)).toMatchObject({ phase: "running", of: 150, compared: null });
    await models.start(0, log); // it runs already
    await done;
    expect(models.of(0)).toMatchObject({ phase: "done", found: { steps: 150, differing: 0 } });
    expect(models.of(1)).toBeNull();
    expect(asked).toEqual([0]);
  });

  it("are refused with the reason, and can be tried again", async () => {
    let here = false;
    const models = new Recomputations(
      () =>
        here
          ? Promise.resolve(packageBytes("lstm"))
          : Promise.reject(new EngineError("no-engine", "the weights are not here")),
      (log, bytes, options) => recompute(log, bytes, { ...options, spawn: null }),
    );
    await models.start(0, logOf("lstm"));
    expect(models.of(0)).toMatchObject({ phase: "failed", error: { message: "the weights are not here" } });
    here = true;
    await models.start(0, logOf("lstm"));
    expect(models.of(0)).toMatchObject({ phase: "done" });
    expect(new Recomputations(null).offered).toBe(false);
  });

  it("are left alone once the recording is closed", async () => {
    const models = new Recomputations(async () => packageBytes("lstm"), here);
    const started = models.start(0, logOf("lstm"));
    models.close();
    await started;
    expect(models.of(0)).toMatchObject({ phase: "running" });
  });
});

describe("what was found", () => {
  const spec = logOf("lstm").spec;
  const same = { steps: 150, differing: 0, first: null, error: 0, ms: 3, module: spec.engine!.module! };

  it("is said in a sentence", () => {
    expect(foundText(same, spec)).toEqual({
      text: "Recomputed here: every bit of 150 steps agrees. 0.020 ms a step.",
      agrees: true,
    });
    expect(foundText({ ...same, steps: 0 }, spec).text).toBe("Nothing to recompute yet.");
    expect(progressText(same, 300)).toBe("150 steps of 300 recomputed …");
  });

  it("is rounding where another engine made the recording, and no more than that", () => {
    const near = { ...same, differing: 40, first: { step: 2, at: 3 }, error: 3.2e-7 };
    const torch = { ...spec, engine: null } as ModelSpec;
    const older = { ...spec, engine: { kind: "wasm", emitter: 1, module: "other" } } as ModelSpec;
    expect(foundText(near, torch)).toMatchObject({
      agrees: true,
      text: expect.stringMatching(/agree to 3e-7; torch made/),
    });
    expect(foundText(near, older)).toMatchObject({
      agrees: true,
      text: expect.stringMatching(/another version of the/),
    });
    for (const [found, of] of [
      [near, spec], // the same module computes the same bits
      [{ ...near, error: 0.2 }, torch],
    ] as const)
      expect(foundText(found, of)).toMatchObject({ agrees: false, text: expect.stringMatching(/from t = 2 on/) });
  });

  it("names the first tensor that differs", () => {
    const at = (place: number): string =>
      foundText({ ...same, differing: 1, first: { step: 9, at: place }, error: 0.5 }, spec).text;
    expect(at(1)).toContain("first in inputs; 1 number differs, by up to 0.500");
    expect(at(7)).toContain("first in outputs");
    expect(at(9)).toContain("first in memory gate");
  });
});

it("an export with models is larger by their weights, at most", () => {
  expect(enginesSize([{ parameters: 300 }, { parameters: 30 }])).toBe(1485 + 2 * 8192);
});
