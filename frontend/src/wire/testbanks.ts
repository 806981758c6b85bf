/**
 * Banks made by hand for tests and benchmarks, one of each kind: random but valid, with the states and read vectors that follow from
 * them. The states are computed by the plainest loops there are, so they can serve as the expected values.
 */

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
  /** The cell itself is read, as of a GRU. */
  direct?: boolean;
}

export interface RecurrentShape {
  recurrent: number;
}

export interface AssociativeShape {
  keys: number;
  width: number;
  heads: number;
  /** "unit": keys of length 1 and gates below 1. "any": keys of any length, gates of any size. "additive": also nothing is overwritten. */
  lengths: "unit" | "any" | "additive";
}

export interface AppendShape {
  width: number;
  heads: number;
  /** Every seventh step makes no slot, every ninth reads nothing. */
  gated?: boolean;
  /** Bias by distance, a slope per head. */
  slopes?: readonly number[];
}

export type BankShape = MatrixShape | CellShape | RecurrentShape | AssociativeShape | AppendShape;

export type Tensor = { bank: string | null; name: string; shape: number[]; rows: Float32Array[] };

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

export interface Bank {
  bank: Record<string, unknown>;
  tensors: Tensor[];
  /** One row per chunk. */
  keyframes: Tensor[];
  states: Float64Array[];
}

export function makeBank(steps: number, shape: BankShape, random: () => number): Bank {
  if ("slots" in shape) return matrix(steps, shape, random);
  if ("units" in shape) return cell(steps, shape, random);
  if ("recurrent" in shape) return recurrent(steps, shape, random);
  return "keys" in shape ? associative(steps, shape, random) : append(steps, shape, random);
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
      { bank, name: "memory", shape: [slots, width], rows: chunks(states, steps) },
      ...(deallocation ? [{ bank, name: "read_weights", shape: [readHeads, slots], rows: before }] : []),
    ],
    states,
  };
}

function cell(steps: number, { units, direct = false }: CellShape, random: () => number): Bank {
  const forget = random32(steps, units, random, 0.5, 0.5);
  const input = random32(steps, units, random);
  const output = random32(steps, units, random);
  const candidates = random32(steps, units, random, 2, -1);
  const states = [Float64Array.from({ length: units }, () => Math.fround(random() - 0.5))];
  const hidden: Float32Array[] = [];
  for (let t = 0; t < steps; t++) {
    const c = states[t]!.map((before, u) => forget[t]![u]! * before + input[t]![u]! * candidates[t]![u]!);
    states.push(c);
    hidden.push(Float32Array.from(c, (value, u) => (direct ? value : output[t]![u]! * Math.tanh(value))));
  }
  const bank = "cell";
  const shape = [units];
  return {
    bank: { name: bank, kind: "cell", slots: null, width: units, write_heads: 1, read_heads: 1, direct },
    tensors: [
      { bank, name: "forget_gate", shape, rows: forget },
      { bank, name: "input_gate", shape, rows: input },
      { bank, name: "write_vectors", shape, rows: candidates },
      ...(direct ? [] : [{ bank, name: "output_gate", shape, rows: output }]),
      { bank, name: "read_vectors", shape, rows: hidden },
    ],
    keyframes: [
      {
        bank,
        name: "cell",
        shape,
        rows: chunks(states, steps),
      },
    ],
    states,
  };
}

function append(steps: number, shape: AppendShape, random: () => number): Bank {
  const { width, heads, gated = false, slopes } = shape;
  const wrote = (s: number): boolean => !gated || s % 7 !== 3;
  const looked = (t: number): boolean => !gated || t % 9 !== 4;
  const [queries, keys, values] = ["queries", "keys", "values"].map(() =>
    random32(steps, heads * width, random, 4, -2),
  );
  const reads = queries!.map((query, t) => {
    const read = new Float32Array(heads * width);
    for (let h = 0; h < heads; h++) {
      const of = (rows: Float32Array[], s: number): Float32Array => rows[s]!.subarray(h * width, (h + 1) * width);
      const q = query.subarray(h * width, (h + 1) * width);
      const powers = Array.from({ length: t + 1 }, (_, s) => {
        const score = of(keys!, s).reduce((sum, k, j) => sum + k * q[j]!, 0) / Math.sqrt(width);
        return wrote(s) && looked(t) ? Math.exp(score - (slopes?.[h] ?? 0) * (t - s)) : 0;
      });
      const sum = powers.reduce((a, b) => a + b, 0) || 1;
      powers.forEach((power, s) => of(values!, s).forEach((v, j) => (read[h * width + j]! += (power / sum) * v)));
    }
    return read;
  });
  const bank = "layer0";
  const rows = [heads, width];
  const gate = (open: (t: number) => boolean): Float32Array[] =>
    Array.from({ length: steps }, (_, t) => Float32Array.of(open(t) ? 1 : 0));
  return {
    bank: {
      ...{ name: bank, kind: "append", slots: null, width, write_heads: heads, read_heads: heads },
      ...(gated && { gated }),
      ...(slopes && { bias_slopes: slopes }),
    },
    tensors: [
      { bank, name: "queries", shape: rows, rows: queries! },
      { bank, name: "keys", shape: rows, rows: keys! },
      { bank, name: "values", shape: rows, rows: values! },
      { bank, name: "read_vectors", shape: rows, rows: reads },
      ...(gated
        ? [
            { bank, name: "write_gate", shape: [1], rows: gate(wrote) },
            { bank, name: "read_gate", shape: [1], rows: gate(looked) },
          ]
        : []),
    ],
    keyframes: [],
    states: [],
  };
}

/** Elman network whose recurrent weights are a contraction, so that nothing it holds can grow. */
function recurrent(steps: number, { recurrent: units }: RecurrentShape, random: () => number): Bank {
  const weights = random32(1, units * units, random, 1.6 / units, -0.8 / units)[0]!;
  const drives = random32(steps, units, random, 2, -1);
  const states = [Float64Array.from({ length: units }, () => Math.fround(random() - 0.5))];
  const slopes: Float32Array[] = [];
  for (let t = 0; t < steps; t++) {
    const before = states[t]!;
    const a = before.map(
      (_, u) => drives[t]![u]! + before.reduce((sum, h, from) => sum + weights[u * units + from]! * h, 0),
    );
    slopes.push(Float32Array.from(a, (x) => (x === 0 ? 1 : Math.tanh(x) / x)));
    states.push(a.map(Math.tanh));
  }
  const bank = "state";
  const shape = [units];
  const first = chunks(states, steps);
  return {
    bank: { name: bank, kind: "recurrent", slots: null, width: units },
    tensors: [
      { bank, name: "write_vectors", shape, rows: drives },
      { bank, name: "slopes", shape, rows: slopes },
      { bank, name: "read_vectors", shape, rows: states.slice(1).map((row) => Float32Array.from(row)) },
    ],
    keyframes: [
      { bank, name: "hidden", shape, rows: first },
      { bank, name: "recurrent_weights", shape: [units, units], rows: first.map(() => weights) },
    ],
    states,
  };
}

/** Every step is a contraction: b ‖k‖² is at most 1 and the same for a head's rows, α at most 1. */
function associative(steps: number, shape: AssociativeShape, random: () => number): Bank {
  const { keys: size, width, heads, lengths } = shape;
  const queries = random32(steps, heads * size, random, 2, -1);
  const directions = random32(steps, heads * size, random, 2, -1);
  const values = random32(steps, heads * width, random, 2, -1);
  const gates = random32(steps, heads * width, random, lengths === "unit" ? 1 : 3);
  const retention = random32(steps, heads * size, random, 0.1, 0.9);
  const keys: Float32Array[] = [];
  const erase: Float32Array[] = [];
  for (const direction of directions) {
    const key = new Float32Array(heads * size);
    const b = new Float32Array(heads * size);
    for (let h = 0; h < heads; h++) {
      const own = direction.subarray(h * size, (h + 1) * size);
      const length = lengths === "unit" ? 1 : 0.2 + 2.8 * random();
      own.forEach((x, i) => (key[h * size + i] = (x / Math.hypot(...own)) * length));
      b.fill(lengths === "additive" ? 0 : random() / length ** 2, h * size, (h + 1) * size);
    }
    keys.push(key);
    erase.push(b);
  }
  const states = [Float64Array.from({ length: heads * size * width }, () => Math.fround(random() * 0.2 - 0.1))];
  const reads: Float32Array[] = [];
  for (let t = 0; t < steps; t++) {
    const [before, next] = [states[t]!, new Float64Array(heads * size * width)];
    const read = new Float64Array(heads * width);
    for (let h = 0; h < heads; h++) {
      for (let j = 0; j < width; j++) {
        const at = (i: number): number => (h * size + i) * width + j;
        let found = 0;
        for (let i = 0; i < size; i++) {
          found += erase[t]![h * size + i]! * keys[t]![h * size + i]! * retention[t]![h * size + i]! * before[at(i)]!;
        }
        const stored = gates[t]![h * width + j]! * values[t]![h * width + j]!;
        for (let i = 0; i < size; i++) {
          next[at(i)] = retention[t]![h * size + i]! * before[at(i)]! + keys[t]![h * size + i]! * (stored - found);
          read[h * width + j]! += queries[t]![h * size + i]! * next[at(i)]!;
        }
      }
    }
    states.push(next);
    reads.push(Float32Array.from(read));
  }
  const bank = "state";
  const [keyed, rows] = [
    [heads, size],
    [heads, width],
  ];
  return {
    bank: { name: bank, kind: "associative", slots: size, width, write_heads: heads, read_heads: heads },
    tensors: [
      { bank, name: "queries", shape: keyed, rows: queries },
      { bank, name: "keys", shape: keyed, rows: keys },
      { bank, name: "retention", shape: keyed, rows: retention },
      { bank, name: "erase", shape: keyed, rows: erase },
      { bank, name: "write_vectors", shape: rows, rows: values },
      { bank, name: "write_gate", shape: rows, rows: gates },
      { bank, name: "read_vectors", shape: rows, rows: reads },
    ],
    keyframes: [{ bank, name: "memory", shape: [heads, size, width], rows: chunks(states, steps) }],
    states,
  };
}

/** The states before the first step of each chunk. */
function chunks(states: readonly ArrayLike<number>[], steps: number): Float32Array[] {
  return states.filter((_, t) => t % 64 === 0 && t < steps).map((row) => Float32Array.from(row));
}

export function random32(steps: number, size: number, random: () => number, scale = 1, offset = 0): Float32Array[] {
  return Array.from({ length: steps }, () => Float32Array.from({ length: size }, () => random() * scale + offset));
}
