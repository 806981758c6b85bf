/** Lanes of recurrent, direct, associative, gated and pondering memories, from the golden recording `kinds`. */
import { describe, expect, it } from "vitest";
import { goldenLog, kind } from "../../memory/testgolden";
import { loaded, makeLog } from "../../memory/testlog";
import type { AppendMemory } from "../../memory/kinds/append";
import type { RecurrentMemory } from "../../memory/kinds/recurrent";
import type { UnitMemory } from "../../memory/kinds/units";
import { foldRows } from "./slot_rows";
import { LAG_ROWS, LagColumns, lagRow } from "./lag_rows";
import { GateRow } from "./gauge";
import { drawnOf } from "./kinds";
import { AppendColumns } from "./kinds/append_columns";
import type { Drawn } from "./kinds/base";
import { autocorrelation } from "./kinds/recurrent";
import { UnitColumns, type UnitGates } from "./kinds/unit_columns";
import { slowestFirst } from "./kinds/units";
import type { Column, ColumnSource } from "./tape";
import { signOf } from "../../wire/signs";
import { DARK, dashOf, HUES, hueOf, shapeOf } from "../ink/tokens";

const log = goldenLog("kinds");
const model = (id: string): ReturnType<typeof kind> => kind(log, id);

function drawn(of: ReturnType<typeof kind>, bank = of.bank().name): Drawn {
  return drawnOf(of, bank, 132);
}

/** What the columns of a state that is read as it is show. */
function gatesOf(id: string): UnitGates {
  const forget = model(id).f32(model(id).bank().name, "forget_gate");
  return { forget: forget && ((t) => forget.at(t)), output: null };
}

function columns(source: ColumnSource, steps: number): Column[] {
  return Array.from({ length: steps }, (_, t) => {
    const rows = (): Float32Array => new Float32Array(source.rows);
    const column = { hold: rows(), read: rows(), write: rows(), erase: rows(), rgb: new Uint8ClampedArray() };
    source.fill(t, column);
    return column;
  });
}

describe("states without slots", () => {
  it("stand in order of how slowly they move", () => {
    const rnn = model("rnn");
    const order = slowestFirst(autocorrelation(rnn.memory() as RecurrentMemory, 132));
    const r1 = (u: number): number => {
      const h = Array.from({ length: 132 }, (_, t) => rnn.memory().content(t)[u]!);
      const mean = h.reduce((a, b) => a + b) / 132;
      const x = h.map((v) => v - mean);
      return x.reduce((sum, v, t) => sum + v * (x[t - 1] ?? 0), 0) / x.reduce((sum, v) => sum + v * v, 0);
    };
    const values = [...order].map(r1);
    expect(values).toEqual([...values].sort((a, b) => b - a));
    const gru = drawn(model("gru"));
    expect(gru.settle!(132, true, [131, 60, 0])).toBe(true);
    const forget = (u: number): number =>
      Array.from({ length: 132 }, (_, t) => model("gru").need("cell", "forget_gate").at(t)[u]!).reduce((a, b) => a + b);
    expect([...gru.order!]).toEqual([0, 1, 2].sort((a, b) => forget(b) - forget(a)));
  });

  it("show what is held and written; a state that is read as it is has no read ink of its own", () => {
    for (const id of ["rnn", "gru"]) {
      const bank = model(id).bank();
      const memory = model(id).memory() as UnitMemory;
      const order = Uint16Array.from(Array(bank.width).keys());
      const all = columns(new UnitColumns(memory, gatesOf(id), order, { held: 2, write: 2, read: 1 }), 132);
      for (const t of [0, 70, 131]) {
        const state = model(id).memory().content(t);
        const written = memory.written(t);
        order.forEach((u) => {
          expect(all[t]!.hold[u]).toBeCloseTo(0.9 * Math.min(1, Math.abs(state[u]!) / 2), 5);
          expect(all[t]!.write[u]).toBeCloseTo(0.85 * Math.min(1, Math.abs(written[u]!) / 2) ** 1.5, 5);
          expect(all[t]!.read[u]).toBe(0);
        });
      }
      const close = columns(new UnitColumns(memory, gatesOf(id), order, { held: 0.25, write: 2, read: 1 }), 132);
      const erased = close.some(({ erase }) => erase.some((x) => x > 0));
      expect(erased).toBe(id === "gru"); // an Elman network has no gate that forgets
    }
  });

  it("have a cut with their own gates, and bars of them above the lane", () => {
    const gru = drawn(model("gru"));
    gru.settle!(132, true, [131, 60, 0]);
    const picture = gru.cut(40, foldRows(3), 0);
    expect(picture.blocks.map((block) => block.name)).toEqual(["state h", "written", "update gate"]);
    const state = model("gru").memory().content(40);
    expect([...picture.blocks[0]!.values]).toEqual([...gru.order!].map((u) => state[u]));
    const cut = drawn(model("rnn")).cut(40, foldRows(4), 0);
    expect(cut.blocks.map((block) => block.name)).toEqual(["state h", "written", "slope"]);
    expect(cut.dials.map((dial) => dial.name)).toEqual(["input", "slope"]);
    const slopes = model("rnn").need("state", "slopes").at(9);
    expect(drawn(model("rnn")).gauges[0]!.at(9)).toBeCloseTo(slopes.reduce((a, b) => a + b) / 4, 6);
    expect(gru.gauges.map(({ name }) => name)).toEqual(["update"]);
    expect(drawn(model("delta")).gauges).toEqual([]);
  });
});

describe("gates of an LSTM", () => {
  const lstm = loaded(makeLog(80, [{ units: 4 }])).model(0);
  const rows = drawn(lstm).gauges as readonly GateRow[];

  it("are rows above the lane in the order of the dials, with their inks and values", () => {
    for (const t of [0, 63, 64, 79]) {
      expect(rows.map(({ name, ink, at }) => [name, ink, at(t)])).toEqual(
        drawn(lstm)
          .dials(t, 0)
          .map(({ name, ink, value }) => [name, `${ink}f`, value]),
      );
    }
  });

  it("are faint at their lowest and strong at their highest, however little they move", () => {
    for (const row of rows) {
      const values = Array.from({ length: 80 }, (_, t) => row.at(t));
      const [low, high] = [values.indexOf(Math.min(...values)), values.indexOf(Math.max(...values))];
      expect(row.strength(low, 80)).toBeCloseTo(0.1, 9);
      expect(row.strength(high, 80)).toBeCloseTo(1, 9);
    }
    expect(new GateRow("input", "wf", () => 0.5).strength(3, 10)).toBeCloseTo(0.1, 9);
  });
});

describe("an associative memory", () => {
  const delta = model("delta");

  it("is drawn by lag: every row of a column is the share of its own lags, none is left empty", () => {
    const source = new LagColumns((t) => delta.memory().readShares(1, t), 132);
    const t = 100;
    const shares = delta.memory().readShares(1, t);
    const column = columns(source, t + 1)[t]!;
    const wanted = new Float64Array(LAG_ROWS);
    for (let s = 0; s <= t; s++) wanted[lagRow(t - s, 132)]! += Math.abs(shares[s + 1]!);
    for (let lag = 0; lag <= t; lag++) expect(column.read[lagRow(lag, 132)]).toBeCloseTo(wanted[lagRow(lag, 132)]!, 4);
    for (let row = 0; row < lagRow(t, 132); row++) expect(column.read[row], `row ${row}`).toBeGreaterThan(0);
    for (let row = lagRow(t, 132) + 1; row < LAG_ROWS; row++) expect(column.read[row]).toBe(0);
  });

  it("has dials of what is stored and taken away, whatever the length of its keys", () => {
    const made = makeLog(9, [{ keys: 4, width: 3, heads: 2, lengths: "unit" }]);
    const [one, other] = [loaded(made).model(0), loaded(made).model(0)];
    for (const [name, factor] of [
      ["keys", 3],
      ["write_gate", 1 / 3],
      ["erase", 1 / 9],
    ] as const) {
      const values = other.need("state", name).at(5);
      values.forEach((v, i) => (values[i] = v * factor));
    }
    for (const head of [0, 1]) {
      const wanted = drawn(one).dials(5, head);
      drawn(other)
        .dials(5, head)
        .forEach(({ value }, k) => expect(value).toBeCloseTo(wanted[k]!.value, 5));
    }
  });

  it("has a cut with the matrix of the head that is asked for", () => {
    const memory = delta.memory().content(60);
    for (const head of [0, 1]) {
      const picture = drawn(delta).cut(60, foldRows(3), head);
      expect(picture.rows).toBe(3);
      expect([...picture.blocks[0]!.values]).toEqual([...memory.subarray(head * 12, head * 12 + 12)]);
      expect(Math.hypot(...picture.writes[0]!)).toBeCloseTo(1, 5);
      expect(picture.add!.length).toBe(4);
      expect(picture.dials.map((dial) => dial.name)).toEqual(["write", "erase", "forget"]);
      const gate = delta
        .need("state", "write_gate")
        .at(60)
        .subarray(head * 4, head * 4 + 4);
      expect(picture.dials[0]!.value).toBeCloseTo(gate.reduce((a, b) => a + b) / 4, 6);
    }
  });
});

describe("a gated memory", () => {
  const pair = model("pair");

  it("has blank columns where it reads nothing and blank rows where nothing was written", () => {
    const all = columns(new AppendColumns(pair.memory("cross0") as AppendMemory, 132), 132);
    const per = foldRows(132).per;
    expect(per).toBe(2);
    for (let t = 0; t < 70; t++) expect(all[t]!.read.every((x) => x === 0)).toBe(true);
    expect(all[110]!.read.some((x) => x > 0)).toBe(true);
    expect([...all[131]!.hold].map((x) => x > 0)).toEqual(Array.from({ length: 66 }, (_, row) => row < 35));
    expect(all[5]!.write.every((x) => x === 0)).toBe(true); // the pause
    expect(all[80]!.write.every((x) => x === 0)).toBe(true);
    const picture = drawn(pair, "cross0").cut(100, foldRows(132, 132), 0);
    const keys = picture.blocks[0]!;
    const blank = (row: number): boolean => Number.isNaN(keys.values[row * keys.columns]!);
    expect([4, 5, 6, 69, 70, 99].map(blank)).toEqual([false, true, false, false, true, true]);
    expect(Math.max(...picture.writes[0]!)).toBe(0);
  });

  it("says where it turns from writing to reading", () => {
    expect(drawn(pair, "cross0").phases!()).toEqual([
      { step: 0, label: "writes only" },
      { step: 5, label: "rests" },
      { step: 6, label: "writes only" },
      { step: 70, label: "reads only" },
    ]);
    expect(drawn(model("alibi")).phases!()).toEqual([]);
  });

  it("has no focus at a step that reads nothing", () => {
    expect(
      drawn(pair, "cross0")
        .dials(30, 0)
        .map((dial) => dial.value),
    ).toEqual([0, 0]);
    const focus = drawn(pair, "cross0")
      .dials(100, 0)
      .map((dial) => dial.value);
    for (const value of focus) expect(value > 0 && value <= 1).toBe(true);
  });
});

describe("dials of a matrix", () => {
  it("are those of the gates that were recorded: one that never was has none, since 0 would be a claim", () => {
    const bare = loaded(
      makeLog(10, [
        { slots: 5, width: 3 },
        { slots: 5, width: 3, readHeads: 2, deallocation: true },
      ]),
    );
    const lane = bare.models.map((of) => drawn(of));
    expect(lane[0]!.dials(4, 0)).toEqual([]);
    expect(lane[0]!.cut(4, foldRows(5), 0).dials).toEqual([]);
    const free = bare.model(1).need("memory", "free_gates").at(4);
    expect(lane[1]!.dials(4, 0).map(({ name }) => name)).toEqual(["free"]);
    expect(lane[1]!.dials(4, 0)[0]!.value).toBeCloseTo((free[0]! + free[1]!) / 2, 6);
  });
});

describe("hues", () => {
  it("are those of the model, also where a recording of before names a family", () => {
    expect(signOf("lstm", "rnn")).toBe("lstm");
    expect(signOf("encoder-decoder", "tr")).toBe("encoder-decoder");
    expect([hueOf("tr"), hueOf("delta"), hueOf("ssm")]).toEqual(["transformer", "deltanet", "mamba2"]);
    expect(signOf("a model of mine", "hologram")).toBe("own");
    expect(signOf("a model of mine", "ntm")).toBe("ntm");
  });

  it("of any two models are distinct, or their dash is", () => {
    for (const [i, one] of HUES.entries())
      for (const other of HUES.slice(i + 1)) {
        expect(DARK[one], `${one}, ${other}`).not.toBe(DARK[other]);
        expect(shapeOf(one), `${one}, ${other}`).not.toEqual(shapeOf(other));
      }
    expect(dashOf("lstm")).toEqual([]);
    expect(new Set((["rnn", "gru", "lstm"] as const).map((hue) => dashOf(hue).join())).size).toBe(3);
  });
});
