import { describe, expect, it } from "vitest";
import { ODD_BEAT, ranked } from "./testverdict";
import type { Verdict } from "../wire/wire.gen";
import { phrasesOf, placesOf } from "./verdict";
import {
  barOf,
  baselineText,
  bestOf,
  errorText,
  noteParts,
  floatsText,
  outcomeText,
  shareText,
  unbroken,
  unitText,
} from "./words";

describe("a verdict", () => {
  it("has every clause where it stands in its model's sentence, and nothing is lost between them", () => {
    for (const { model, because } of ODD_BEAT.ranking) {
      const phrases = phrasesOf(ODD_BEAT, model);
      expect(phrases.map((phrase) => phrase.text).join("")).toBe(because);
      const clauses = ODD_BEAT.clauses.filter((clause) => clause.model === model);
      expect(phrases.flatMap((phrase) => phrase.clause ?? [])).toEqual(clauses);
    }
    expect(phrasesOf(ODD_BEAT, "ntm")[0]).toEqual({ text: "kept whole; ", clause: null });
  });

  it("says a sentence whose clauses do not stand in it, without links", () => {
    const verdict: Verdict = {
      ...ODD_BEAT,
      clauses: [{ model: "dnc", step: 3, bank: null, slot: null, text: "something else" }],
    };
    expect(phrasesOf(verdict, "dnc").map((phrase) => phrase.clause)).toEqual([null]);
    expect(phrasesOf(verdict, "nobody")).toEqual([]);
  });

  it("gives models that are level the same place", () => {
    const rows = [ranked("a"), ranked("b", { tied: true }), ranked("c"), ranked("d", { tied: true })];
    expect(placesOf(rows)).toEqual([1, 1, 3, 3]);
  });
});

describe("in words", () => {
  it("keeps a moment on one line, and breaks elsewhere", () => {
    expect(unbroken("t = 107 overwrote 42%; 50% left at t = 159")).toBe(
      "t\u00a0=\u00a0107 overwrote 42%; 50% left at t\u00a0=\u00a0159",
    );
    expect(unbroken("at t = −")).toBe("at t = −");
  });

  const [dnc, , transformer, lstm] = ODD_BEAT.ranking;

  it("writes errors, shares and sizes as the table has them", () => {
    expect([errorText(0.008), errorText(0.109), errorText(1.064)]).toEqual(["0.8%", "10.9%", "106%"]);
    expect([shareText(1.03), shareText(0.01), shareText(0), shareText(-0.007)]).toEqual([
      "103%",
      "1.0%",
      "0%",
      "−0.7%",
    ]);
    expect(unitText(dnc!)).toBe("0.005 mV");
    expect(unitText(ranked("a", { unit_error: 12, unit: "bits" }))).toBe("12 bits");
    expect(unitText(ranked("a", { unit: null }))).toBe("");
    expect(floatsText(transformer!)).toBe("59\u2009328, grows");
    expect(floatsText(ranked("a", { floats: null }))).toBe("");
  });

  it("draws the worst error over the whole bar, and one beyond answering 0 no longer than that", () => {
    expect(barOf(lstm!.error!, ODD_BEAT.ranking)).toBe(1);
    expect(barOf(dnc!.error!, ODD_BEAT.ranking)).toBeCloseTo(0.008 / 0.109);
    expect(barOf(3, [ranked("a", { error: 3 }), ranked("b", { error: 0.5 })])).toBe(1);
    expect(barOf(0.5, [ranked("a", { error: 3 }), ranked("b", { error: 0.5 })])).toBe(0.5);
    expect(barOf(0, [ranked("a", { error: 0 })])).toBe(0);
  });

  it("says an outcome by its best and its worst", () => {
    expect(outcomeText(ODD_BEAT)).toBe("DNC 0.8%, LSTM 11%");
    const bits = (model: string, wrong: number, tied = false) =>
      ranked(model, { label: model, error: wrong / 96, unit_error: wrong, unit: "bits", tied });
    const of = (...ranking: Verdict["ranking"]): string => outcomeText({ ...ODD_BEAT, ranking });
    expect(of(bits("NTM", 0), bits("LSTM", 42))).toBe("NTM every bit right, LSTM 42 wrong bits");
    expect(of(bits("NTM", 0), bits("DNC", 0, true))).toBe("both every bit right");
    expect(of(bits("NTM", 0), bits("DNC", 0, true), bits("sDNC", 0, true))).toBe("all 3 every bit right");
    expect(of(bits("NTM", 1), bits("DNC", 2, true))).toBe("level: NTM 1 wrong bit, DNC 2 wrong bits");
    expect(of(bits("NTM", 3))).toBe("NTM 3 wrong bits");
    expect(of(bits("NTM", 0), bits("DNC", 0, true), bits("GRU", 14))).toBe("2 of 3 every bit right, GRU 14 wrong bits");
  });

  it("keeps what is said of times for where they stand", () => {
    expect(noteParts(ODD_BEAT)).toEqual({
      note: "One heartbeat: a rank, no band; one checkpoint a model.",
      times: "Milliseconds were measured when this was written.",
    });
  });

  it("names what is to be beaten, best first", () => {
    const line = { name: "ar32", label: "AR(32)", error: 0.685, low: null, high: null, unit_error: null };
    const of = (error: number | null): string =>
      baselineText({
        ...ODD_BEAT,
        baselines: [
          { ...line, name: "persistence", label: "Persistence", error: 1 },
          { ...line, error },
        ],
      });
    expect(of(0.685)).toBe("To beat: AR(32) 68.5%, Persistence 100%.");
    expect(of(null)).toBe("To beat: Persistence 100%.");
    expect(baselineText({ ...ODD_BEAT, baselines: [] })).toBe("");
  });

  it("says why there is no outcome where nothing was asked", () => {
    expect(
      outcomeText({
        ...ODD_BEAT,
        ranking: [ranked("NTM", { label: "NTM", error: 0.572, unit: "bits", unit_error: 89.3 })],
      }),
    ).toBe("NTM 57%");
    const none = { ...ODD_BEAT, ranking: [ranked("a", { error: null })], note: "Nothing was asked back." };
    expect(outcomeText(none)).toBe("Nothing was asked back.");
    expect(bestOf(none)).toBeNull();
    expect(bestOf(ODD_BEAT)).toEqual({ model: "dnc", label: "DNC", text: "0.8%" });
  });
});
