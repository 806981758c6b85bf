/** Keys of an associative memory may have any length: scaled by c, with w / c and b / c², they write, overwrite and hold the same. */
import { describe, expect, it } from "vitest";
import { loaded, makeLog } from "../testlog";
import type { ModelLog } from "../model_log";

const STEPS = 100;
const made = makeLog(STEPS, [{ keys: 4, width: 3, heads: 2, lengths: "unit" }], 5);

/** The same memory with keys of other lengths, a different one at each step. */
function scaled(): ModelLog {
  const model = loaded(made).model(0);
  const [keys, gates, erase] = ["keys", "write_gate", "erase"].map((name) => model.need("state", name));
  for (let t = 0; t < STEPS; t++) {
    const c = 0.3 + (t % 7) / 2;
    keys!.at(t).forEach((k, i, all) => (all[i] = k * c));
    gates!.at(t).forEach((w, i, all) => (all[i] = w / c));
    erase!.at(t).forEach((b, i, all) => (all[i] = b / c ** 2));
  }
  return model;
}

const one = loaded(made).model(0).memory();
const other = scaled().memory();

function close(got: ArrayLike<number>, wanted: ArrayLike<number>, digits = 5): void {
  expect(got.length).toBe(wanted.length);
  Array.from(wanted, (value, i) => expect(got[i]).toBeCloseTo(value, digits));
}

describe("keys of any length", () => {
  it("leave content, shares, what is held, how full it is and the life of a row as they are", () => {
    for (const t of [0, 20, 63, 64, STEPS - 1]) {
      close(other.content(t), one.content(t));
      close(other.readShares(1, t), one.readShares(1, t), 3);
      close(other.held.row(t), one.held.row(t));
      expect(other.held.norm(t)).toBeCloseTo(one.held.norm(t), 5);
      expect(other.occupancy(t, STEPS)).toBeCloseTo(one.occupancy(t, STEPS), 5);
      close(other.writeRow(0, t), one.writeRow(0, t));
    }
    const [a, b] = [other.life(2, STEPS), one.life(2, STEPS)];
    for (const part of ["write", "read", "erase"] as const) close(a[part], b[part]);
  });

  it("fill a memory by as much of the value as is stored under them", () => {
    const model = loaded(makeLog(3, [{ keys: 2, width: 2, heads: 1, lengths: "additive" }])).model(0);
    const set = (name: string, t: number, values: number[]): void => model.need("state", name).at(t).set(values);
    for (let t = 0; t < 3; t++) {
      set("keys", t, [0, 0]);
      set("retention", t, [1, 0.5]);
    }
    set("keys", 0, [0, 3]);
    set("write_gate", 0, [0.1, 9]); // 0.3 of one column is stored, and all of the other: 0.65 of the row of that key
    const memory = model.memory();
    expect(memory.occupancy(0, 3)).toBeCloseTo(0.65 / 2, 6);
    expect(memory.occupancy(1, 3)).toBeCloseTo(0.65 / 4, 6); // a step without a key only fades
    expect(memory.occupancy(2, 3)).toBeCloseTo(0.65 / 8, 6);
  });
});
