import { describe, expect, it } from "vitest";
import { RecordingLog } from "../memory/log";
import { loaded } from "../memory/testlog";
import { makeLog, seeded } from "../wire/testlog";
import { twinPart } from "../memory/kinds/twins";
import { focusOf, HealthTrack } from "./measures";
import { eventsOf, kindsOf, neighbour, peaks, refractory, SignalPeaks, signalPeaks, turns, writes } from "./events";
import { ErrorTrack, SignalTrack } from "./signal";
import { best, shapeLikeness, stateLikeness } from "./similar";
import { ecgBeats, ecgMinute } from "./testecg";

describe("moments worth going to", () => {
  it("finds peaks of a height, of close ones the larger", () => {
    const values = [0, 3, 1, 0, 5, 6, 5, 0, 0.5, 0, 4, 4, 0];
    expect(peaks(values, 1, 1)).toEqual([1, 5, 11]);
    expect(peaks(values, 1, 5)).toEqual([5, 11]);
    expect(peaks(values, 4.5, 1)).toEqual([5]);
    expect(peaks([], 1, 1)).toEqual([]);
    expect(peaks([0, 0, 0], 0, 1)).toEqual([]);
  });

  it("steps from one to the next in both directions", () => {
    expect(neighbour([4, 9], 4, 1)).toBe(9);
    expect(neighbour([4, 9], 4, -1)).toBeUndefined();
    expect(neighbour([4, 9], 100, -1)).toBe(9);
  });

  it("measures writes and turns of every kind of bank", () => {
    const { manifest, messages } = makeLog(40, [{ slots: 6, width: 4 }, { units: 5 }, { width: 3, heads: 2 }]);
    const log = new RecordingLog(manifest);
    for (const message of messages) log.append(message);
    for (const model of log.models) {
      const wrote = writes(model, model.memory()).values();
      expect(wrote).toHaveLength(40);
      expect(wrote.every((v) => v >= 0)).toBe(true);
      const turned = turns(model, model.memory()).values();
      expect(turned[0]).toBe(0);
      expect(turned.every((v) => v >= 0 && v <= 2 + 1e-6)).toBe(true);
      for (const t of eventsOf("write", wrote)) expect(wrote[t]!).toBeGreaterThanOrEqual(Math.max(...wrote) / 3);
    }
  });
});

describe("peaks of a signal", () => {
  const sine = (steps: number, period: number, noise = 0): number[] => {
    const random = seeded(5);
    return Array.from({ length: steps }, (_, t) => Math.sin((2 * Math.PI * t) / period) + noise * (random() - 0.5));
  };

  it("a sine has one a period, noise on it or not", () => {
    expect(signalPeaks(sine(120, 24), 4)).toEqual([6, 30, 54, 78, 102]);
    expect(signalPeaks(sine(2000, 100, 0.2), 4)).toHaveLength(20);
  });

  it("a flat signal has none, and so has one of no steps or of one that still rises", () => {
    expect(signalPeaks(new Array(50).fill(3), 4)).toEqual([]);
    expect(signalPeaks([], 4)).toEqual([]);
    expect(signalPeaks([0, 0, 0, 1], 4)).toEqual([]);
  });

  it("are the same at another offset and scale, below zero too", () => {
    const values = sine(300, 17, 0.3);
    const found = signalPeaks(values, 4);
    expect(found.length).toBeGreaterThan(15);
    for (const [scale, offset] of [
      [1, -5],
      [1e-4, 0],
      [250, 1e5],
    ] as const) {
      expect(
        signalPeaks(
          values.map((v) => v * scale + offset),
          4,
        ),
      ).toEqual(found);
    }
  });

  it("lie a refractory time apart, of closer ones the larger", () => {
    const values = new Array(60).fill(0);
    [values[10], values[13], values[30], values[33], values[50]] = [1, 0.9, 0.9, 1, 1];
    expect(signalPeaks(values, 4)).toEqual([10, 33, 50]);
    expect(signalPeaks(values, 3)).toEqual([10, 13, 30, 33, 50]);
    expect([refractory(360), refractory(36), refractory(1), refractory(null)]).toEqual([90, 9, 2, 4]);
  });

  it("are found beside one three times as tall, and when they are rarer than one step in a hundred", () => {
    const beats = Array.from({ length: 600 }, (_, t) => (t === 315 ? 3 : t % 30 === 15 ? 1 : 0));
    expect(signalPeaks(beats, 9)).toHaveLength(20);
    const random = seeded(7);
    const rare = Array.from({ length: 5000 }, (_, t) => (t % 500 === 250 ? 1 : 0.1 * random()));
    expect(signalPeaks(rare, 4)).toHaveLength(10);
  });

  it("a T-wave is none, as high as it may be, where what climbs as steeply is one", () => {
    const beat = (wave: number[]): number[] => Array.from({ length: 300 }, (_, t) => wave[(t % 30) - 5] ?? 0);
    const slow = [1, 0, -0.1, 0, 0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.6, 0.4, 0.2];
    expect(signalPeaks(beat(slow), 9)).toEqual(Array.from({ length: 10 }, (_, k) => 30 * k + 5));
    const early = [1, 0, -0.1, 0, 0, 0, 0, 0, 0, 0, 0, 0.7];
    expect(signalPeaks(beat(early), 9)).toHaveLength(20);
  });

  it("of a run that goes on are those of the steps there are, cached until more arrive", () => {
    const values = sine(120, 24);
    let steps = 50;
    const track = new SignalPeaks({ shown: (t: number) => values[t]!, sampleRate: null } as SignalTrack, () => steps);
    expect(track.steps()).toEqual([6, 30]);
    expect(track.steps()).toBe(track.steps());
    steps = 120;
    expect(track.steps()).toHaveLength(5);
  });

  it("are offered for a line that is no code", () => {
    const offered = (kind: "line" | "bits", coded: boolean): boolean =>
      kindsOf({ kind, coded } as SignalTrack).some(({ value }) => value === "peak");
    expect([offered("line", false), offered("line", true), offered("bits", false)]).toEqual([true, false, false]);
  });

  it("are the R-peaks of a real ECG", () => {
    const values = ecgMinute();
    const found = signalPeaks(values, refractory(36));
    const beats = ecgBeats()
      .map((sample) => Math.floor(sample / 10))
      .filter((step) => step < values.length);
    const near = (step: number, among: readonly number[]): boolean => among.some((one) => Math.abs(one - step) <= 2);
    expect(beats).toHaveLength(74);
    expect(beats.filter((step) => near(step, found)).length).toBeGreaterThanOrEqual(0.95 * beats.length);
    expect(found.filter((step) => !near(step, beats)).length).toBeLessThanOrEqual(0.05 * beats.length);
  });
});

describe("health", () => {
  it("focus is 1 for one slot and 0 for all alike", () => {
    expect(focusOf([0, 1, 0, 0])).toBe(1);
    expect(focusOf([0.25, 0.25, 0.25, 0.25])).toBeCloseTo(0, 12);
    expect(focusOf([0, 0, 0])).toBeNaN();
  });

  it("twins are slots of one direction", () => {
    expect(twinPart([1, 0, 2, 0, 0, 1, 1, 1], [1, 1, 1, 1], 4, 2, 0.99)).toBe(0.5);
    expect(twinPart([1, 0, 0, 1], [1, 1], 2, 2, 0.99)).toBe(0);
    expect(twinPart([1, 1, 2, 2, 3, 3], [0.2, 0.2, 0.2], 3, 2, 0.99)).toBe(1); // all slots alike: a collapsed memory
  });

  it("blank slots are no twins, and do not count: neither as they were before the first write nor erased", () => {
    const blank = [1, 0, 1, 0, 1, 0];
    expect(twinPart([...blank, 0, 1, 1, 1], [0, 0.02, 0, 1, 1], 5, 2, 0.99)).toBe(0);
    expect(twinPart([...blank, 0, 1, 0, 2], [0, 0.02, 0, 1, 1], 5, 2, 0.99)).toBe(1);
    expect(twinPart([1e-6, 1e-6, 1e-6, 1e-6, 0, 1, 1, 0], [1, 1, 1, 1], 4, 2, 0.99)).toBe(0);
    expect(twinPart([0, 0, 0, 0, 0, 1], [1, 1, 1], 3, 2, 0.99)).toBeNaN(); // one in use: nothing to compare
    expect(twinPart([0, 0, 0, 0], [1, 1], 2, 2, 0.99)).toBeNaN();
  });

  it("a DNC that has hardly written has no twins among the slots it left alone", () => {
    const log = loaded(makeLog(4, [{ slots: 32, width: 4, sharpness: 60 }]));
    const memory = log.model(0).memory();
    [3, 9].forEach((slot, t) => {
      // Addressing by content leaks a little of every write to all slots, so that they point the same way.
      const weights = log.model(0).need("memory", "write_weights").at(t).fill(0.01);
      weights[slot] = 0.9;
      log
        .model(0)
        .need("memory", "write_vectors")
        .at(t)
        .set(t ? [0, 1, 0, 0] : [1, 0, 0, 0]);
    });
    const count = memory.twins!(0.99);
    expect(count(0)).toBeNaN();
    expect(count(1)).toBe(0);
  });

  it("every measure is a part or says nothing, for every kind of bank", () => {
    const { manifest, messages } = makeLog(20, [{ slots: 6, width: 4 }, { units: 5 }, { width: 3, heads: 2 }]);
    const log = new RecordingLog(manifest);
    for (const message of messages) log.append(message);
    const signal = new SignalTrack(log);
    for (const model of log.models) {
      const track = new HealthTrack(model, model.memory(), signal, new ErrorTrack(signal, model));
      for (const measure of ["filled", "focus", "twins", "memory", "error"] as const) {
        expect(track.extend(measure, Infinity)).toBe(true);
        for (let t = 0; t < 20; t++) {
          const v = track.at(measure, t);
          if (!Number.isNaN(v)) expect(v, `${model.bank().kind} ${measure}`).toBeGreaterThanOrEqual(0);
          if (!Number.isNaN(v)) expect(v).toBeLessThanOrEqual(1 + 1e-6);
        }
      }
      expect(track.at("filled", 19)).not.toBeNaN();
    }
  });
});

describe("moments like this one", () => {
  it("finds a repeated shape at another height and scale, best first", () => {
    const random = seeded(3);
    const values = Array.from({ length: 300 }, () => random() - 0.5);
    for (let k = 0; k < 24; k++) values[200 + k] = 3 * values[50 + k]! + 7;
    const found = best(shapeLikeness(values, 50, 24), 50, 24);
    expect(found[0]!.t).toBe(200);
    expect(found[0]!.likeness).toBeCloseTo(1, 9);
    expect(found[1]!.likeness).toBeLessThan(0.9);
    found.forEach((one, i) =>
      found.slice(i + 1).forEach((other) => expect(Math.abs(one.t - other.t)).toBeGreaterThanOrEqual(24)),
    );
  });

  it("a flat window has no shape", () => {
    expect(best(shapeLikeness(new Array(50).fill(2), 3, 8), 3, 8)).toEqual([]);
  });

  it("finds the state that points the same way", () => {
    const states = [
      [1, 0],
      [0, 1],
      [2, 0.1],
      [-1, 0],
    ];
    expect(
      best(
        stateLikeness(4, (t) => states[t]!, 0),
        0,
        1,
        1,
      )[0]!.t,
    ).toBe(2);
  });
});
