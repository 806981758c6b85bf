/** Engines of small models and what they recorded on the server (tests/engine/packages.py). */
import { readFileSync } from "node:fs";
import { ModelLog } from "../memory/model_log";
import type { ModelSpec } from "../wire/manifest";
import { parsePackage, type EnginePackage } from "./package";

export const MODELS = ["lstm", "dnc", "transformer"] as const;

const bytesOf = (file: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(`../../../tests/engine/packages/${file}`, import.meta.url)));

export function packageBytes(name: string): Uint8Array<ArrayBuffer> {
  return bytesOf(`${name}.engine`);
}

export function packaged(name: string): { pack: EnginePackage; frames: Float32Array<ArrayBuffer> } {
  return { pack: parsePackage(packageBytes(name)), frames: new Float32Array(bytesOf(`${name}.frames`).buffer) };
}

/** What the steps of frames were given, one after another. */
export function givenOf({ inputs, row }: EnginePackage, frames: Float32Array): Float32Array {
  const steps = frames.length / row;
  return Float32Array.from({ length: steps * inputs }, (_, n) => frames[Math.floor(n / inputs) * row + (n % inputs)]!);
}

/** A log of the frames of a model, as if a recording had brought them. */
export function logOf(name: string, change: (frames: Float32Array) => void = () => undefined): ModelLog {
  const { pack, frames } = packaged(name);
  change(frames);
  const tensor = (bank: string | null, name: string, at: number): object => ({ bank, name, offset: 4 * at });
  const spec = {
    stream: 0,
    engine: { kind: "wasm", emitter: 1, module: pack.module },
    frame: {
      bytes: 4 * pack.row,
      tensors: [
        tensor(null, "inputs", 0),
        tensor(null, "outputs", pack.inputs),
        tensor("memory", "gate", pack.inputs + 2),
      ],
    },
    keyframe: { bytes: 0, tensors: [] },
    banks: [],
  };
  const log = new ModelLog(spec as unknown as ModelSpec);
  log.putFrames(0, frames.length / pack.row, new Uint8Array(frames.buffer));
  return log;
}
