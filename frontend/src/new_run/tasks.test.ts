import { describe, expect, it } from "vitest";
import { defaults, taskPlan, TASKS } from "./tasks";

describe("tasks as they are offered", () => {
  it("tell the steps that mnemoscope.tasks makes of their defaults", () => {
    const steps = (name: string): number => TASKS[name]!.steps(defaults(TASKS[name]!));
    expect(steps("copy")).toBe(3 * 41);
    expect(steps("repeat-copy")).toBe(5 + 2 + 25);
    expect(steps("associative-recall")).toBe(4 * 6 + 5 + 3);
    expect(steps("ngrams")).toBe(200);
    expect(steps("priority-sort")).toBe(20 + 1 + 16);
  });

  it("start inside their ranges, and name a parameter once", () => {
    for (const plan of Object.values(TASKS)) {
      expect(new Set(plan.knobs.map(({ name }) => name)).size).toBe(plan.knobs.length);
      for (const { start, least, most } of plan.knobs) expect(start >= least && start <= most).toBe(true);
    }
  });

  it("are offered in the server's words where this page has none", () => {
    const card = {
      name: "sing",
      metric: "wrong notes",
      description: "A tune is heard and sung again.",
      takes_signal: true,
      options: [{ name: "notes", label: "Notes", default: 5, low: 1, high: 9 }],
    };
    const plan = taskPlan("sing", [card]);
    expect(plan).toMatchObject({ says: "A tune is heard and sung again.", signal: true });
    expect(plan.knobs).toMatchObject([{ name: "notes", label: "Notes", start: 5, least: 1, most: 9 }]);
    expect(defaults(plan)).toEqual({ notes: 5 });
    expect(taskPlan("copy", [{ ...card, name: "copy" }])).toBe(TASKS["copy"]);
  });

  it("run with their own defaults where nobody describes them", () => {
    expect(defaults(taskPlan("sing"))).toEqual({});
    expect(taskPlan("sing").signal).toBe(false);
  });
});
