/** States against plain loops (testlog.ts), and the promise that seeking and playing give the same numbers. */
import { describe, expect, it } from "vitest";
import { attentionRow, attentionWeight, cellAt, memoryAt, memoryState, readRow, writeRow } from "./banks";
import { RecordingLog } from "./log";
import { loaded, makeLog } from "./testlog";

const made = makeLog(200, [
  { slots: 6, width: 4, writeHeads: 2, readHeads: 2, deallocation: true },
  { units: 5 },
  { width: 3, heads: 2 },
]);
const log = loaded(made);
const STEPS = [0, 1, 62, 63, 64, 65, 127, 128, 199];

function far(got: ArrayLike<number>, wanted: ArrayLike<number>): number {
  expect(got.length).toBe(wanted.length);
  return Math.max(...Array.from(wanted, (value, i) => Math.abs(value - got[i]!)));
}

describe("states from the log", () => {
  it.each(STEPS)("agree with plain loops at step %i", (t) => {
    expect(far(memoryAt(log.model(0), null, t), made.states[0]![t + 1]!)).toBeLessThan(1e-5);
    expect(far(cellAt(log.model(1), "cell", t), made.states[1]![t + 1]!)).toBeLessThan(1e-5);
  });

  it("are the same to the last bit however the playhead got there", () => {
    const played = loaded(made).model(0);
    const rows = Array.from({ length: 200 }, (_, t) => memoryAt(played, null, t));
    const sought = loaded(made).model(0);
    for (const t of [199, 3, 130, 64, 63, 65, 64, 128, 0, 131, 66]) {
      expect(memoryAt(sought, null, t), `step ${t}`).toEqual(rows[t]);
    }
    const back = loaded(made).model(0);
    for (let t = 199; t >= 0; t--) expect(memoryAt(back, null, t)).toEqual(rows[t]);
  });

  it("cost one update per step while playing, with other places asked about in between", () => {
    const model = loaded(made).model(0);
    let reads = 0;
    const weights = model.need("memory", "write_weights");
    const at = weights.at.bind(weights);
    weights.at = (t) => (reads++, at(t));
    memoryState(model, null, 66); // the playhead arrives: 3 updates from the keyframe
    memoryState(model, null, 20); // the pointer rests elsewhere
    reads = 0;
    for (let t = 67; t < 120; t++) {
      memoryState(model, null, t);
      memoryState(model, null, 20);
    }
    expect(reads).toBe(53);
  });

  it("fall back to an earlier keyframe where one has not arrived", () => {
    const partial = new RecordingLog(made.manifest);
    for (const message of made.messages) {
      const keyframeOf64 = message[2] === 2 && message[4] === 64;
      if (!keyframeOf64) partial.append(message);
    }
    expect(far(memoryAt(partial.model(0), null, 100), made.states[0]![101]!)).toBeLessThan(1e-5);
    expect(partial.missing(200)).toEqual([1]);
  });

  it("are refused by name where the log does not reach", () => {
    const empty = new RecordingLog(made.manifest);
    expect(() => memoryAt(empty.model(0), null, 3)).toThrow(expect.objectContaining({ code: "not-held" }) as Error);
    expect(() => memoryAt(log.model(0), null, 200)).toThrow(expect.objectContaining({ code: "not-held" }) as Error);
    expect(() => memoryAt(log.model(0), "attic", 0)).toThrow("it has: memory");
    expect(() => memoryAt(log.model(1), "cell", 0)).toThrow("wanted a bank of kind matrix");
    expect(() => readRow(log.model(0), null, 2, 0)).toThrow("wanted head 2, it has 2");
  });
});

describe("rows", () => {
  it("of attention are the softmax over all keys so far", () => {
    const model = log.model(2);
    for (const t of [0, 63, 64, 199]) {
      const q = model.f32("layer0", "queries")!.at(t);
      const powers = Array.from({ length: t + 1 }, (_, s) => {
        const k = model.f32("layer0", "keys")!.at(s);
        return Math.exp((q[3]! * k[3]! + q[4]! * k[4]! + q[5]! * k[5]!) / Math.sqrt(3));
      });
      const sum = powers.reduce((a, b) => a + b);
      const row = attentionRow(model, "layer0", 1, t, new Float32Array(300));
      expect(
        far(
          row,
          powers.map((power) => power / sum),
        ),
      ).toBeLessThan(1e-6);
      expect(attentionWeight(model, "layer0", 1, t, Math.floor(t / 2))).toBeCloseTo(row[Math.floor(t / 2)]!, 6);
      expect(attentionWeight(model, "layer0", 1, t, t + 1)).toBe(0);
    }
    expect(attentionWeight(loaded(made).model(2), "layer0", 0, 100, 7)).toBeCloseTo(
      attentionRow(model, "layer0", 0, 100)[7]!,
      6,
    );
  });

  it("of writes and reads are the recorded ones", () => {
    expect(writeRow(log.model(0), null, 1, 9)).toEqual(log.model(0).f32("memory", "write_weights")!.at(9).subarray(6));
    expect(readRow(log.model(1), null, 0, 9)).toEqual(log.model(1).f32("cell", "output_gate")!.at(9));
    expect([...writeRow(log.model(2), null, 0, 2)]).toEqual([0, 0, 1]);
  });
});
