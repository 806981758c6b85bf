import { describe, expect, it } from "vitest";
import { loaded, makeLog } from "../memory/testlog";
import type { ModelLog } from "../memory/log";
import { parseBridge, START, climbed, type Crossing } from "./permalink";
import { cutAt, departure, outputGaps, outputScale, partGap, writtenRows } from "./compare";
import { LADDER, lateStanding, presets, scientific, SEEN_SAYS, spokenNumber } from "./text";

const HEADS = 2;
const WIDTH = 3;
const SIZE = HEADS * WIDTH;
const STEPS = 9;
/** Two stores with other contents, and a genuine memory of lifted rows; all banks have one name. */
const log = loaded(
  makeLog(STEPS, [
    { width: WIDTH, heads: HEADS },
    { width: WIDTH, heads: HEADS },
    { slots: 5, width: 2 * SIZE + 2, readHeads: HEADS, unread: true },
  ]),
);
const [one, other, genuine] = [log.model(0), log.model(1), log.model(2)];
const bank = one.bank();
const named = (model: ModelLog): ModelLog => {
  // The bank of a hand-made matrix has a name of its own; what is compared stands at the same place.
  const spec = { ...model.spec, banks: [{ ...model.bank(), name: bank.name }] };
  return Object.assign(Object.create(model) as ModelLog, {
    spec,
    bank: () => model.bank(),
    need: (_: string, name: string) => model.need(model.bank().name, name),
  });
};

const answers = (rows: number[][]): ModelLog =>
  ({ steps: rows.length, f32: () => ({ at: (t: number) => Float32Array.from(rows[t]!) }) }) as unknown as ModelLog;

describe("how far apart two streams are", () => {
  it("is counted step by step, with the scale of the first", () => {
    const a = answers([[1, -4], [2, 2], [0, 0]]); // prettier-ignore
    const b = answers([[1, -4], [2, 2.5], [-1, 0.25]]); // prettier-ignore
    const gaps = outputGaps(a, b);
    expect([...gaps]).toEqual([0, 0.5, 1]);
    expect(outputScale(a)).toBe(4);
    expect(departure(gaps, 4)).toBe(1);
    expect(departure(gaps, 600)).toBe(2);
    expect(departure(outputGaps(a, a), 4)).toBe(-1);
  });

  it("is seen from the part of the scale on that the page names", () => {
    expect(SEEN_SAYS).toContain("more than 0.1% of the largest output");
    expect(departure([0.004, 0.0039], 4)).toBe(-1);
    expect(departure([0.004, 0.0041], 4)).toBe(1);
  });

  it("leaves out read keys where they are not recorded: of the interface keys and values are compared", () => {
    const there = named(genuine);
    const [emitted, keys, values] = (["emitted", "keys", "values"] as const).map((what) => partGap(one, there, what)!);
    expect(emitted!.numbers).toBe(keys!.numbers + values!.numbers);
    expect(emitted!.largest).toBe(Math.max(keys!.largest, values!.largest));
    expect(partGap(one, other, "emitted")!.numbers).toBe(3 * keys!.numbers);
  });

  it("is exactly nothing between a memory and itself", () => {
    for (const what of ["values", "keys", "reads", "emitted"] as const)
      expect(partGap(one, one, what)).toMatchObject({ largest: 0, step: -1 });
  });

  it("is what plain loops find", () => {
    const keys = [one, other].map((model) => model.need(bank.name, "keys"));
    let [largest, step, scale] = [0, -1, 0];
    for (let t = 0; t < STEPS; t++)
      for (let k = 0; k < SIZE; k++) {
        const [a, b] = keys.map((reader) => reader.at(t)[k]!) as [number, number];
        scale = Math.max(scale, Math.abs(a));
        if (Math.abs(a - b) > largest) [largest, step] = [Math.abs(a - b), t];
      }
    expect(partGap(one, other, "keys")).toEqual({ largest, step, numbers: STEPS * SIZE, scale });
    expect(partGap(one, other, "emitted")!.numbers).toBe(3 * STEPS * SIZE);
  });

  it("cuts a lifted row into keys and values", () => {
    const lifted = named(genuine);
    const rows = genuine.need(genuine.bank().name, "write_vectors");
    for (const [what, from] of [
      ["keys", 0],
      ["values", SIZE],
    ] as const) {
      // prettier-ignore
      let largest = 0;
      for (let t = 0; t < STEPS; t++)
        for (let k = 0; k < SIZE; k++)
          largest = Math.max(largest, Math.abs(one.need(bank.name, what).at(t)[k]! - rows.at(t)[from + k]!));
      expect(partGap(one, lifted, what)!.largest).toBe(largest);
    }
    // Read keys are not recorded there: two of three are compared.
    expect(partGap(one, lifted, "emitted")!.numbers).toBe(2 * STEPS * SIZE);
  });
});

describe("a cut through a memory", () => {
  it("of stores has a row for every step, written as far as now", () => {
    const cut = cutAt(one, bank, 3, STEPS, SIZE);
    expect([cut.rows, cut.writes, writtenRows(cut)]).toEqual([STEPS, 3, 4]);
    expect(cut.reads.map((row) => row.length)).toEqual([4, 4]);
    expect(cut.values(2, 5)).toBe(one.need(bank.name, "values").at(2)[5]);
  });

  it("of the genuine memory has its slots, keys and values side by side", () => {
    const spec = genuine.bank();
    const cut = cutAt(genuine, spec, 6, STEPS, SIZE);
    const memory = genuine.memory(spec.name).content(6);
    expect([cut.rows, cut.reads.length]).toEqual([5, HEADS]);
    expect(cut.keys(4, 1)).toBe(memory[4 * spec.width + 1]);
    expect(cut.values(4, 1)).toBe(memory[4 * spec.width + SIZE + 1]);
    const now = genuine.need(spec.name, "write_weights").at(6);
    expect(now[cut.writes]).toBe(Math.max(...now));
  });
});

describe("the ladder", () => {
  it("has a place for every preset, which a link can name", () => {
    for (const { set } of presets(41)) {
      const there = climbed(START, set);
      expect(there).toMatchObject(set);
      expect(there.slots ?? 1).toBeLessThanOrEqual(41);
    }
    expect(presets(41)[2]!.set.slots).toBe(21);
    expect(new Set(LADDER.map(({ rung }) => rung)).size).toBe(6);
    expect(parseBridge("").crossing).toMatchObject(presets(41)[0]!.set);
  });
});

describe("numbers of any size", () => {
  it.each([
    [0, "0", null],
    [1, "1.00", null],
    [0.23456, "0.235", null],
    [0.00234, "0.0023", null],
    [21.06, "21.1", null],
    [1.34e-5, "1.3", "−5"],
    [2.5e7, "2.5", "7"],
  ])("%d", (value, mantissa, exponent) => {
    expect(scientific(value)).toEqual({ mantissa, exponent });
  });

  it("are spoken", () => expect(spokenNumber(1.34e-5)).toBe("1.3 times ten to the −5"));
});

describe("a number of a run that has been superseded", () => {
  const now: Crossing = { ...START, memory: "graves", slots: 12 };

  it("says what it is of, and nothing where it is of what is asked for", () => {
    expect(lateStanding(null, now)).toBeNull();
    expect(lateStanding({ ...now }, now)).toBeNull();
    expect(lateStanding(START, now)).toBe("stores");
    expect(lateStanding({ ...now, links: 0.1, overwrite: 1 }, now)).toBe(
      "Graves 2016, 12 slots, overwrite 1.00, links 0.10",
    );
    expect(lateStanding({ ...START, model: "encoder-decoder-copy", seed: 4 }, START)).toBe(
      "encoder-decoder-copy, stores, seed 4",
    );
  });
});
