/**
 * Logs made by hand for tests and benchmarks: random but valid, with the states and read vectors that follow from them.
 * The states are computed by the plainest loops there are, so they can serve as the expected values.
 */
import { parseManifest } from "./manifest";
import type { Manifest } from "./manifest";
import { encodeMessage } from "./messages";

export interface MatrixShape {
  slots: number;
  width: number;
  writeHeads?: number;
  readHeads?: number;
  deallocation?: boolean;
  /** Leave the read vectors to be derived, as real models do. */
  unread?: boolean;
  /** Powers that addresses are raised to: 1 = spread over all slots, 40 = nearly one slot. */
  sharpness?: number;
}

export interface CellShape {
  units: number;
}

export interface AppendShape {
  width: number;
  heads: number;
}

type Tensor = { bank: string | null; name: string; shape: number[]; rows: Float32Array[] };

export interface Made {
  manifest: Manifest;
  raw: Record<string, unknown>;
  /** One message per stream, kind and chunk; keyframes of a chunk before its frames. */
  messages: Uint8Array<ArrayBuffer>[];
  /** Per model, state before step t (t = 0 … steps): memory or cell. Empty for attention. */
  states: Float64Array[][];
}

/** Seeded random numbers 0 … 1 (mulberry32). */
export function seeded(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let x = Math.imul(a ^ (a >>> 15), a | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
}

export function makeLog(steps: number, shapes: (MatrixShape | CellShape | AppendShape)[], seed = 1): Made {
  const random = seeded(seed);
  const messages: Uint8Array<ArrayBuffer>[] = [];
  const states: Float64Array[][] = [];
  const models: Record<string, unknown>[] = [];
  shapes.forEach((shape, stream) => {
    const made =
      "slots" in shape
        ? matrix(steps, shape, random)
        : "units" in shape
          ? cell(steps, shape, random)
          : append(steps, shape, random);
    const inputs = { bank: null, name: "inputs", shape: [1], rows: random32(steps, 1, random) };
    const frame = layout([inputs, ...made.tensors]);
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
    task: { name: "copy", values: "real", params: {}, events: [] },
    signal: null,
    models,
  };
  return { manifest: parseManifest(raw), raw, messages, states };
}

interface Bank {
  bank: Record<string, unknown>;
  tensors: Tensor[];
  /** One row per chunk. */
  keyframes: Tensor[];
  states: Float64Array[];
}

function matrix(steps: number, shape: MatrixShape, random: () => number): Bank {
  const { slots, width, writeHeads = 1, readHeads = 1, deallocation = false, sharpness = 8, unread = false } = shape;
  const address = (): Float32Array => {
    const peaks = Array.from({ length: slots }, () => random() ** sharpness);
    const sum = peaks.reduce((a, b) => a + b, 0);
    return Float32Array.from(peaks, (peak) => peak / sum);
  };
  const many = (heads: number): Float32Array[] =>
    Array.from({ length: steps }, () => Float32Array.from(Array.from({ length: heads }, () => [...address()]).flat()));
  const write = many(writeHeads);
  const read = many(readHeads);
  const erase = random32(steps, writeHeads * width, random);
  const vectors = random32(steps, writeHeads * width, random, 2, -1);
  const free = random32(steps, readHeads, random);
  let memory = Float64Array.from({ length: slots * width }, () => Math.fround(random() * 0.2 - 0.1));
  const states = [memory];
  const reads: Float32Array[] = [];
  const before: Float32Array[] = [];
  for (let t = 0; t < steps; t++) {
    const last = t > 0 ? read[t - 1]! : new Float32Array(readHeads * slots);
    if (t % 64 === 0) before.push(last);
    const next = new Float64Array(slots * width);
    for (let i = 0; i < slots; i++) {
      for (let j = 0; j < width; j++) {
        let m = memory[i * width + j]!;
        for (let h = 0; h < writeHeads; h++) m *= 1 - write[t]![h * slots + i]! * erase[t]![h * width + j]!;
        for (let h = 0; h < readHeads && deallocation; h++) m *= 1 - free[t]![h]! * last[h * slots + i]!;
        for (let h = 0; h < writeHeads; h++) m += write[t]![h * slots + i]! * vectors[t]![h * width + j]!;
        next[i * width + j] = m;
      }
    }
    memory = next;
    states.push(memory);
    const r = new Float32Array(readHeads * width);
    for (let h = 0; h < readHeads; h++) {
      for (let i = 0; i < slots; i++) {
        for (let j = 0; j < width; j++) r[h * width + j]! += read[t]![h * slots + i]! * memory[i * width + j]!;
      }
    }
    reads.push(r);
  }
  const chunks = (rows: ArrayLike<number>[]): Float32Array[] =>
    rows.filter((_, t) => t % 64 === 0 && t < steps).map((row) => Float32Array.from(row));
  const bank = "memory";
  return {
    bank: { name: bank, kind: "matrix", slots, width, write_heads: writeHeads, read_heads: readHeads, deallocation },
    tensors: [
      { bank, name: "write_weights", shape: [writeHeads, slots], rows: write },
      { bank, name: "erase", shape: [writeHeads, width], rows: erase },
      { bank, name: "write_vectors", shape: [writeHeads, width], rows: vectors },
      { bank, name: "read_weights", shape: [readHeads, slots], rows: read },
      ...(unread ? [] : [{ bank, name: "read_vectors", shape: [readHeads, width], rows: reads }]),
      ...(deallocation ? [{ bank, name: "free_gates", shape: [readHeads], rows: free }] : []),
    ],
    keyframes: [
      { bank, name: "memory", shape: [slots, width], rows: chunks(states) },
      ...(deallocation ? [{ bank, name: "read_weights", shape: [readHeads, slots], rows: before }] : []),
    ],
    states,
  };
}

function cell(steps: number, { units }: CellShape, random: () => number): Bank {
  const forget = random32(steps, units, random, 0.5, 0.5);
  const input = random32(steps, units, random);
  const output = random32(steps, units, random);
  const candidates = random32(steps, units, random, 2, -1);
  const states = [Float64Array.from({ length: units }, () => Math.fround(random() - 0.5))];
  const hidden: Float32Array[] = [];
  for (let t = 0; t < steps; t++) {
    const c = states[t]!.map((before, u) => forget[t]![u]! * before + input[t]![u]! * candidates[t]![u]!);
    states.push(c);
    hidden.push(Float32Array.from(c, (value, u) => output[t]![u]! * Math.tanh(value)));
  }
  const bank = "cell";
  const shape = [units];
  return {
    bank: { name: bank, kind: "cell", slots: null, width: units, write_heads: 1, read_heads: 1 },
    tensors: [
      { bank, name: "forget_gate", shape, rows: forget },
      { bank, name: "input_gate", shape, rows: input },
      { bank, name: "write_vectors", shape, rows: candidates },
      { bank, name: "output_gate", shape, rows: output },
      { bank, name: "read_vectors", shape, rows: hidden },
    ],
    keyframes: [
      {
        bank,
        name: "cell",
        shape,
        rows: states.filter((_, t) => t % 64 === 0 && t < steps).map((row) => Float32Array.from(row)),
      },
    ],
    states,
  };
}

function append(steps: number, { width, heads }: AppendShape, random: () => number): Bank {
  const [queries, keys, values] = ["queries", "keys", "values"].map(() =>
    random32(steps, heads * width, random, 4, -2),
  );
  const reads = queries!.map((query, t) => {
    const read = new Float32Array(heads * width);
    for (let h = 0; h < heads; h++) {
      const of = (rows: Float32Array[], s: number): Float32Array => rows[s]!.subarray(h * width, (h + 1) * width);
      const q = query.subarray(h * width, (h + 1) * width);
      const powers = Array.from({ length: t + 1 }, (_, s) =>
        Math.exp(of(keys!, s).reduce((sum, k, j) => sum + k * q[j]!, 0) / Math.sqrt(width)),
      );
      const sum = powers.reduce((a, b) => a + b, 0);
      powers.forEach((power, s) => of(values!, s).forEach((v, j) => (read[h * width + j]! += (power / sum) * v)));
    }
    return read;
  });
  const bank = "layer0";
  const shape = [heads, width];
  return {
    bank: { name: bank, kind: "append", slots: null, width, write_heads: heads, read_heads: heads },
    tensors: [
      { bank, name: "queries", shape, rows: queries! },
      { bank, name: "keys", shape, rows: keys! },
      { bank, name: "values", shape, rows: values! },
      { bank, name: "read_vectors", shape, rows: reads },
    ],
    keyframes: [],
    states: [],
  };
}

function random32(steps: number, size: number, random: () => number, scale = 1, offset = 0): Float32Array[] {
  return Array.from({ length: steps }, () => Float32Array.from({ length: size }, () => random() * scale + offset));
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
