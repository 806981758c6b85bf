import { describe, expect, it } from "vitest";
import type { Guess, ImportOptions } from "../../wire/wire.gen";
import { assumptions, questions, type Asked } from "./questions";

function guess(what: string, chosen: string, ...others: [string, ImportOptions][]): Guess {
  const alternatives = others.map(([label, options]) => ({
    label,
    options: { ragged: "refuse" as const, ...options },
    switches: "",
  }));
  return { what, chosen, evidence: "both fit", alternatives };
}

const COMMA = guess("decimal sign", "a point", ["a comma", { decimal: ",", delimiter: "" }]);
const ORDER = guess("order of rows", "oldest first", ["as in the file", { order: "file" }]);
const FAR = guess("-999 in x", "a value", ["missing", { sentinels: [-999] }]);
const reports = (...questions: Guess[]) => ({ questions, assumptions: [] as Guess[] });
const chosen = ({ choices }: Asked): string | undefined => choices.find((choice) => choice.chosen)?.label;

describe("questions of a file", () => {
  it("are open while nobody has answered, with what the reader chose pressed", () => {
    const [first] = questions(reports(COMMA), reports(COMMA), {});
    expect(first).toMatchObject({ what: "decimal sign", why: "both fit", open: true, about: ["decimal", "delimiter"] });
    expect(chosen(first!)).toBe("a point");
    expect(first!.choices.map(({ next }) => next)).toEqual([{}, { decimal: ",", delimiter: "" }]);
  });

  it("stay when they are answered, and can be answered otherwise", () => {
    const [first] = questions(reports(COMMA), reports(), { decimal: ",", delimiter: "", skip: 1 });
    expect([first!.open, chosen(first!)]).toEqual([false, "a comma"]);
    expect(first!.choices[0]!.next).toEqual({ skip: 1 });
  });

  it("keep apart what is said about other things, also in one list", () => {
    const [far] = questions(reports(FAR), reports(), { sentinels: [-999, 7], skip: 2 });
    expect(chosen(far!)).toBe("missing");
    expect(far!.choices[0]!.next).toEqual({ sentinels: [7], skip: 2 });
    expect(far!.choices[1]!.next).toEqual({ sentinels: [7, -999], skip: 2 });
  });

  it("have none of their answers pressed where something else was set", () => {
    const [order] = questions(reports(ORDER), reports(), { order: "reversed" });
    expect([order!.open, chosen(order!)]).toEqual([false, undefined]);
  });

  it("that came up since are asked too, each once", () => {
    const found = questions(reports(COMMA), reports(COMMA, ORDER), {});
    expect(found.map(({ what }) => what)).toEqual(["decimal sign", "order of rows"]);
  });

  it("are no assumptions any more, which are those of the reading of now", () => {
    const now = { questions: [], assumptions: [COMMA, ORDER] };
    expect(assumptions(reports(COMMA), now, {}).map(({ what }) => what)).toEqual(["order of rows"]);
  });
});
