import { describe, expect, it } from "vitest";
import type { TaskEvent } from "../wire/manifest";
import { questionAt, questionsOf } from "./question";

const event = (kind: string, step: number, until: number): TaskEvent => ({ kind, step, until, label: "" });

describe("what a run asks", () => {
  it("is the stretch stored and the one it is asked back over", () => {
    const events = [event("store", 25, 49), event("label", 33, 34), event("recall", 79, 103)];
    expect(questionsOf(events)).toEqual([{ store: [25, 48], recall: [79, 102] }]);
  });

  it("takes every recall before the next stretch is stored as one", () => {
    const laps = [event("store", 0, 5), event("recall", 6, 11), event("recall", 11, 16)];
    expect(questionsOf(laps)).toEqual([{ store: [0, 4], recall: [6, 15] }]);
  });

  it("is found by the step one looks at, in a run with several rounds", () => {
    const rounds = [
      event("store", 16, 40),
      event("recall", 60, 84),
      event("store", 100, 124),
      event("recall", 144, 168),
    ];
    expect(questionAt(rounds, 0)?.store).toEqual([16, 39]);
    expect(questionAt(rounds, 99)?.store).toEqual([16, 39]);
    expect(questionAt(rounds, 150)?.recall).toEqual([144, 167]);
  });

  it("is none where nothing is asked back", () => {
    expect(questionAt([event("store", 3, 9)], 5)).toBeNull();
    expect(questionAt([event("label", 3, 4), event("recall", 5, 9)], 5)).toBeNull();
  });
});
