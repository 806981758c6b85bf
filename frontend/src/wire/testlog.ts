/** Logs made by hand for tests and benchmarks: random but valid, with the states and read vectors that follow (testbanks.ts). */
import { parseManifest } from "./manifest";
import type { Manifest } from "./manifest";
import { encodeMessage } from "./messages";
import { makeBank, random32, seeded, type BankShape, type Tensor } from "./testbanks";

export { seeded } from "./testbanks";
export type { AppendShape, BankShape, MatrixShape } from "./testbanks";

export interface Made {
  manifest: Manifest;
  raw: Record<string, unknown>;
  /** One message per stream, kind and chunk; keyframes of a chunk before its frames. */
  messages: Uint8Array<ArrayBuffer>[];
  /** Per model, state before step t (t = 0 … steps): memory, cell, hidden state. Empty for attention. */
  states: Float64Array[][];
}

/** A task of bits: `width` of them, stored at steps 0 … half − 1 and asked for from step half on, with random answers. */
export interface Asked {
  width: number;
  half: number;
}

export function makeLog(steps: number, shapes: readonly BankShape[], seed = 1, asked: Asked | null = null): Made {
  const random = seeded(seed);
  const messages: Uint8Array<ArrayBuffer>[] = [];
  const states: Float64Array[][] = [];
  const models: Record<string, unknown>[] = [];
  shapes.forEach((shape, stream) => {
    const made = makeBank(steps, shape, random);
    const inputs = { bank: null, name: "inputs", shape: [1], rows: random32(steps, 1, random) };
    const frame = layout([...(asked ? bitsOf(steps, asked, random, seed) : [inputs]), ...made.tensors]);
    const keyframe = layout(made.keyframes);
    models.push({
      id: `m${stream}`,
      label: `Model ${stream}`,
      paradigm: "ntm",
      glyph: "ntm",
      task: "copy",
      banks: [made.bank],
      frame: frame.json,
      keyframe: keyframe.json,
    });
    states.push(made.states);
    for (let first = 0; first < steps; first += 64) {
      if (keyframe.bytes > 0) {
        messages.push(
          encodeMessage({ stream, kind: "keyframe", first, count: 1, payload: keyframe.pack(first / 64, 1) }),
        );
      }
      const count = Math.min(64, steps - first);
      messages.push(encodeMessage({ stream, kind: "frames", first, count, payload: frame.pack(first, count) }));
    }
  });
  const raw = {
    format: "mnemoscope-recording",
    version: 1,
    id: "made-by-hand",
    title: "Made by hand",
    created: "2026-11-21T00:00:00Z",
    seed,
    status: "ended",
    steps,
    keyframe_every: 64,
    task: { name: "copy", values: asked ? "bits" : "real", params: {}, events: asked ? eventsOf(steps, asked) : [] },
    signal: null,
    models,
  };
  return { manifest: parseManifest(raw), raw, messages, states };
}

/** Inputs and targets are those of the seed, so that all models see the same; answers are each model's own. */
function bitsOf(steps: number, { width, half }: Asked, random: () => number, seed: number): Tensor[] {
  const shared = seeded(seed + 1000);
  const rows = (of: (t: number) => number[]): Float32Array[] =>
    Array.from({ length: steps }, (_, t) => Float32Array.from(of(t)));
  const bits = (from: () => number): number[] => Array.from({ length: width }, from);
  const stored = Array.from({ length: half }, () => bits(() => (shared() < 0.5 ? 0 : 1)));
  const none = bits(() => 0);
  return [
    { bank: null, name: "inputs", shape: [width], rows: rows((t) => (t < half ? stored[t]! : none)) },
    { bank: null, name: "targets", shape: [width], rows: rows((t) => (t < half ? none : (stored[t - half] ?? none))) },
    { bank: null, name: "mask", shape: [1], rows: rows((t) => [t < half ? 0 : 1]) },
    { bank: null, name: "outputs", shape: [width], rows: rows(() => bits(() => (random() + 1) / 2)) },
  ];
}

function eventsOf(steps: number, { half }: Asked): Record<string, unknown>[] {
  return [
    { kind: "store", step: 0, until: half, label: "Vectors" },
    { kind: "recall", step: half, until: steps, label: "Copy" },
  ];
}

function layout(tensors: Tensor[]): {
  json: Record<string, unknown>;
  bytes: number;
  pack: (first: number, count: number) => Uint8Array;
} {
  let floats = 0;
  const entries = tensors.map(({ bank, name, shape }) => {
    const offset = floats * 4;
    floats += shape.reduce((a, b) => a * b, 1);
    return { name, bank, role: "", axes: shape.map((_, i) => `axis${i}`), shape, dtype: "float32", offset };
  });
  const pack = (first: number, count: number): Uint8Array => {
    const out = new Float32Array(floats * count);
    for (let i = 0, at = 0; i < count; i++) {
      for (const { rows } of tensors) {
        out.set(rows[first + i]!, at);
        at += rows[first + i]!.length;
      }
    }
    return new Uint8Array(out.buffer);
  };
  return { json: { bytes: floats * 4, tensors: entries }, bytes: floats * 4, pack };
}

/** A copy of a good manifest with one place changed. */
export function changed(raw: Record<string, unknown>, path: (string | number)[], value: unknown): unknown {
  const copy = structuredClone(raw) as Record<string | number, unknown>;
  let at = copy;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  if (value === undefined) delete at[path.at(-1)!];
  else at[path.at(-1)!] = value;
  return copy;
}
