/** How wrong a model has been so far, in the unit of what it was asked for. */
import { describe, expect, it } from "vitest";
import type { ModelLog, RecordingLog } from "../memory/log";
import { ErrorTrack, SignalTrack } from "./signal";

/** Answers and targets of some steps; of step 0 nothing is asked. */
function track(kind: "line" | "bits", coded: boolean, outputs: number[][], targets: number[][]): ErrorTrack {
  const rows: Record<string, number[][]> = { outputs, targets };
  const model = {
    knows: (t: number) => t < outputs.length,
    f32: (_: null, name: string) => ({ at: (t: number) => Float32Array.from(rows[name]![t]!) }),
  };
  const signal = { kind, coded, asked: (t: number) => t > 0 };
  return new ErrorTrack(signal as SignalTrack, model as unknown as ModelLog);
}

/** The signal of a recording whose targets have that many numbers. */
function signalOf(size: number, values: "bits" | "real"): SignalTrack {
  const models = [{ frame: { tensors: [{ bank: null, name: "targets", size }] } }];
  const manifest = { task: { name: "mine", values }, signal: null, steps: 9, models };
  return new SignalTrack({ manifest, models: [] } as unknown as RecordingLog);
}

describe("a signal", () => {
  it("is of bits because the recording says so, not because it has many numbers", () => {
    expect([signalOf(16, "real").kind, signalOf(16, "real").coded]).toEqual(["line", false]);
    expect([signalOf(16, "bits").kind, signalOf(16, "bits").coded]).toEqual(["bits", false]);
  });

  it("of one bit is a code", () => {
    expect([signalOf(1, "bits").kind, signalOf(1, "bits").coded]).toEqual(["line", true]);
    expect([signalOf(1, "real").kind, signalOf(1, "real").coded]).toEqual(["line", false]);
  });
});

describe("an error so far", () => {
  it("of bits counts the wrong ones", () => {
    const error = track(
      "bits",
      false,
      [
        [1, 1],
        [0.9, 0.2],
        [0.4, 0.8],
      ],
      [
        [0, 0],
        [1, 1],
        [0, 1],
      ],
    );
    expect(error.at(0)).toBeNull();
    expect(error.at(2)).toMatchObject({ value: 1, label: "1 wrong bits" });
    expect(error.at(2)!.says).toContain("of 4 asked for");
    expect([error.part(2), error.within(2, 2), error.within(1, 2)]).toEqual([0.25, 0, 0.25]);
  });

  it("of a code is the bits that the answers need", () => {
    const error = track("line", true, [[0], [0.5], [0.25], [0.25]], [[0], [1], [1], [0]]);
    expect(error.at(1)).toMatchObject({ value: 1, label: "1.00 bits a step" });
    expect(error.part(2)).toBeCloseTo(1.5);
    expect(error.within(3, 3)).toBeCloseTo(-Math.log2(0.75));
    expect(error.at(9)).toBeNull(); // not held
  });

  it("of a series is relative to the series", () => {
    const error = track("line", false, [[9], [2], [0]], [[0], [1], [2]]);
    expect(error.at(2)!.value).toBeCloseTo(1);
    expect(error.at(2)!.label).toBe("error 1.00");
    expect(error.within(1, 1)).toBeCloseTo(1);
    expect(error.at(0)).toBeNull();
  });
});
