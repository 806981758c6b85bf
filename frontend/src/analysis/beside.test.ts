import { describe, expect, it } from "vitest";
import { RecordingLog } from "../memory/log";
import { BESIDE, goldenBeside, logBeside } from "../memory/testbeside";
import { goldenLog } from "../memory/testgolden";
import { parseManifest } from "../wire/manifest";
import { besideOf } from "./beside";

describe("channels beside the signal", () => {
  it("are read from the frames in their own unit, not a number where nothing was measured", () => {
    const [temperature, v5] = besideOf(logBeside("memories"));
    expect([temperature!.name, temperature!.unit, v5!.name, v5!.unit]).toEqual(["temperature", "°C", "V5", ""]);
    expect([temperature!.at(3), v5!.at(0), v5!.at(131)]).toEqual([NaN, -40, 91]);
    expect(temperature!.at(50)).toBeCloseTo(36.5, 6);
    expect([v5!.at(132), v5!.at(-1)]).toEqual([NaN, NaN]);
    expect(v5!.bounds).toEqual({ low: -40, high: 91 });
  });

  it("have no names where the manifest says nothing that can be used, and are none where frames have none", () => {
    for (const nonsense of [null, 7, [3], [{ channel: 4, unit: [], offset: "x" }]]) {
      const tracks = besideOf(logBeside("memories", nonsense));
      expect(tracks.map(({ name, unit }) => name + unit)).toEqual(["channel 1", "channel 2"]);
      expect(tracks[1]!.at(50)).toBe(10);
    }
    expect(besideOf(goldenLog("memories"))).toEqual([]);
  });

  it("grow with the log, and with them their bounds", () => {
    const { raw, messages } = goldenBeside("memories", BESIDE.said, (t) => [t]);
    const log = new RecordingLog(parseManifest(raw));
    const [track] = besideOf(log);
    expect([track!.bounds, track!.range]).toEqual([null, { low: 0, high: 1 }]);
    let high = -1;
    for (const message of messages) {
      log.append(message);
      const bounds = track!.bounds;
      expect(bounds?.high ?? -1).toBeGreaterThanOrEqual(high);
      high = bounds?.high ?? -1;
    }
    expect(track!.bounds).toEqual({ low: 36, high: 167 });
  });
});
