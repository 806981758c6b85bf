import { describe, expect, it } from "vitest";
import type { TaskEvent } from "../wire/manifest";
import { Showing } from "./showing";

const events: TaskEvent[] = [
  { kind: "store", step: 25, until: 49, label: "" },
  { kind: "recall", step: 79, until: 103, label: "" },
];

describe("the first card", () => {
  it("begins shortly before what is stored, runs to the answer and walks through it to its best moment", () => {
    const showing = new Showing(events, 160, 97);
    expect(showing.step).toBe(15);
    showing.advance(1, 160);
    expect(showing.step).toBe(39);
    for (let k = 0; k < 20; k++) showing.advance(0.1, 160); // 40 steps more at 24 a second, the rest slowly
    expect([showing.step, showing.over]).toEqual([82, false]);
    showing.advance(1, 160);
    expect(showing.step).toBe(90);
    showing.advance(10, 160);
    expect([showing.step, showing.over]).toEqual([97, true]);
    showing.advance(10, 160);
    expect(showing.step).toBe(97);
    showing.again();
    expect([showing.step, showing.over]).toEqual([15, false]);
  });

  it("waits for steps that have not come", () => {
    const showing = new Showing(events, 160, 97);
    showing.advance(1, 20);
    expect([showing.step, showing.over]).toEqual([19, false]);
    showing.advance(0.1, 160);
    expect(showing.step).toBe(21);
    showing.advance(0.1, 10); // fewer than shown already: it does not go back
    expect(showing.step).toBe(21);
  });

  it("rests two thirds into the answer while its best moment is not known, and takes it over while it plays", () => {
    const showing = new Showing(events, 160);
    showing.finish();
    expect(showing.step).toBe(94);
    showing.restAt(90); // past already
    expect(showing.step).toBe(94);
    showing.restAt(97);
    expect(showing.over).toBe(false);
    showing.finish();
    expect(showing.step).toBe(97);
    const early = new Showing(events, 160);
    early.restAt(81);
    early.finish();
    expect(early.step).toBe(81);
  });

  it("plays a run that asks nothing to its end", () => {
    const showing = new Showing([], 50);
    for (let k = 0; k < 100; k++) showing.advance(0.1, 50);
    expect([showing.step, showing.over]).toEqual([49, true]);
  });
});
