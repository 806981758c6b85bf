/** Which slot is pointed at, where several share a row of the raster: an index comes from the data, never from the folded picture. */
import { beforeAll, describe, expect, it } from "vitest";
import { SignalTrack } from "../../analysis/signal";
import { loaded, makeLog } from "../../memory/testlog";
import { DARK, makeInks } from "../ink/tokens";
import { stubCanvases } from "../testdrawing";
import { Lane } from "./lane";

const STEPS = 40;
const log = loaded(makeLog(STEPS, [{ width: 2, heads: 2 }, { units: 14 }, { slots: 12, width: 2, sharpness: 60 }]));
const lanes: Lane[] = [];
beforeAll(() => {
  stubCanvases();
  const signal = new SignalTrack(log);
  for (const model of log.models) {
    // Rows of 4, 2 and 2 slots.
    lanes.push(new Lane(model, model.bank(), signal, makeInks(DARK, true), null, [10, 7, 6][lanes.length]));
  }
});

describe("the slot pointed at", () => {
  it("is that of the ink, where a weight has made it", () => {
    const [attention, , matrix] = lanes as [Lane, Lane, Lane];
    expect([attention.fold.per, matrix.fold.per]).toEqual([4, 2]);
    for (const t of [0, 5, 13, 22, 39]) {
      for (const part of [0.01, 0.5, 0.99]) {
        const row = Math.floor(t / 4);
        const pointed = attention.slotAt(row + part, t)!;
        const weights = [0, 1].map((head) => attention.memory.readRow(head, t));
        // The step's own write, of weight 1, is in this row: no other slot can stand for it.
        expect(pointed).toBe(t);
        expect(Math.max(...weights.map((one) => one[pointed]!))).toBeLessThanOrEqual(1);
      }
    }
    const writes = matrix.memory.writeRow(0, 7);
    const strongest = writes.indexOf(Math.max(...writes));
    expect(writes[strongest]).toBeGreaterThan(0.5);
    for (const part of [0.1, 0.9]) expect(matrix.slotAt(Math.floor(strongest / 2) + part, 7)).toBe(strongest);
  });

  it("is the one at that height where all are alike, and every one of them is reached", () => {
    const cell = lanes[1]!;
    expect(cell.fold.per).toBe(2);
    const reached = Array.from({ length: 14 }, (_, place) => cell.slotAt((place + 0.5) / 2, 20));
    expect(reached).toEqual(Array.from({ length: 14 }, (_, place) => cell.slotOfPlace(place)));
    expect(new Set(reached).size).toBe(14);
  });

  it("is one that there is", () => {
    const attention = lanes[0]!;
    expect(attention.slotAt(2.99, 8)).toBe(8); // 9, 10 and 11 are still to come
    expect(attention.slotAt(3.1, 8)).toBeNull();
    expect(lanes[2]!.slotAt(5.99, 3)).not.toBeNull();
    expect(lanes[2]!.slotAt(6.01, 3)).toBeNull();
  });
});

it("what a step wrote is of slots, not of rows", () => {
  const attention = lanes[0]!;
  for (const t of [1, 7, 38]) expect(attention.drawn.wrote(t).lastIndexOf(1)).toBe(t);
  expect(lanes[1]!.drawn.wrote(9).length).toBe(14);
  expect([...lanes[2]!.drawn.wrote(9)]).toEqual([...lanes[2]!.memory.writeRow(0, 9)]);
});
