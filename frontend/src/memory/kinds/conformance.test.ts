/** What every kind of memory must answer, whichever it is: the registry × random logs. */
import { describe, expect, it } from "vitest";
import { RecordingLog } from "../log";
import { heldShare } from "../held";
import { allHeadShares } from "../shares";
import { loaded } from "../testlog";
import { parseManifest } from "../../wire/manifest";
import { changed } from "../../wire/testlog";
import { KINDS } from ".";
import type { Memory } from "./base";
import { cases, STEPS } from "./testkinds";

const CASES = cases([1, 2]);
const LOOKED = [0, 1, 62, 63, 64, 100, STEPS - 1];

function apart(got: ArrayLike<number>, wanted: ArrayLike<number>): number {
  expect(got.length).toBe(wanted.length);
  return Math.max(0, ...Array.from(wanted, (value, i) => Math.abs(value - got[i]!)));
}

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);
/** Rounding of a sum is that of its largest part. */
const largest = (row: ArrayLike<number>): number => Math.max(1, ...Array.from(row, Math.abs));
const heads = (memory: Memory): number[] => Array.from({ length: memory.bank.readHeads }, (_, head) => head);
const slots = (memory: Memory, t: number): number[] => Array.from({ length: memory.slots(t) }, (_, slot) => slot);

it("there is a random log of every kind, opened as that kind", () => {
  expect(new Set(CASES.map(({ kind }) => kind))).toEqual(new Set(Object.keys(KINDS)));
  for (const { kind, log } of CASES) expect(log.model(0).bank().kind).toBe(kind);
});

describe.each(CASES)("$kind, $shape", ({ kind, made, log }) => {
  const model = log.model(0);
  const memory = model.memory();
  const { bank } = memory;

  it("records what it says it needs, and is refused without any of it", () => {
    for (const [place, shapes] of [
      ["frame", KINDS[kind].frame(bank)],
      ["keyframe", KINDS[kind].keyframe(bank)],
    ] as const) {
      const tensors = (made.raw["models"] as { [name: string]: { tensors: { name: string }[] } }[])[0]![place]!.tensors;
      for (const name of Object.keys(shapes)) {
        const at = tensors.findIndex((tensor) => tensor.name === name);
        expect(at, name).toBeGreaterThanOrEqual(0);
        const copy = changed(made.raw, ["models", 0, place, "tensors", at, "name"], "elsewhere");
        expect(() => new RecordingLog(parseManifest(copy)), name).toThrow(`wanted tensor ${name}`);
      }
    }
    expect(Object.keys(KINDS[kind].keyframe(bank)).length > 0).toBe(KINDS[kind].keyframed);
  });

  it("holds what plain loops hold, however the playhead got there", () => {
    const sought = loaded(made).model(0).memory();
    const played = Array.from({ length: STEPS }, (_, t) => memory.content(t).slice());
    for (const t of [...LOOKED].reverse()) {
      expect(sought.content(t)).toEqual(played[t]);
      const state = made.states[0]![t + 1];
      if (state) expect(apart(played[t]!, state)).toBeLessThan(1e-5);
      else expect(sum(played[t]!.map(Math.abs))).toBeGreaterThan(0);
    }
  });

  it("carries a read back over blocks of steps as over their steps, where its update is linear", () => {
    const { blocks } = memory;
    expect(blocks !== undefined).toBe(kind !== "append" && kind !== "recurrent");
    if (!blocks) return;
    const [early, late, both] = [blocks.left(64, 66), blocks.left(67, 69), blocks.left(64, 69)];
    expect(apart(blocks.joined(early, late), both)).toBeLessThan(1e-6);
    const state = (step: number): Float32Array => {
      const held = model.keyframe(step / 64)!.f32(bank.name, blocks.state)!;
      return held.slice();
    };
    for (const head of heads(memory)) {
      for (const t of [64, 100, 128, STEPS - 1]) {
        const exact = memory.readShares(head, t);
        const row = new Float64Array(t + 2);
        const walk = blocks.walk(head, t)!;
        const begun = t - (t % 64);
        walk.through(t, begun, row);
        expect(apart(row.subarray(begun + 1), exact.subarray(begun + 1))).toBeLessThan(1e-12);
        const parts = Array.from({ length: begun / 64 }, (_, n) => blocks.left(64 * n, 64 * n + 63));
        const all = parts.reduce((earlier, later) => blocks.joined(earlier, later));
        const far = walk.copy();
        far.over(all);
        let after = walk.standing(state(begun));
        for (let n = parts.length - 1; n >= 0; n--) {
          const single = walk.copy();
          walk.over(parts[n]!);
          const before = walk.standing(state(64 * n));
          expect(Math.abs(after - before - sum(exact.subarray(64 * n + 1, 64 * n + 65)))).toBeLessThan(1e-4);
          single.through(64 * n + 63, 64 * n, row);
          after = before;
        }
        expect(Math.abs(after - exact[0]!)).toBeLessThan(1e-4);
        expect(Math.abs(far.standing(state(0)) - after)).toBeLessThan(1e-5);
        row[0] = after;
        expect(apart(row, exact)).toBeLessThan(1e-5);
      }
    }
  });

  it("says which steps it can rebuild", () => {
    expect(memory.has(-1) || memory.has(STEPS)).toBe(false);
    expect(LOOKED.every((t) => memory.has(t))).toBe(true);
    const late = new RecordingLog(made.manifest);
    const second = made.messages.filter((bytes) => new DataView(bytes.buffer).getUint32(4, true) === 64);
    for (const bytes of second) late.append(bytes);
    const lateMemory = late.model(0).memory();
    expect(lateMemory.has(70)).toBe(KINDS[kind].keyframed); // without what lies before, a keyframe is needed
    expect(lateMemory.has(10)).toBe(false);
    if (lateMemory.has(70)) expect(lateMemory.content(70)).toEqual(memory.content(70));
  });

  it("has rows of heads over its slots, 0 … 1, and reads with all of them", () => {
    for (const t of LOOKED) {
      const acted = memory.acted(t);
      for (const head of heads(memory)) {
        const row = memory.readRow(head, t);
        expect(row.length).toBe(memory.slots(t));
        expect(row.every((x) => x >= 0 && x <= 1 + 1e-6)).toBe(true);
        if (memory.addressed) expect(sum(row)).toBeCloseTo(acted.read && sum(row) > 0 ? 1 : 0, 5);
      }
      for (let head = 0; head < bank.writeHeads; head++) {
        const row = memory.writeRow(head, t);
        expect(row.length).toBe(memory.slots(t));
        expect(row.every((x) => x >= 0 && x <= 1 + 1e-6)).toBe(true);
        expect(row.some((x) => x > 0)).toBe(acted.write);
      }
      expect(memory.reads(t).length).toBe(bank.readHeads * bank.width);
      expect(memory.signature(t).length).toBe(memory.signature(0).length);
    }
    expect(() => memory.readShares(bank.readHeads, 3)).toThrow(`wanted read head ${bank.readHeads}`);
  });

  it("has shares that sum to 1: of each head, of all heads side by side, of each slot", () => {
    for (const t of LOOKED) {
      const reads = memory.reads(t);
      const together = new Float64Array(t + 2);
      let power = 0;
      for (const head of heads(memory)) {
        const row = memory.readShares(head, t);
        const norm = reads.subarray(head * bank.width, (head + 1) * bank.width).reduce((n, x) => n + x * x, 0);
        expect(row.length).toBe(t + 2);
        expect(Math.abs(sum(row) - (norm > 0 ? 1 : 0))).toBeLessThan(1e-4 * largest(row));
        row.forEach((share, i) => (together[i]! += share * norm));
        power += norm;
      }
      if (power > 0) together.forEach((part, i) => (together[i] = part / power));
      expect(apart(allHeadShares(memory, t), together)).toBeLessThan(1e-9 * largest(together));
      for (const slot of slots(memory, t)) {
        const row = memory.slotShares(slot, t);
        expect(row.length).toBe(t + 2);
        const made = memory.origin ? memory.acted(memory.origin(slot, t)!).write : true;
        expect(Math.abs(sum(row) - (made ? 1 : 0))).toBeLessThan(1e-4 * largest(row));
      }
    }
    expect(() => memory.slotShares(-1, 3)).toThrow("wanted slot -1");
    expect(() => memory.slotShares(0.5, 3)).toThrow("wanted slot 0.5");
  });

  it("loses from a slot exactly the share of a write when that write is taken out of the log", () => {
    if (kind === "recurrent") return; // its state is recorded, not rebuilt
    const [s, t] = [40, 75];
    const other = loaded(made).model(0);
    const written = model.f32(bank.name, "values") ? ["keys", "values"] : ["write_vectors"];
    for (const name of written) other.need(bank.name, name).at(s).fill(0);
    const [whole, rest] = [memory.content(t), other.memory().content(t)];
    const count = memory.slots(t);
    const blocks = kind === "associative" ? bank.readHeads : 1;
    const width = whole.length / count / blocks;
    for (const slot of slots(memory, t)) {
      let [lost, all] = [0, 0];
      for (let block = 0; block < blocks; block++) {
        const from = (block * count + slot) * width;
        for (let at = from; at < from + width; at++) {
          lost += (whole[at]! - rest[at]!) * whole[at]!;
          all += whole[at]! ** 2;
        }
      }
      const row = memory.slotShares(slot, t);
      if (all > 1e-4) expect(Math.abs(row[s + 1]! - lost / all)).toBeLessThan(1e-3 * largest(row));
    }
  });

  it("holds all of a write right after it, never more, and nothing before it", () => {
    for (const t of LOOKED) {
      const row = memory.held.row(t);
      expect(row.length).toBe(t + 1);
      expect(row[t]).toBeCloseTo(memory.held.norm(t) > 0 ? 1 : 0, 9);
      for (const part of row) expect(Math.abs(part)).toBeLessThanOrEqual(1 + 1e-6); // every step of these logs is a contraction
      for (const s of [0, Math.floor(t / 2), t]) {
        const parts = memory.held.slots(s, t);
        expect(parts.length).toBe(memory.slots(t));
        expect(sum(parts)).toBeCloseTo(row[s]!, 7);
        expect(heldShare(memory, s, t)).toBeCloseTo(row[s]!, 7);
      }
      expect(heldShare(memory, t + 1, t)).toBe(0);
      expect(memory.held.norm(t) > 0).toBe(memory.acted(t).write);
    }
  });

  it("loses by its mechanisms exactly what is not held any more, of one write and of several together", () => {
    const stop = STEPS;
    for (const [first, last] of [
      [0, 0],
      [40, 70],
      [STEPS - 1, STEPS - 1],
    ] as const) {
      const { mechanisms } = memory.held;
      const losses = memory.held.losses(first, last, stop);
      expect(losses.length).toBe(mechanisms.length * stop);
      const lost = (t: number): number =>
        mechanisms.reduce((all, _, m) => all + sum(losses.subarray(m * stop, m * stop + t + 1)), 0);
      for (const t of [70, 100, STEPS - 1]) {
        const row = memory.held.row(t);
        let [whole, kept] = [0, 0];
        for (let s = first; s <= Math.min(last, t); s++) {
          const square = memory.held.norm(s) ** 2;
          whole += square;
          kept += square * row[s]!;
        }
        if (whole > 0 && last <= t) expect(lost(t)).toBeCloseTo(1 - kept / whole, 6);
      }
      expect(lost(first)).toBeCloseTo(0, 9); // nothing is lost before it is written
    }
  });

  it("is filled between empty and full, and every slot has a life", () => {
    for (let t = 0; t < STEPS; t += 7) {
      const full = memory.occupancy(t, STEPS);
      expect(full >= 0 && full <= 1).toBe(true);
    }
    expect(memory.occupancy(STEPS - 1, STEPS)).toBeGreaterThan(0);
    for (const slot of slots(memory, 6)) {
      const { write, read, erase } = memory.life(slot, STEPS);
      for (const series of [write, read, erase]) {
        expect(series.length).toBe(STEPS);
        expect(series.every((x) => x >= 0 && x <= 1 + 1e-6)).toBe(true);
      }
    }
  });

  it("counts twins as a part, or says it has no slots to compare", () => {
    expect(memory.twins !== undefined).toBe(memory.addressed);
    const count = memory.twins?.(0.99);
    let last = NaN;
    for (let t = 0; count && t < STEPS; t += 4) {
      const part = count(t);
      if (Number.isNaN(part))
        expect(last).toBeNaN(); // fewer than two slots in use: at the beginning alone
      else expect(part >= 0 && part <= 1).toBe(true);
      last = part;
    }
  });
});
