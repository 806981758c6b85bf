/** What the stage draws from the ledger: arcs, ages, what is held, the life of a slot. */
import { describe, expect, it } from "vitest";
import { mainSource, provenanceArcs, shareWithin, sourceStep } from "./arcs";
import { heldShare } from "./held";
import { loaded, makeLog, seeded } from "./testlog";

/** Steps at which a series of a slot's life reaches `least`. */
function ticks(series: Float32Array, least = 0.1): number[] {
  return Array.from(series.keys()).filter((t) => series[t]! >= least);
}

/** Shares with the given steps set, the rest spread thinly so that they sum to 1 with `initial`. */
function row(steps: number, peaks: Record<number, number>, initial = 0): Float64Array {
  const out = new Float64Array(steps + 1);
  const left = 1 - initial - Object.values(peaks).reduce((a, b) => a + b, 0);
  out.fill(left / (steps - Object.keys(peaks).length), 1);
  out[0] = initial;
  for (const [s, share] of Object.entries(peaks)) out[Number(s) + 1] = share;
  return out;
}

describe("provenance arcs", () => {
  it("merge neighbours within three steps and keep the largest first", () => {
    const shares = row(400, { 40: 0.2, 42: 0.1, 43: 0.05, 44: 0.04, 90: 0.3, 200: -0.1 }, 0.1);
    const { arcs, initial } = provenanceArcs(shares);
    expect(arcs.map((arc) => [arc.step, arc.from, arc.to])).toEqual([
      [40, 40, 43],
      [90, 90, 90],
      [200, 200, 200],
      [44, 44, 44],
    ]);
    expect(arcs[0]!.share).toBeCloseTo(0.35, 1);
    expect(arcs[2]!.share).toBeLessThan(0);
    expect(initial).toBe(0.1);
  });

  it("say how far they reach and the most that one step has, and the range holds all of the sum", () => {
    const { arcs } = provenanceArcs(row(400, { 147: 0.02, 148: 0.05, 149: 0.12, 150: 0.34, 151: 0.1, 153: 0.09 }));
    expect(arcs[0]).toMatchObject({ step: 150, from: 147, to: 153, peak: 0.34 });
    expect(arcs[0]!.share).toBeCloseTo(0.72, 2);
    const thin = provenanceArcs(Float64Array.from([0, 0.001, 0.002, 0.001, 0]), { least: 0 }).arcs[0]!;
    expect([thin.from, thin.to, thin.peak]).toEqual([0, 2, 0.002]); // small, but none of it is beside the point
    const random = seeded(5);
    for (let trial = 0; trial < 40; trial++) {
      const shares = new Float64Array(80).map(() => random() ** 5 - 0.03);
      for (const arc of provenanceArcs(shares, { max: 99, least: 0 }).arcs) {
        expect(arc.share).toBeCloseTo(shareWithin(shares, arc.from, arc.to), 12);
        expect(arc.peak).toBe(shares[arc.step + 1]);
        for (let s = arc.from; s <= arc.to; s++)
          expect(Math.abs(shares[s + 1]!)).toBeLessThanOrEqual(Math.abs(arc.peak));
      }
    }
  });

  it("are at most six, and lose nothing", () => {
    const random = seeded(2);
    for (let trial = 0; trial < 50; trial++) {
      const shares = new Float64Array(120).map(() => random() ** 6 - 0.05);
      const total = shares.reduce((a, b) => a + b);
      shares.forEach((share, i) => (shares[i] = share / total));
      for (const options of [{}, { merge: 0, max: 9 }, { max: 2, least: 0.2 }]) {
        const { arcs, initial, remainder } = provenanceArcs(shares, options);
        expect(arcs.length).toBeLessThanOrEqual(options.max ?? 6);
        expect(arcs.reduce((sum, arc) => sum + arc.share, 0) + initial + remainder).toBeCloseTo(1, 9);
        const sizes = arcs.map((arc) => Math.abs(arc.share));
        expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
        const covered = arcs.flatMap((arc) => Array.from({ length: arc.to - arc.from + 1 }, (_, i) => arc.from + i));
        expect(new Set(covered).size).toBe(covered.length);
      }
    }
  });

  it("of an empty read are none", () => {
    expect(provenanceArcs(new Float64Array(9))).toEqual({ arcs: [], initial: 0, remainder: 0 });
    expect(provenanceArcs([1])).toEqual({ arcs: [], initial: 1, remainder: 0 });
    expect(mainSource(new Float64Array(9))).toBeNull();
    expect(mainSource(row(50, { 7: 0.8 }))!.step).toBe(7);
  });
});

describe("the step that is a source", () => {
  it("has half of the read with the steps beside it, and the most of its own", () => {
    expect(sourceStep(row(50, { 7: 0.8 }), 0.5)).toBe(7);
    expect(sourceStep(Float64Array.from([0, 0.1, 0.3, 0.3, 0.2, 0.1]), 0.5)).toBe(2); // as much as the one before, more around it
    expect(sourceStep(Float64Array.from([0, 0, 0, 0, 0.4, 0.6]), 0.5)).toBe(4);
    expect(sourceStep(row(50, { 7: 0.3, 20: 0.19, 21: 0.2, 22: 0.19 }), 0.5)).toBe(21);
    expect(sourceStep(row(50, { 7: 0.3, 20: 0.3, 30: 0.3 }), 0.5)).toBeNull();
    expect(sourceStep([1], 0.5)).toBeNull();
  });

  it("is the step of the arc: what lies beside its neighbour does not move it", () => {
    const shares = row(110, { 48: 0.001, 49: 0.97, 47: 0.004, 50: 0.002 });
    expect(sourceStep(shares, 0.5)).toBe(49);
    expect(mainSource(shares)!.step).toBe(49);
  });

  it("has its share within the steps there are", () => {
    const shares = [0.5, 0.1, 0.2, -0.05, 0.25];
    expect(shareWithin(shares, -3, 0)).toBeCloseTo(0.1, 12);
    expect(shareWithin(shares, 1, 99)).toBeCloseTo(0.4, 12);
    expect(shareWithin(shares, 4, 9)).toBe(0);
  });
});

describe("what is held of a moment", () => {
  const made = makeLog(120, [
    { slots: 6, width: 3, writeHeads: 2, readHeads: 2, deallocation: true },
    { units: 4 },
    { width: 2, heads: 2 },
  ]);
  const log = loaded(made);

  it("is all of it right after the write, and never grows", () => {
    for (const model of log.models) {
      for (const s of [0, 30, 64]) {
        expect(heldShare(model.memory(), s, s)).toBeCloseTo(1, 9);
        let before = 1;
        for (let t = s; t < 120; t += 7) {
          const now = heldShare(model.memory(), s, t);
          expect(now).toBeLessThanOrEqual(before + 1e-12);
          before = now;
        }
        expect(heldShare(model.memory(), s, s - 1)).toBe(0);
      }
    }
  });

  it("is the same number whether asked for one moment, all moments, or slot by slot", () => {
    for (const model of log.models) {
      const all = model.memory().held.row(100);
      expect(all.length).toBe(101);
      for (const s of [0, 50, 99, 100]) {
        expect(all[s]!).toBeCloseTo(heldShare(model.memory(), s, 100), 8);
        expect(
          model
            .memory()
            .held.slots(s, 100)
            .reduce((a, b) => a + b),
        ).toBeCloseTo(all[s]!, 8);
      }
    }
  });

  it("of a cell is what the forget gates left", () => {
    const model = log.model(1);
    const at = (name: string, t: number): Float32Array => model.need("cell", name).at(t);
    let left = 0;
    let total = 0;
    for (let u = 0; u < 4; u++) {
      const written = (at("input_gate", 10)[u]! * at("write_vectors", 10)[u]!) ** 2;
      total += written;
      left += written * at("forget_gate", 11)[u]! * at("forget_gate", 12)[u]!;
    }
    expect(heldShare(model.memory(), 10, 12)).toBeCloseTo(left / total, 9);
    expect(model.memory().held.norm(10)).toBeCloseTo(Math.sqrt(total), 9);
  });
});

describe("the life of a slot", () => {
  const log = loaded(makeLog(90, [{ slots: 6, width: 3, sharpness: 60 }, { units: 4 }, { width: 2, heads: 2 }]));

  it("has its writes, reads and erasures", () => {
    const model = log.model(0);
    const life = model.memory().life(2, model.steps);
    expect(life.write.length).toBe(90);
    const t = life.write.indexOf(Math.max(...life.write));
    const e = model.need("memory", "erase").at(t);
    expect(life.write[t]).toBe(model.need("memory", "write_weights").at(t)[2]);
    expect(life.erase[t]).toBeCloseTo((life.write[t]! * (e[0]! + e[1]! + e[2]!)) / 3, 5);
    expect(ticks(life.write, 0.5)).toContain(t);
  });

  it("of attention starts with its own step and is never erased", () => {
    const life = log.model(2).memory().life(30, 90);
    expect(ticks(life.write)).toEqual([30]);
    expect(Math.max(...life.erase)).toBe(0);
    expect(life.read.subarray(0, 30).every((x) => x === 0)).toBe(true);
    const shares = log.model(2).memory().readShares(0, 60);
    expect(shares.length).toBe(62);
    expect(life.read[60]).toBeGreaterThan(0);
  });

  it("and its fellows fill the memory, between empty and full", () => {
    for (const model of log.models) {
      let before = -1;
      for (let t = 0; t < 90; t += 10) {
        const full = model.memory().occupancy(t, 90);
        expect(full).toBeGreaterThanOrEqual(0);
        expect(full).toBeLessThanOrEqual(1);
        if (model.bank().kind !== "cell") expect(full).toBeGreaterThanOrEqual(before);
        before = full;
      }
    }
    expect(log.model(2).memory().occupancy(89, 90)).toBe(1);
  });
});
