/** Models of a task by family, with the figure beside each. */
import { describe, expect, it } from "vitest";
import type { ModelCard } from "../wire/wire.gen";
import { families, figure } from "./model_list";

function card(model: string, family: string, more: Partial<ModelCard> = {}): ModelCard {
  return { model, name: model, label: model, family, horizon: null, metrics: {}, ...more } as unknown as ModelCard;
}

describe("the list of models", () => {
  it("has every model once, under its family, in the order given", () => {
    const cards = [card("rnn", "one"), card("lstm", "one"), card("ntm", "two"), card("gru", "one"), card("mine", "")];
    expect(families(cards).map(({ name, cards }) => [name, cards.map(({ model }) => model)])).toEqual([
      ["one", ["rnn", "lstm", "gru"]],
      ["two", ["ntm"]],
      ["", ["mine"]],
    ]);
    expect(families([])).toEqual([]);
  });

  it("says how long each remembers where that was measured", () => {
    const cards = [
      card("dnc", "", { horizon: "150 – 200", metrics: { "relative RMSE": 0.01 } }),
      card("rnn", "", { horizon: "not at 10" }),
      card("mine", "", { metrics: { "relative RMSE": 0.2 } }),
    ];
    const found = figure(cards)!;
    expect(found.name).toContain("delay");
    expect(cards.map(found.of)).toEqual(["150 – 200", "never", ""]);
  });

  it("else gives the result that most cards have, under its name", () => {
    const cards = [
      card("lstm", "", { metrics: { note: "x", wrong_bits: 19.5 } }),
      card("ntm", "", { metrics: { wrong_bits: 0, other: 3 } }),
      card("odd", "", { metrics: { other: 3 } }),
    ];
    const found = figure(cards)!;
    expect([found.name, ...cards.map(found.of)]).toEqual(["wrong bits", "19.50", "0", ""]);
    expect(figure([card("a", "")])).toBeNull();
  });
});
