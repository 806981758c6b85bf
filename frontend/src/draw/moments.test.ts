import { describe, expect, it } from "vitest";
import { RecordingLog } from "../ledger/log";
import { makeLog, seeded } from "../wire/testlog";
import { focusOf, HealthTrack, twinPart } from "./health";
import { eventsOf, neighbour, peaks, turns, writes } from "./moments";
import { ErrorTrack, SignalTrack } from "./signal";
import { best, shapeLikeness, stateLikeness } from "./similar";

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
      const wrote = writes(model, model.bank()).values();
      expect(wrote).toHaveLength(40);
      expect(wrote.every((v) => v >= 0)).toBe(true);
      const turned = turns(model, model.bank()).values();
      expect(turned[0]).toBe(0);
      expect(turned.every((v) => v >= 0 && v <= 2 + 1e-6)).toBe(true);
      for (const t of eventsOf("write", wrote)) expect(wrote[t]!).toBeGreaterThanOrEqual(Math.max(...wrote) / 3);
    }
  });
});

describe("health", () => {
  it("focus is 1 for one slot and 0 for all alike", () => {
    expect(focusOf([0, 1, 0, 0])).toBe(1);
    expect(focusOf([0.25, 0.25, 0.25, 0.25])).toBeCloseTo(0, 12);
    expect(focusOf([0, 0, 0])).toBeNaN();
  });

  it("twins are slots of one direction, empty ones among them", () => {
    expect(twinPart([1, 0, 2, 0, 0, 1, 1, 1], 4, 2)).toBe(0.5);
    expect(twinPart([0, 0, 0, 0, 0, 1], 3, 2)).toBeCloseTo(2 / 3);
    expect(twinPart([1, 0, 0, 1], 2, 2)).toBe(0);
  });

  it("every measure is a part or says nothing, for every kind of bank", () => {
    const { manifest, messages } = makeLog(20, [{ slots: 6, width: 4 }, { units: 5 }, { width: 3, heads: 2 }]);
    const log = new RecordingLog(manifest);
    for (const message of messages) log.append(message);
    const signal = new SignalTrack(log);
    for (const model of log.models) {
      const track = new HealthTrack(model, model.bank(), signal, new ErrorTrack(signal, model));
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

  it("a flat stretch has no shape", () => {
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
