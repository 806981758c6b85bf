import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { changed, makeLog, seeded } from "./testlog";
import { ManifestError } from "./errors";
import { MAX_BESIDE, parseManifest } from "./manifest";

const { raw } = makeLog(64, [{ slots: 5, width: 3 }, { units: 4 }, { width: 2, heads: 2 }]);

function refusal(value: unknown): ManifestError {
  try {
    parseManifest(value);
  } catch (error) {
    if (error instanceof ManifestError) return error;
    throw error;
  }
  throw new Error("was taken");
}

describe("a manifest", () => {
  it("has as many channels beside the signal as the server takes", () => {
    const { components } = JSON.parse(readFileSync(new URL("openapi.json", import.meta.url), "utf8")) as {
      components: { schemas: { Window: { properties: { beside: { maxItems: number } } } } };
    };
    expect(components.schemas.Window.properties.beside.maxItems).toBe(MAX_BESIDE);
  });

  it("says what its numbers are, and where an older one does not, its task does", () => {
    const values = (task: object): string =>
      parseManifest(changed(raw, ["task"], { params: {}, events: [], ...task })).task.values;
    expect(values({ name: "mine", values: "bits" })).toBe("bits");
    expect(values({ name: "copy", values: "real" })).toBe("real");
    expect([values({ name: "copy" }), values({ name: "ngrams" }), values({ name: "forecast" })]).toEqual([
      "bits",
      "bits",
      "real",
    ]);
    expect(refusal(changed(raw, ["task", "values"], "letters")).where).toBe("task.values");
  });

  it("comes out typed, with what later versions add set aside", () => {
    const manifest = parseManifest({ ...raw, later: 1, failures: [{ stream: 1, step: 9, reason: "NaN" }] });
    expect(manifest.models.map((model) => model.banks[0]!.kind)).toEqual(["matrix", "cell", "append"]);
    expect(manifest.models[0]!.frame.tensors[1]).toMatchObject({
      bank: "memory",
      name: "write_weights",
      size: 5,
      offset: 4,
    });
    expect(manifest.failures).toEqual([{ stream: 1, step: 9, reason: "NaN", tensor: null }]);
    expect(manifest.raw["later"]).toBe(1);
  });

  it("names the engine of each model, where it does", () => {
    const engine = { kind: "wasm", emitter: 1, module: "ab".repeat(32) };
    expect(parseManifest(changed(raw, ["models", 1, "engine"], engine)).models.map((model) => model.engine)).toEqual([
      null,
      engine,
      null,
    ]);
    const torch = parseManifest(changed(raw, ["models", 0, "engine"], { kind: "torch" })).models[0]!.engine;
    expect(torch).toEqual({ kind: "torch", emitter: null, module: null });
    expect(refusal(changed(raw, ["models", 0, "engine"], { kind: "steam" })).where).toBe("models[0].engine.kind");
  });

  it("of a newer version is refused with the way out", () => {
    const error = refusal(changed(raw, ["version"], 2));
    expect(error.code).toBe("newer-version");
    expect(error.message).toContain("version 2");
    expect(error.cure).toContain("pip install --upgrade");
  });

  it.each([
    [["format"], "png", "format"],
    [["version"], "1", "version"],
    [["keyframe_every"], 32, "keyframe_every"],
    [["models"], {}, "models"],
    [["models"], [], "models"],
    [["models", 1, "id"], "m0", "models"],
    [["models", 0, "frame", "bytes"], 30, "models[0].frame.bytes"],
    [["models", 0, "frame", "bytes"], 1e12, "models[0].frame.bytes"],
    [["models", 0, "frame", "tensors", 1, "offset"], 400, "models[0].frame.tensors[1]"],
    [["models", 0, "frame", "tensors", 1, "offset"], -4, "models[0].frame.tensors[1].offset"],
    [["models", 0, "frame", "tensors", 1, "shape"], [1, 1e9], "models[0].frame.tensors[1].shape[1]"],
    [["models", 0, "frame", "tensors", 1, "dtype"], "float16", "models[0].frame.tensors[1].dtype"],
    [["models", 0, "banks", 0, "kind"], 3, "models[0].banks[0].kind"],
    [["models", 0, "banks", 0, "width"], 0, "models[0].banks[0].width"],
    [["models", 2, "banks", 0, "read_heads"], 0, "models[2].banks[0]"],
    [["models", 1, "banks", 0, "direct"], 1, "models[1].banks[0].direct"],
    [["models", 2, "banks", 0, "bias_slopes"], [0.5, "x"], "models[2].banks[0].bias_slopes[1]"],
    [["task", "events"], [{ step: "x" }], "task.events[0].step"],
    [["failures"], [{ stream: 9, step: 0 }], "failures[0].stream"],
  ] as [(string | number)[], unknown, string][])("with %j = %j is refused at its place", (path, value, where) => {
    const error = refusal(changed(raw, path, value));
    expect(error.where).toBe(where);
    expect(error.message).toContain(", got ");
  });

  it("of any shape is taken or refused by name, never anything else", () => {
    const random = seeded(3);
    const junk = [null, undefined, -1, 1.5, 1e308, NaN, "", "x", [], {}, true, [[]], { length: 3 }];
    const places: (string | number)[][] = [];
    const walk = (value: unknown, path: (string | number)[]): void => {
      if (typeof value !== "object" || value === null) return;
      for (const key of Object.keys(value)) {
        const here = [...path, Array.isArray(value) ? Number(key) : key];
        places.push(here);
        walk((value as Record<string, unknown>)[key], here);
      }
    };
    walk(raw, []);
    for (let trial = 0; trial < 600; trial++) {
      const path = places[Math.floor(random() * places.length)]!;
      try {
        parseManifest(JSON.parse(JSON.stringify(changed(raw, path, junk[Math.floor(random() * junk.length)]))));
      } catch (error) {
        if (!(error instanceof ManifestError)) throw error;
      }
    }
  });
});
