import { describe, expect, it } from "vitest";
import { learntText, type LearningCurve } from "./learning";

function curve(label: string, wrong: Record<number, string>): LearningCurve {
  const moments = Object.entries(wrong).map(([update, errorText], stream) => ({
    stream,
    update: Number(update),
    part: 0,
    errorText,
  }));
  return { history: { name: label, moments, updates: 16000 }, label, hue: "ntm", moments };
}

describe("where the stage stands in training, as text", () => {
  const ntm = curve("NTM", { 0: "80 wrong bits", 3200: "12 wrong bits" });

  it("gives the updates and the error of the moment shown", () => {
    expect(learntText([ntm], 3200, 16000).replaceAll("\u2009", " ")).toBe(
      "after 3 200 of 16 000 updates, 12 wrong bits",
    );
    expect(learntText([ntm], 3199, 16000)).toContain("80 wrong bits");
  });

  it("lists several by their names, and none before anything was asked", () => {
    const dnc = curve("DNC", { 0: "79 wrong bits" });
    expect(learntText([ntm, dnc], 5000, 16000)).toMatch(/updates, NTM 12 wrong bits and DNC 79 wrong bits$/);
    expect(learntText([curve("NTM", { 0: "" })], 0, 400)).toBe("after 0 of 400 updates");
  });
});
