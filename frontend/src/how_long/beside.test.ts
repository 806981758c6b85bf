import { describe, expect, it } from "vitest";
import { bankEnds, controlled, gridDelay } from "./beside";
import { csv } from "./csv";
import { delaysIn } from "./own_signal.svelte";
import { curves, throughDelays } from "./rows";
import { sentence, underway } from "./sentence";
import { measurementOf } from "./testmeasurement";

const asked = measurementOf({ ntm: { 10: 0.02, 400: 1.1 } });
const longer = asked.rows.map((row) => ({ ...row, segment: 48, error: 0.9 }));

describe("rows of other segments", () => {
  it("are not part of the curve of the segment that was asked for", () => {
    const both = { ...asked, rows: [...longer, ...asked.rows] };
    expect(curves(both, "behaviour")[0]!.points.map(({ error }) => error)).toEqual([0.02, 1.1]);
    expect(csv(both).split("\r\n")[1]).toContain(",48,");
  });

  it("are drawn at the measured delay nearest to the crosshair", () => {
    const both = { ...asked, rows: [...longer, ...asked.rows] };
    expect([10, 30, 90, 300, null].map((at) => gridDelay(both, at))).toEqual([10, 10, 400, 400, 10]);
    expect(gridDelay(asked, 30)).toBe(null);
  });
});

describe("the control of contents", () => {
  it("is the worst of all, and nothing where there is none", () => {
    expect(controlled(asked)).toBe("");
    const shuffled = [0.004, -0.3, 0.021].map((one) => ({
      ...asked.rows[0]!,
      view: "content" as const,
      shuffled: one,
    }));
    expect(controlled({ rows: shuffled })).toBe("shuffled in time: at most 0.02");
    expect(controlled({ rows: [{ ...shuffled[1]! }] })).toBe("shuffled in time: at most 0.00");
  });

  it("has its name at the end of its curve like the banks, none over another", () => {
    const trace = (name: string, last: number) => ({
      x: [1],
      y: [last],
      name,
      meta: { model: "ntm", part: "bank" as const },
    });
    const figure = {
      data: [trace("whole state", 0.01), trace("memory", 0), trace("shuffled in time", 0.9)],
      layout: {},
    };
    const room = { width: 300, height: 176, left: 38, right: 100, top: 8, bottom: 22 };
    const capacity = { model: "ntm", checkpoint: "", bank: null, capacity: 3, shuffled: 0, lags: 128, n: 9, grows: false, text: "3.0" }; // prettier-ignore
    const scale = { log: false, low: 0, high: 1 };
    const ends = bankEnds({ capacities: [capacity] }, "ntm", figure, room, scale);
    expect(ends.map(({ text }) => text)).toEqual(["shuffled in time", "whole state 3.0", "memory"]);
    expect(ends[2]!.y - ends[1]!.y).toBeGreaterThanOrEqual(13);
    expect(ends.every(({ y }) => y >= 8 && y <= 154)).toBe(true);
  });
});

describe("a measurement under way", () => {
  it("says which part it is at and how long that takes", () => {
    expect(underway({ stage: null, planned: 12, seconds_left: null })).toBe("0 of 12 delays");
    expect(underway({ stage: { name: "ledger", done: 3, of: 12 }, planned: 12, seconds_left: 4.2 })).toBe(
      "into the memories: 3 of 12 delays, about 4 s left",
    );
    expect(underway({ stage: { name: "segments", done: 2, of: 6 }, planned: 12, seconds_left: null })).toBe(
      "other segments: 2 of 6",
    );
  });

  it("says what the delays show once all are measured", () => {
    const growing = { ...asked, status: "running" as const, stage: { name: "delays" as const, done: 1, of: 2 } };
    const further = { ...growing, stage: { name: "contents" as const, done: 0, of: 1 } };
    expect([growing, further, asked].map((one) => throughDelays(one))).toEqual([false, true, true]);
    expect(sentence(further)).toEqual(sentence(asked));
    expect(sentence(growing)).not.toEqual(sentence(asked));
  });
});

describe("delays as they are typed", () => {
  it("are whole numbers in any list, none, or a sentence that says what is wanted", () => {
    expect(delaysIn("10, 40;120 40")).toEqual([10, 40, 120]);
    expect(delaysIn(" ")).toBe(null);
    for (const text of ["ten", "-5", "1.5", "2001"]) expect(delaysIn(text)).toContain("0 to 2000 steps");
    expect(delaysIn(Array.from({ length: 17 }, (_, k) => k).join(","))).toContain("At most 16");
  });
});
