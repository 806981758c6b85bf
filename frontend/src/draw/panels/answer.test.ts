import { expect, it } from "vitest";
import { SvgContext } from "../ink/svg_canvas";
import type { Ctx } from "../ink/text";
import { DARK, makeInks } from "../ink/tokens";
import { answerHeight, paintAnswer, type Answer } from "./answer";

const answer: Answer = {
  question: "Who still has the odd beat?",
  when: "Stored at t = 25 to 48.",
  note: "One heartbeat: a rank, no band.",
  rows: [
    { place: "1", hue: "dnc", label: "DNC", bar: 0.1, error: "0.8%", because: "frees each slot as it replays it" },
    { place: "2", hue: "ntm", label: "NTM", bar: 1, error: "10.9%", because: "kept whole" },
  ],
};

function painted(of: Answer | null): string {
  const svg = new SvgContext(800, 400, "#000", { measure: (label) => 6 * label.length, picture: () => "" });
  paintAnswer(svg as unknown as Ctx, makeInks(DARK, true), of, 300, 800);
  return svg.document("");
}

it("says what the inks mean and what was answered, below what is pictured", () => {
  const text = painted(answer);
  for (const words of ["write", "erase, free", "cancels", answer.question, answer.note, "DNC", "0.8%", "kept whole"])
    expect(text).toContain(words);
  const heights = [...text.matchAll(/ y="([\d.]+)"/g)].map(([, y]) => Number(y));
  expect(Math.min(...heights)).toBeGreaterThanOrEqual(300);
  expect(Math.max(...heights)).toBeLessThanOrEqual(300 + answerHeight(answer));
});

it("is the legend alone where nothing was answered", () => {
  expect(painted(null)).toContain("held");
  expect(painted(null)).not.toContain("DNC");
  expect(answerHeight(null)).toBeLessThan(answerHeight(answer));
});
