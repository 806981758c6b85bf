/** The same bytes here, in V8, as on the server, in wasmtime. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { Engine } from "./engine";
import { parsePackage } from "./package";
import { Recomputation } from "./recompute";
import { givenOf, MODELS, packageBytes, packaged } from "./testengines";

afterEach(() => vi.unstubAllGlobals());

describe.each(MODELS)("the engine of a recorded %s", (name) => {
  const { pack, frames } = packaged(name);
  const given = givenOf(pack, frames);

  it("computes every bit that the server recorded, in parts of any length", async () => {
    for (const part of [1, 64, 150]) {
      const run = new Recomputation(await Engine.open(pack, 0));
      for (let t = 0; t < 150; t += part) run.take(frames.subarray(t * pack.row, (t + part) * pack.row), pack.row);
      expect(run.compared).toMatchObject({ steps: 150, differing: 0, first: null, error: 0 });
    }
  });

  it("goes on from a state as it went on before, also in another engine", async () => {
    const engine = await Engine.open(pack, 150);
    engine.run(given.subarray(0, 70 * pack.inputs));
    const state = engine.state();
    const rest = engine.run(given.subarray(70 * pack.inputs));
    expect(rest).toEqual(frames.slice(70 * pack.row));
    const other = await Engine.open(pack, 0);
    for (const again of [engine, other]) {
      again.load(state);
      expect(again.run(given.subarray(70 * pack.inputs))).toEqual(rest);
    }
  });

  it("goes on from what is written into its state", async () => {
    const engine = await Engine.open(pack, 0);
    engine.run(given.subarray(0, 70 * pack.inputs));
    const before = engine.state();
    for (const leaf of pack.leaves) {
      if (leaf.counted !== null || leaf.name === "output") continue;
      engine.load(before);
      engine.leaf(leaf).fill(0.25);
      expect(engine.leaf(leaf).every((value) => value === 0.25)).toBe(true);
      engine.run(given.subarray(70 * pack.inputs, 71 * pack.inputs));
    }
    engine.load(before);
    engine.leaf(pack.leaves[0]!).fill(0.25);
    const edited = engine.run(given.subarray(70 * pack.inputs));
    expect(edited).not.toEqual(frames.slice(70 * pack.row));
  });

  it("hears its own output from a step on", async () => {
    const engine = await Engine.open(pack, 0);
    const made = engine.run(given, 140);
    const { inputs, row } = pack;
    const heard = (t: number): number => made[t * row]!;
    const answered = (t: number): number => made[t * row + inputs]!;
    expect(heard(139)).toBe(given[139 * inputs]);
    for (let t = 140; t < 150; t++) expect(heard(t)).toBe(answered(t - 1));
  });
});

describe("a recording that is not what its model computes", () => {
  it("is found out at the first number that differs, NaN among them, and only there", async () => {
    const { pack, frames } = packaged("lstm");
    const wrong = frames.slice();
    const at = pack.row - 1;
    wrong[91 * pack.row + at]! += 0.5;
    wrong[120 * pack.row + at] = NaN;
    const run = new Recomputation(await Engine.open(pack, 0));
    run.take(wrong.subarray(0, 64 * pack.row), pack.row);
    expect(run.compared.first).toBeNull();
    run.take(wrong.subarray(64 * pack.row), pack.row);
    expect(run.compared).toMatchObject({ steps: 150, differing: 2, first: { step: 91, at }, error: Infinity });
  });

  it("is not one that holds more than the model's numbers", async () => {
    const { pack, frames } = packaged("dnc");
    const wide = Float32Array.from({ length: 3 * (pack.row + 2) }, (_, n) => {
      const [t, at] = [Math.floor(n / (pack.row + 2)), n % (pack.row + 2)];
      return at < pack.row ? frames[t * pack.row + at]! : NaN; // channels beside the signal, not measured
    });
    const run = new Recomputation(await Engine.open(pack, 0));
    expect(run.take(wide, pack.row + 2)).toMatchObject({ steps: 3, differing: 0 });
  });
});

describe("what cannot be run", () => {
  it("is said: no vectors, no package, another version", async () => {
    const bytes = packageBytes("lstm");
    expect(() => parsePackage(bytes.subarray(0, 3))).toThrow("3 bytes that are not whole");
    expect(() => parsePackage(bytes.subarray(0, bytes.length - 8))).toThrow("amid its state");
    const newer = new TextDecoder("latin1").decode(bytes).replace('"version":1', '"version":2');
    expect(() => parsePackage(Uint8Array.from(newer, (letter) => letter.charCodeAt(0)))).toThrow("version 2");
    const other = Uint8Array.of(2, 0, 0, 0, 123, 125);
    expect(() => parsePackage(other)).toThrow("another kind");
    const pack = parsePackage(bytes);
    await expect(Engine.open({ ...pack, code: bytes.slice(0, 40) }, 1)).rejects.toMatchObject({
      code: "refused-module",
    });
    vi.stubGlobal("WebAssembly", { ...WebAssembly, validate: () => false });
    await expect(Engine.open(pack, 1)).rejects.toMatchObject({ code: "no-vectors" });
  });
});
