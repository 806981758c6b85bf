/** States against plain loops (testlog.ts), and the promise that seeking and playing give the same numbers. */
import { describe, expect, it } from "vitest";
import type { AppendMemory } from "./kinds/append";
import { RecordingLog } from "./log";
import type { ModelLog } from "./model_log";
import { loaded, makeLog } from "./testlog";

function attention(model: ModelLog, bank: string): AppendMemory {
  return model.memory(bank) as AppendMemory;
}

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
    expect(far(log.model(0).memory().content(t), made.states[0]![t + 1]!)).toBeLessThan(1e-5);
    expect(far(log.model(1).memory("cell").content(t), made.states[1]![t + 1]!)).toBeLessThan(1e-5);
  });

  it("are the same to the last bit however the playhead got there", () => {
    const played = loaded(made).model(0);
    const rows = Array.from({ length: 200 }, (_, t) => played.memory().content(t));
    const sought = loaded(made).model(0);
    for (const t of [199, 3, 130, 64, 63, 65, 64, 128, 0, 131, 66]) {
      expect(sought.memory().content(t), `step ${t}`).toEqual(rows[t]);
    }
    const back = loaded(made).model(0);
    for (let t = 199; t >= 0; t--) expect(back.memory().content(t)).toEqual(rows[t]);
  });

  it("cost one update per step while playing, with other places asked about in between", () => {
    const model = loaded(made).model(0);
    let reads = 0;
    const weights = model.need("memory", "write_weights");
    const at = weights.at.bind(weights);
    weights.at = (t) => (reads++, at(t));
    model.memory().content(66); // the playhead arrives: 3 updates from the keyframe
    model.memory().content(20); // the pointer rests elsewhere
    reads = 0;
    for (let t = 67; t < 120; t++) {
      model.memory().content(t);
      model.memory().content(20);
    }
    expect(reads).toBe(53);
  });

  it("fall back to an earlier keyframe where one has not arrived", () => {
    const partial = new RecordingLog(made.manifest);
    for (const message of made.messages) {
      const keyframeOf64 = message[2] === 2 && message[4] === 64;
      if (!keyframeOf64) partial.append(message);
    }
    expect(far(partial.model(0).memory().content(100), made.states[0]![101]!)).toBeLessThan(1e-5);
    expect(partial.missing(200)).toEqual([1]);
  });

  it("are refused by name where the log does not reach", () => {
    const empty = new RecordingLog(made.manifest);
    expect(() => empty.model(0).memory().content(3)).toThrow(expect.objectContaining({ code: "not-held" }) as Error);
    expect(() => log.model(0).memory().content(200)).toThrow(expect.objectContaining({ code: "not-held" }) as Error);
    expect(() => log.model(0).memory("attic").content(0)).toThrow("it has: memory");
    expect(() => log.model(0).memory().readRow(2, 0)).toThrow("wanted head 2, it has 2");
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
      const row = attention(model, "layer0").readRow(1, t, new Float32Array(300));
      expect(
        far(
          row,
          powers.map((power) => power / sum),
        ),
      ).toBeLessThan(1e-6);
      expect(attention(model, "layer0").weight(1, t, Math.floor(t / 2))).toBeCloseTo(row[Math.floor(t / 2)]!, 6);
      expect(attention(model, "layer0").weight(1, t, t + 1)).toBe(0);
    }
    expect(attention(loaded(made).model(2), "layer0").weight(0, 100, 7)).toBeCloseTo(
      model.memory("layer0").readRow(0, 100)[7]!,
      6,
    );
  });

  it("of writes and reads are the recorded ones", () => {
    expect(log.model(0).memory().writeRow(1, 9)).toEqual(
      log.model(0).f32("memory", "write_weights")!.at(9).subarray(6),
    );
    expect(log.model(1).memory().readRow(0, 9)).toEqual(log.model(1).f32("cell", "output_gate")!.at(9));
    expect([...log.model(2).memory().writeRow(0, 2)]).toEqual([0, 0, 1]);
  });
});
