/** What a bank of each kind must say of itself and record: refused where a log is opened, with the path of the first wrong key. */
import { describe, expect, it } from "vitest";
import { RecordingLog } from "../log";
import { ManifestError } from "../../wire/errors";
import { parseManifest } from "../../wire/manifest";
import { changed, makeLog, seeded } from "../../wire/testlog";

const { raw } = makeLog(64, [{ slots: 5, width: 3 }, { units: 4 }, { width: 2, heads: 2 }]);
const open = (manifest: unknown): RecordingLog => new RecordingLog(parseManifest(manifest));

describe("a bank", () => {
  it.each([
    [["models", 0, "frame", "tensors", 1, "name"], "elsewhere", "models[0].frame"],
    [["models", 0, "keyframe"], { bytes: 0, tensors: [] }, "models[0].keyframe"],
    [["models", 0, "banks", 0, "kind"], "stack", "models[0].banks[0].kind"],
    [["models", 0, "banks", 0, "slots"], null, "models[0].banks[0].slots"],
    [["models", 0, "banks", 0, "width"], 4, "models[0].frame: memory.erase"],
    [["models", 2, "banks", 0, "read_heads"], 3, "models[2].banks[0]"],
    [["models", 2, "banks", 0, "direct"], true, "models[2].banks[0].direct"],
    [["models", 1, "banks", 0, "gated"], true, "models[1].banks[0].gated"],
    [["models", 2, "banks", 0, "bias_slopes"], [0.5], "models[2].banks[0].bias_slopes"],
    [["models", 0, "banks", 0, "bias_slopes"], [0.5], "models[0].banks[0].bias_slopes"],
    [["models", 1, "banks", 0, "kind"], "recurrent", "models[1].frame"],
    [["models", 1, "banks", 0, "kind"], "associative", "models[1].banks[0].slots"],
    [["models", 1, "banks", 0, "read_heads"], 2, "models[1].banks[0]"],
    [["models", 0, "banks", 0, "links"], true, "models[0].keyframe"],
    [["models", 2, "banks", 0, "slots"], 9, "models[2].banks[0]"],
  ] as [(string | number)[], unknown, string][])("with %j = %j is refused at its place", (path, value, where) => {
    const copy = changed(raw, path, value);
    expect(() => open(copy)).toThrow(ManifestError);
    expect(() => open(copy)).toThrow(expect.objectContaining({ where }) as Error);
    expect(() => open(copy)).toThrow(", got ");
  });

  it("names the kinds there are, and which may say what", () => {
    expect(() => open(changed(raw, ["models", 0, "banks", 0, "kind"], "stack"))).toThrow(
      "wanted a bank of kind matrix, cell, append, recurrent, associative, got stack",
    );
    expect(() => open(changed(raw, ["models", 1, "banks", 0, "gated"], true))).toThrow(
      "wanted gated only on a bank of kind append, got cell",
    );
  });

  it("of any shape is taken or refused by name, never anything else", () => {
    const random = seeded(4);
    const junk = [null, undefined, -1, 0, 1, 1.5, 64, "", "cell", "append", "associative", [], [0.5], {}, true];
    const keys = [
      "kind",
      "slots",
      "width",
      "write_heads",
      "read_heads",
      "usage",
      "links",
      "direct",
      "gated",
      "bias_slopes",
    ];
    for (let trial = 0; trial < 600; trial++) {
      const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
      let copy: unknown = raw;
      for (let n = 0; n < 2; n++) {
        const path = ["models", Math.floor(random() * 3), "banks", 0, pick(keys)];
        copy = changed(copy as Record<string, unknown>, path, pick(junk));
      }
      try {
        open(copy);
      } catch (error) {
        if (!(error instanceof ManifestError)) throw error;
      }
    }
  });
});
