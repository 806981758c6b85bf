import { describe, expect, it } from "vitest";
import { dragged, gripAt } from "./bands";

const events = [
  { step: 16, until: 40, kind: "store", label: "store" },
  { step: 70, until: 94, kind: "recall", label: "recall" },
];
const options = { lead: 16, segment: 24, delay: 30 };
/** 10 pixels a step. */
const at = (step: number) => gripAt(10 * step, 940, 94, events, options)?.option ?? null;

describe("what can be dragged", () => {
  it("is the segment by its body, its length by its end, the replay by its body", () => {
    expect([2, 20, 39.8, 50, 72, 90].map(at)).toEqual([null, "lead", "segment", null, "delay", "delay"]);
    expect(gripAt(200, 940, 94, [{ step: 0, until: 20, kind: "store" }], { context: 20 })).toMatchObject({ option: "context", from: 20 }); // prettier-ignore
    expect(gripAt(200, 0, 94, events, options)).toBeNull();
  });

  it("is reached from further by a finger", () => {
    const option = (x: number, finger: boolean) => gripAt(x, 940, 94, events, options, finger)?.option ?? null;
    expect([option(418, false), option(418, true), option(425, true)]).toEqual([null, "segment", null]);
  });

  it("moves its number as far as the pointer, within the task's bounds", () => {
    const grip = gripAt(200, 940, 94, events, options)!;
    expect([250, 100, -900, 5000].map((x) => dragged(grip, x, 940, 94, 0, 60))).toEqual([21, 6, 0, 60]);
  });
});
