/** What the stage asks of recurrent, associative, direct and gated banks beyond states and shares (golden.test.ts). */
import { describe, expect, it } from "vitest";
import type { AppendMemory } from "./kinds/append";
import { heldShare } from "./held";
import type { ModelLog } from "./model_log";
import { goldenLog, kind } from "./testgolden";

const log = goldenLog("kinds");
const [rnn, gru, delta, alibi, pair] = ["rnn", "gru", "delta", "alibi", "pair"].map((id) => kind(log, id)) as [
  ReturnType<typeof kind>,
  ReturnType<typeof kind>,
  ReturnType<typeof kind>,
  ReturnType<typeof kind>,
  ReturnType<typeof kind>,
];

function attention(model: ModelLog, bank?: string): AppendMemory {
  return model.memory(bank) as AppendMemory;
}

/** Steps at which a series of a slot's life reaches `least`. */
function ticks(series: Float32Array, least = 0.1): number[] {
  return Array.from(series.keys()).filter((t) => series[t]! >= least);
}

describe("what is held", () => {
  it("of a recurrent write is what the steps since have made of it, along its own direction", () => {
    const [s, t] = [40, 43];
    const rho = (k: number): Float32Array => rnn.need("state", "slopes").at(k);
    const w = rnn.keyframe(0)!.f32("state", "recurrent_weights")!;
    const first = rnn
      .need("state", "write_vectors")
      .at(s)
      .map((d, u) => d * rho(s)[u]!);
    let x = [...first];
    for (let k = s + 1; k <= t; k++) {
      const before = x;
      x = x.map((_, u) => rho(k)[u]! * before.reduce((sum, v, from) => sum + w[u * 4 + from]! * v, 0));
    }
    const along = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
      [0, 1, 2, 3].reduce((n, u) => n + a[u]! * b[u]!, 0);
    expect(heldShare(rnn.memory(), s, t)).toBeCloseTo(along(x, first) / along(first, first), 6);
    expect(rnn.memory().held.norm(s)).toBeCloseTo(Math.sqrt(along(first, first)), 6);
  });

  it("of an associative write is its faded key, weighed by what was stored under it", () => {
    const [s, t] = [30, 32];
    let left = 0;
    let total = 0;
    for (const h of [0, 1]) {
      const of = (name: string, k: number, n: number): number[] =>
        [...delta.need("state", name).at(k)].slice(h * n, h * n + n);
      const stored = of("write_vectors", s, 4).reduce((sum, v, j) => sum + (v * of("write_gate", s, 4)[j]!) ** 2, 0);
      const key = of("keys", s, 3);
      let x = key;
      for (let k = s + 1; k <= t; k++) {
        const retained = x.map((v, i) => v * of("retention", k, 3)[i]!);
        const found = retained.reduce((sum, v, i) => sum + v * of("erase", k, 3)[i]! * of("keys", k, 3)[i]!, 0);
        x = retained.map((v, i) => v - of("keys", k, 3)[i]! * found);
      }
      left += stored * key.reduce((sum, v, i) => sum + v * x[i]!, 0);
      total += stored * key.reduce((sum, v) => sum + v * v, 0);
    }
    expect(heldShare(delta.memory(), s, t)).toBeCloseTo(left / total, 6);
    expect(delta.memory().held.norm(s)).toBeCloseTo(Math.sqrt(total), 6);
  });

  it.each([
    ["recurrent", rnn],
    ["associative", delta],
    ["direct cell", gru],
    ["attention with slopes", alibi],
    ["gated attention", pair],
  ] as const)("is one number, however it is asked for: %s", (_, model) => {
    for (const bank of model.spec.banks) {
      const all = model.memory(bank.name).held.row(131);
      expect(all.length).toBe(132);
      for (const s of [0, 5, 64, 130, 131]) {
        expect(heldShare(model.memory(bank.name), s, 131)).toBeCloseTo(all[s]!, 6);
        expect(
          model
            .memory(bank.name)
            .held.slots(s, 131)
            .reduce((a, b) => a + b, 0),
        ).toBeCloseTo(all[s]!, 6);
      }
      expect(all[131]).toBeCloseTo(model.memory(bank.name).held.norm(131) > 0 ? 1 : 0, 9);
      expect(heldShare(model.memory(bank.name), 9, 8)).toBe(0);
    }
  });
});

describe("a slot", () => {
  it("of a state is a unit, and what it is made of sums to 1", () => {
    for (const model of [rnn, gru]) {
      for (let unit = 0; unit < model.bank().width; unit++) {
        const row = model.memory().slotShares(unit, 100);
        const most = row.reduce((n, share) => Math.max(n, Math.abs(share)), 1);
        expect(Math.abs(row.reduce((a, b) => a + b) - 1)).toBeLessThan(1e-4 * most);
      }
    }
    expect(() => rnn.memory().slotShares(4, 100)).toThrow("wanted slot 4, it has 4");
    expect(() => delta.memory().slotShares(3, 100)).toThrow("wanted slot 3, it has 3");
  });

  it("lives by the gates of its kind", () => {
    const cell = gru.memory().life(1, gru.steps);
    expect(cell.write[7]).toBe(gru.need("cell", "input_gate").at(7)[1]);
    expect(cell.erase[7]).toBeCloseTo(1 - gru.need("cell", "forget_gate").at(7)[1]!, 6);
    expect(cell.read.every((x) => x === 1)).toBe(true);
    const unit = rnn.memory().life(2, rnn.steps);
    const put = rnn.need("state", "slopes").at(7)[2]! * rnn.need("state", "write_vectors").at(7)[2]!;
    expect(unit.write[7]).toBeCloseTo(Math.min(1, Math.abs(put)), 6);
    expect(Math.max(...unit.erase)).toBe(0); // no gate forgets
    const row = delta.memory().life(1, delta.steps);
    for (const series of [row.write, row.read, row.erase]) {
      for (const x of series) expect(x >= 0 && x <= 1).toBe(true);
    }
    expect(row.erase[20]).toBeCloseTo(
      1 - Math.min(...[1, 4].map((i) => delta.need("state", "retention").at(20)[i]!)),
      6,
    );
    const cross = pair.bank("cross0").name;
    expect(ticks(pair.memory(cross).life(30, pair.steps).write)).toEqual([30]);
    expect(
      pair
        .memory(cross)
        .life(30, pair.steps)
        .read.subarray(0, 70)
        .every((x) => x === 0),
    ).toBe(true);
    expect(Math.max(...pair.memory(cross).life(30, pair.steps).read)).toBeGreaterThan(0);
    expect(Math.max(...pair.memory(cross).life(80, pair.steps).write)).toBe(0); // nothing is written there after the turn
  });

  it("fills memories between empty and full", () => {
    for (const model of log.models) {
      for (const bank of model.spec.banks) {
        for (let t = 0; t < 132; t += 10) {
          const full = model.memory(bank.name).occupancy(t, 132);
          expect(full >= 0 && full <= 1, `${bank.name} at ${t}`).toBe(true);
        }
      }
    }
    expect(pair.memory("cross0").occupancy(131, 132)).toBeCloseTo(69 / 132, 9); // 70 steps, one of them paused
    expect(pair.memory("decoder0").occupancy(60, 132)).toBe(0);
    const h = rnn.memory().content(50);
    expect(rnn.memory().occupancy(50, 132)).toBeCloseTo(h.reduce((sum, x) => sum + Math.abs(x), 0) / 4, 6);
  });
});

describe("rows", () => {
  it("of a gated bank name steps, and are empty where a step did nothing", () => {
    expect([...pair.memory("encoder0").writeRow(0, 5)].every((x) => x === 0)).toBe(true); // a pause in writing
    expect(pair.memory("encoder0").writeRow(0, 6)[6]).toBe(1);
    expect(
      pair
        .memory("encoder0")
        .readRow(1, 9)
        .every((x) => x === 0),
    ).toBe(true); // a pause in reading
    expect(attention(pair, "encoder0").weight(1, 9, 3)).toBe(0);
    const row = pair.memory("cross0").readRow(0, 100);
    expect(row[5]).toBe(0);
    expect(row.subarray(70).every((x) => x === 0)).toBe(true);
    expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
    for (const s of [4, 5, 69, 70]) expect(attention(pair, "cross0").weight(0, 100, s)).toBeCloseTo(row[s]!, 6);
    expect([...pair.memory("cross0").readShares(0, 30)].every((x) => x === 0)).toBe(true);
  });

  it("with a slope weigh distance as ALiBi does", () => {
    const row = alibi.memory().readRow(0, 90);
    const key = (s: number): Float32Array => alibi.need("layer0", "keys").at(s).subarray(0, 3);
    const query = alibi.need("layer0", "queries").at(90).subarray(0, 3);
    const score = (s: number): number =>
      key(s).reduce((sum, k, j) => sum + k * query[j]!, 0) / Math.sqrt(3) - 0.25 * (90 - s);
    expect(Math.log(row[80]! / row[70]!)).toBeCloseTo(score(80) - score(70), 4);
    expect(attention(alibi).weight(0, 90, 80)).toBeCloseTo(row[80]!, 6);
  });

  it("of an associative memory are its keys and queries by size", () => {
    const [write, read] = [delta.memory().writeRow(1, 12), delta.memory().readRow(1, 12)];
    for (const row of [write, read]) expect(Math.hypot(...row)).toBeCloseTo(1, 5);
    expect(write[0]).toBeCloseTo(Math.abs(delta.need("state", "keys").at(12)[3]!), 5);
    expect([...gru.memory().readRow(0, 3), ...rnn.memory().readRow(0, 3)].every((x) => x === 1)).toBe(true);
  });
});
