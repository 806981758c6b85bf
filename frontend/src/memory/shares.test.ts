/** Shares against the forward recursion, which carries what is left of every single write. */
import { describe, expect, it } from "vitest";
import type { ModelLog } from "./log";
import { loaded, makeLog } from "./testlog";
import type { MatrixShape } from "../wire/testlog";

/** What is left of each write after step t: [t + 2][slot · width], index 0 the initial memory. */
function parts(model: ModelLog, t: number): Float64Array[] {
  const { name, slots, width, writeHeads, readHeads, deallocation } = model.bank();
  const n = slots!;
  const at = (tensor: string, s: number): Float32Array => model.need(name, tensor).at(s);
  const out = [Float64Array.from(model.keyframe(0)!.f32(name, "memory")!)];
  for (let s = 0; s <= t; s++) {
    const added = new Float64Array(n * width);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < width; j++) {
        let retained = 1;
        for (let h = 0; h < writeHeads; h++) {
          retained *= 1 - at("write_weights", s)[h * n + i]! * at("erase", s)[h * width + j]!;
          added[i * width + j]! += at("write_weights", s)[h * n + i]! * at("write_vectors", s)[h * width + j]!;
        }
        for (let h = 0; h < readHeads && deallocation && s > 0; h++) {
          retained *= 1 - at("free_gates", s)[h]! * at("read_weights", s - 1)[h * n + i]!;
        }
        for (const part of out) part[i * width + j]! *= retained;
      }
    }
    out.push(added);
  }
  return out;
}

function oracle(model: ModelLog, t: number, weights: ArrayLike<number>, vector: ArrayLike<number>): number[] {
  const { width } = model.bank();
  const norm = Array.from(vector).reduce((sum, x) => sum + x * x, 0);
  return parts(model, t).map((part) => {
    let along = 0;
    for (let at = 0; at < part.length; at++)
      along += weights[Math.floor(at / width)]! * part[at]! * vector[at % width]!;
    return norm > 0 ? along / norm : 0;
  });
}

function worst(got: ArrayLike<number>, wanted: ArrayLike<number>): number {
  expect(got.length).toBe(wanted.length);
  return Math.max(...Array.from(wanted, (value, i) => Math.abs(value - got[i]!)));
}

const shapes: [string, MatrixShape][] = [
  ["one head", { slots: 6, width: 4 }],
  ["several heads", { slots: 7, width: 3, writeHeads: 2, readHeads: 3 }],
  ["freed slots", { slots: 5, width: 4, readHeads: 2, deallocation: true }],
  ["sharp addresses", { slots: 9, width: 2, sharpness: 80 }],
];

describe("shares of a matrix read", () => {
  it.each(shapes)("agree with the forward recursion: %s", (_, shape) => {
    const log = loaded(makeLog(150, [shape]));
    const model = log.model(0);
    const { readHeads, width } = model.bank();
    for (const t of [0, 1, 63, 64, 149]) {
      for (let h = 0; h < readHeads; h++) {
        const read = model
          .need("memory", "read_vectors")
          .at(t)
          .subarray(h * width, (h + 1) * width);
        expect(
          worst(model.memory().readShares(h, t), oracle(model, t, model.memory().readRow(h, t), read)),
        ).toBeLessThan(1e-6);
      }
    }
  });

  it("keep that promise over a thousand steps, where most of the work is skipped", () => {
    const model = loaded(makeLog(1000, [{ slots: 8, width: 3, sharpness: 60 }], 5)).model(0);
    for (const t of [500, 999]) {
      const read = model.need("memory", "read_vectors").at(t);
      const wanted = oracle(model, t, model.memory().readRow(0, t), read);
      expect(worst(model.memory().readShares(0, t), wanted)).toBeLessThan(1e-6);
    }
  });

  it("are the same where the log leaves the read vectors to be derived", () => {
    const shape = { slots: 6, width: 4, readHeads: 2, deallocation: true };
    const recorded = loaded(makeLog(140, [shape])).model(0);
    const derived = loaded(makeLog(140, [{ ...shape, unread: true }])).model(0);
    expect(derived.f32("memory", "read_vectors")).toBeNull();
    for (const t of [0, 64, 139]) {
      const reads = recorded.need("memory", "read_vectors").at(t);
      expect(worst(derived.memory().reads(t), reads)).toBeLessThan(1e-5);
      for (const head of [0, 1]) {
        expect(worst(derived.memory().readShares(head, t), recorded.memory().readShares(head, t))).toBeLessThan(1e-5);
      }
    }
  });

  it("are all zero where nothing was read, and refused for a head that is not there", () => {
    const made = makeLog(3, [{ slots: 4, width: 2 }]);
    const log = loaded(made);
    log.model(0).need("memory", "read_vectors").at(1).fill(0);
    expect([...log.model(0).memory().readShares(0, 1)]).toEqual([0, 0, 0]);
    log.model(0).need("memory", "read_vectors").at(1).fill(NaN);
    expect([...log.model(0).memory().readShares(0, 1)]).toEqual([0, 0, 0]);
    expect(() => log.model(0).memory().readShares(1, 1)).toThrow("wanted read head 1, it has 1");
  });
});

describe("origins", () => {
  const log = loaded(makeLog(100, [{ slots: 5, width: 3, writeHeads: 2 }, { units: 4 }, { width: 2, heads: 2 }]));

  it("of a slot are the forward recursion with a one-hot read", () => {
    const model = log.model(0);
    for (const slot of [0, 4]) {
      const oneHot = [0, 1, 2, 3, 4].map((i) => (i === slot ? 1 : 0));
      const sum = new Float64Array(3);
      for (const part of parts(model, 70)) for (let j = 0; j < 3; j++) sum[j]! += part[slot * 3 + j]!;
      expect(worst(model.memory().slotShares(slot, 70), oracle(model, 70, oneHot, sum))).toBeLessThan(1e-5);
    }
  });

  it("of a unit sum to 1, and a slot of attention is the write of its own step", () => {
    expect(
      log
        .model(1)
        .memory()
        .slotShares(3, 99)
        .reduce((a, b) => a + b),
    ).toBeCloseTo(1, 5);
    expect([...log.model(2).memory().slotShares(2, 3)]).toEqual([0, 0, 0, 1, 0]);
    expect([...log.model(2).memory().slotShares(9, 3)]).toEqual([0, 0, 0, 0, 0]);
    expect(() => log.model(0).memory().slotShares(5, 3)).toThrow("wanted slot 5, it has 5");
  });
});
