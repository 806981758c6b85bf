/** Lanes of recurrent, direct, associative, gated and pondering memories, from the golden recording `kinds`. */
import { describe, expect, it } from "vitest";
import { associationAt, unitsAt } from "../../memory/banks";
import { sharesAt } from "../../memory/shares";
import { goldenLog, kind } from "../../memory/testgolden";
import { loaded, makeLog } from "../../memory/testlog";
import { AppendColumns, foldRows, LAG_ROWS, LagColumns, lagRow } from "./columns";
import { parseHex, toOklab } from "../ink/colour";
import { dialsOf } from "./dials";
import { GateRow, gaugesOf, Turns } from "./gauge";
import { pictureAt } from "./cut";
import type { Column, ColumnSource } from "./tape";
import { DARK, hueOf } from "../ink/tokens";
import { slowestFirst, UnitColumns, writtenAt } from "./unit_columns";

const log = goldenLog("kinds");
const model = (id: string): ReturnType<typeof kind> => kind(log, id);

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
    const order = slowestFirst(rnn, rnn.bank(), 132);
    const r1 = (u: number): number => {
      const h = Array.from({ length: 132 }, (_, t) => unitsAt(rnn, null, t)[u]!);
      const mean = h.reduce((a, b) => a + b) / 132;
      const x = h.map((v) => v - mean);
      return x.reduce((sum, v, t) => sum + v * (x[t - 1] ?? 0), 0) / x.reduce((sum, v) => sum + v * v, 0);
    };
    const values = [...order].map(r1);
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect([...slowestFirst(model("gru"), model("gru").bank(), 132)].sort()).toEqual([0, 1, 2]);
  });

  it("show what is held and written; a state that is read as it is has no read ink of its own", () => {
    for (const id of ["rnn", "gru"]) {
      const bank = model(id).bank();
      const order = Uint16Array.from(Array(bank.width).keys());
      const all = columns(new UnitColumns(model(id), bank, order, { held: 2, write: 2, read: 1 }), 132);
      for (const t of [0, 70, 131]) {
        const state = unitsAt(model(id), null, t);
        const written = writtenAt(model(id), bank, t);
        order.forEach((u) => {
          expect(all[t]!.hold[u]).toBeCloseTo(0.9 * Math.min(1, Math.abs(state[u]!) / 2), 5);
          expect(all[t]!.write[u]).toBeCloseTo(0.85 * Math.min(1, Math.abs(written[u]!) / 2) ** 1.5, 5);
          expect(all[t]!.read[u]).toBe(0);
        });
      }
      const close = columns(new UnitColumns(model(id), bank, order, { held: 0.25, write: 2, read: 1 }), 132);
      const erased = close.some(({ erase }) => erase.some((x) => x > 0));
      expect(erased).toBe(id === "gru"); // an Elman network has no gate that forgets
    }
  });

  it("have a cut with their own gates, and bars of them above the lane", () => {
    const order = Uint16Array.from([2, 0, 1]);
    const picture = pictureAt(model("gru"), model("gru").bank(), 40, foldRows(3), order);
    expect(picture.blocks.map((block) => block.name)).toEqual(["state h", "written", "update gate"]);
    const state = unitsAt(model("gru"), null, 40);
    expect([...picture.blocks[0]!.values]).toEqual([state[2], state[0], state[1]]);
    const cut = pictureAt(model("rnn"), model("rnn").bank(), 40, foldRows(4), null);
    expect(cut.blocks.map((block) => block.name)).toEqual(["state h", "written", "slope"]);
    expect(cut.dials.map((dial) => dial.name)).toEqual(["input", "slope"]);
    const slopes = model("rnn").need("state", "slopes").at(9);
    expect(gaugesOf(model("rnn"), model("rnn").bank())[0]!.at(9)).toBeCloseTo(slopes.reduce((a, b) => a + b) / 4, 6);
    expect(gaugesOf(model("gru"), model("gru").bank()).map(({ name }) => name)).toEqual(["update"]);
    expect(gaugesOf(model("delta"), model("delta").bank())).toEqual([]);
  });
});

describe("gates of an LSTM", () => {
  const lstm = loaded(makeLog(80, [{ units: 4 }])).model(0);
  const rows = gaugesOf(lstm, lstm.bank()) as readonly GateRow[];

  it("are rows above the lane in the order of the dials, with their inks and values", () => {
    for (const t of [0, 63, 64, 79]) {
      expect(rows.map(({ name, ink, at }) => [name, ink, at(t)])).toEqual(
        dialsOf(lstm, lstm.bank(), t).map(({ name, ink, value }) => [name, `${ink}f`, value]),
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
    const source = new LagColumns((t) => sharesAt(delta, null, 1, t), 132);
    const t = 100;
    const shares = sharesAt(delta, null, 1, t);
    const column = columns(source, t + 1)[t]!;
    const wanted = new Float64Array(LAG_ROWS);
    for (let s = 0; s <= t; s++) wanted[lagRow(t - s, 132)]! += Math.abs(shares[s + 1]!);
    for (let lag = 0; lag <= t; lag++) expect(column.read[lagRow(lag, 132)]).toBeCloseTo(wanted[lagRow(lag, 132)]!, 4);
    for (let row = 0; row < lagRow(t, 132); row++) expect(column.read[row], `row ${row}`).toBeGreaterThan(0);
    for (let row = lagRow(t, 132) + 1; row < LAG_ROWS; row++) expect(column.read[row]).toBe(0);
  });

  it("has a cut with the matrix of the head that is asked for", () => {
    const memory = associationAt(delta, null, 60);
    for (const head of [0, 1]) {
      const picture = pictureAt(delta, delta.bank(), 60, foldRows(3), null, head);
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
    const all = columns(new AppendColumns(pair, pair.bank("cross0"), 132), 132);
    const per = foldRows(132).per;
    expect(per).toBe(2);
    for (let t = 0; t < 70; t++) expect(all[t]!.read.every((x) => x === 0)).toBe(true);
    expect(all[110]!.read.some((x) => x > 0)).toBe(true);
    expect([...all[131]!.hold].map((x) => x > 0)).toEqual(Array.from({ length: 66 }, (_, row) => row < 35));
    expect(all[5]!.write.every((x) => x === 0)).toBe(true); // the pause
    expect(all[80]!.write.every((x) => x === 0)).toBe(true);
    const picture = pictureAt(pair, pair.bank("cross0"), 100, foldRows(132, 132), null);
    const keys = picture.blocks[0]!;
    const blank = (row: number): boolean => Number.isNaN(keys.values[row * keys.columns]!);
    expect([4, 5, 6, 69, 70, 99].map(blank)).toEqual([false, true, false, false, true, true]);
    expect(Math.max(...picture.writes[0]!)).toBe(0);
  });

  it("says where it turns from writing to reading", () => {
    expect(new Turns(pair, pair.bank("cross0")).all()).toEqual([
      { step: 0, words: "writes only" },
      { step: 5, words: "rests" },
      { step: 6, words: "writes only" },
      { step: 70, words: "reads only" },
    ]);
    expect(new Turns(model("alibi"), model("alibi").bank()).all()).toEqual([]);
  });

  it("has no focus at a step that reads nothing", () => {
    expect(dialsOf(pair, pair.bank("cross0"), 30).map((dial) => dial.value)).toEqual([0, 0]);
    const focus = dialsOf(pair, pair.bank("cross0"), 100).map((dial) => dial.value);
    for (const value of focus) expect(value > 0 && value <= 1).toBe(true);
  });
});

describe("hues", () => {
  it("of the new glyphs are told apart: DeltaNet from all others, sDNC by its sign alone", () => {
    expect(hueOf("delta")).toBe("delta");
    expect(hueOf("sdnc")).toBe("sdnc");
    expect(DARK.sdnc).toBe(DARK.tr);
    const lab = (name: keyof typeof DARK): readonly number[] => toOklab(parseHex(DARK[name]));
    for (const other of ["rnn", "tr", "ut", "ntm", "dnc"] as const) {
      const far = 100 * Math.hypot(...lab("delta").map((v, i) => v - lab(other)[i]!));
      expect(far).toBeGreaterThan(5);
    }
  });
});
