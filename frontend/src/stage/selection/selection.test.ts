import { describe, expect, it } from "vitest";
import type { SignalTrack } from "../../analysis/signal";
import type { Remains } from "../../analysis/remains";
import type { TaskEvent } from "../../wire/manifest";
import { controllerOf } from "../testcontroller";
import { SelectionRemains } from "./selection.svelte";
import { leftText, movesText, selectionTitle, takenText } from "./words";

const remains = (change: Partial<Remains> = {}): Remains => ({
  since: 48,
  left: new Float64Array([1, 1, 0.6]),
  half: null,
  most: null,
  ...change,
});
const said = (parts: { text: string }[]): string => parts.map(({ text }) => text).join("");
const recalls = [[79, 102]] as const;

describe("a selection in words", () => {
  const events: TaskEvent[] = [
    { kind: "store", step: 25, until: 49, label: "store" },
    { kind: "label", step: 33, until: 34, label: "odd beat" },
  ];

  it("has the name of what is labelled in it", () => {
    expect(selectionTitle(events, [25, 48])).toBe("Odd beat, t = 25 to 48");
    expect(selectionTitle(events, [40, 48])).toBe("Steps t = 40 to 48");
  });

  it("ends its curve in what is left, or when half of it had gone", () => {
    expect(leftText(remains())).toBe("60% left");
    expect(leftText(remains({ half: 138 }))).toBe("½ at 138");
    expect(leftText(remains({ left: new Float64Array([1, 0.99]) }))).toBe("whole");
  });

  it("says who wrote over it, with the step that shows it", () => {
    const taking = { first: 114, last: 131, part: 0.5 };
    const parts = takenText(remains({ most: { mechanism: "overwritten", part: 0.6, taking } }), recalls, false);
    expect(said(parts)).toBe("t = 114 to 131 overwrote 50%");
    expect(parts[0]!.step).toBe(114);
    const one = { first: 107, last: 107, part: 0.29 };
    expect(said(takenText(remains({ most: { mechanism: "overwritten", part: 0.3, taking: one } }), [], false))).toBe(
      "t = 107 overwrote 29%",
    );
  });

  it("does not call it a loss where a memory frees what it has just read back", () => {
    const freed = (first: number, last: number): string =>
      said(
        takenText(
          remains({ most: { mechanism: "freed", part: 0.9, taking: { first, last, part: 0.86 } } }),
          recalls,
          false,
        ),
      );
    expect(freed(79, 102)).toBe("nobody: its own reads at t = 79 to 102 freed 86%");
    expect(freed(60, 70)).toBe("freed at t = 60 to 70: 86%");
  });

  it("names no write where every step takes a little, and nothing where nothing is lost", () => {
    const faded = { mechanism: "faded", part: 0.7, taking: { first: 26, last: 90, part: 0.6 } } as const;
    const half = takenText(remains({ half: 50, most: faded }), recalls, false);
    expect(said(half)).toBe("every step a little; half gone by t = 50, no one write to name");
    expect(half[1]!.step).toBe(50);
    expect(said(takenText(remains({ most: { ...faded, part: 0.3 } }), recalls, false))).toBe(
      "every step a little; 30% by the end, no one write to name",
    );
    expect(said(takenText(remains(), recalls, true))).toBe("nothing: one slot a step, never reused");
    expect(said(takenText(remains(), recalls, false))).toBe("nothing: whole to the end");
  });
});

describe("how far an answer moves", () => {
  const signal = (kind: "line" | "bits", unit: string, scale: number, coded = false): SignalTrack =>
    ({ kind, unit, coded, difference: (v: number) => v * scale }) as SignalTrack;

  it("is said in the unit of the signal, of bits in points of their probability", () => {
    expect(movesText(signal("line", "mV", 0.5), 1.16)).toBe("0.58 mV");
    expect(movesText(signal("line", "mV", 0.5), 0.002)).toBe("0.0010 mV");
    expect(movesText(signal("line", "", 1), 0)).toBe("0.00");
    expect(movesText(signal("bits", "", 1), 0.47)).toBe("47%");
    expect(movesText(signal("line", "", 1, true), 0.012)).toBe("1.2%");
  });
});

describe("what is left of a selection", () => {
  it("comes from the ledger, once for each model and range, and agrees with what is held", async () => {
    const { model, session, shown } = await controllerOf("memories");
    let asked = 0;
    const found = new SelectionRemains(model, {
      losses: (...question) => (asked++, session.ledger!.losses(...question)),
    });
    expect(found.of(0, [40, 63], true)).toBeNull();
    found.want(shown, [40, 63], true);
    found.want(shown, [40, 63], true);
    expect(asked).toBe(shown.length);
    await expect.poll(() => shown.every((stream) => found.of(stream, [40, 63], true) !== null)).toBe(true);
    for (const stream of shown) {
      const { memory, model: log } = model.lane(stream);
      const { left, since } = found.of(stream, [40, 63], true)!;
      const last = log.steps - 1;
      const row = memory.held.row(last);
      let [whole, kept] = [0, 0];
      for (let s = 40; s <= 63; s++) {
        whole += memory.held.norm(s) ** 2;
        kept += memory.held.norm(s) ** 2 * row[s]!;
      }
      expect(left[last - since]).toBeCloseTo(kept / whole, 5);
    }
  });

  it("waits until all of the range has been written", async () => {
    const { model, session } = await controllerOf("memories");
    const found = new SelectionRemains(model, session.ledger!);
    found.want([0], [120, 400], true);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(found.of(0, [120, 400], true)).toBeNull();
  });
});
