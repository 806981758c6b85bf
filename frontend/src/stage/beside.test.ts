/** Strips of the channels beside the signal on the stage: opened, closed, kept in the link, said to those who do not see them. */
import { describe, expect, it } from "vitest";
import { layout } from "../draw/stage/layout";
import { paintStage } from "../draw/stage/stage";
import { drawingOf } from "../draw/testdrawing";
import { parse, serialise } from "../view/permalink";
import { applyView } from "./apply_view";
import { offers } from "./commands/palette";
import { controllerOf, inks } from "./testcontroller";
import { spoken } from "./text/sentences";

const SAYS = "Channels beside the signal";
const standing = { folded: [false, false], health: false };

describe("channels beside the signal", () => {
  it("are opened and closed by a command that only recordings with such channels offer, and the link says so", async () => {
    const [bare, stage] = [await controllerOf("memories"), await controllerOf("memories", false, true)];
    const says = (of: typeof stage): boolean => offers(of, "").some((offer) => offer.says === SAYS);
    expect([says(bare), says(stage)]).toEqual([false, true]);
    bare.run({ does: "beside" });
    expect(bare.view.beside).toBeNull();
    stage.viewport.box = layout(1184, 752, { ...standing, beside: 0 });
    stage.run({ does: "beside" });
    expect(stage.view.beside).toBe("shown");
    expect(serialise(stage.view)).toContain("beside=shown");
    stage.viewport.box = layout(1184, 752, { ...standing, beside: 2 });
    stage.run({ does: "beside" });
    expect(stage.view.beside).toBe("hidden");
    const { view, notices } = parse("#beside=shown");
    expect([applyView(view, stage), notices, stage.view.beside]).toEqual([[], [], "shown"]);
    applyView({}, stage);
    expect([stage.view.beside, serialise(stage.view).includes("beside")]).toEqual([null, false]);
  });

  it("are read out at the step, and once that no model hears them", async () => {
    const { model, shown } = await controllerOf("memories", false, true);
    const [open, closed] = [true, false].map((beside) => spoken(model, shown, 50, null, beside));
    expect(open).toContain(" Beside it, not heard: temperature 36.50 °C, V5 10. ");
    expect(spoken(model, shown, 51, null, true)).toContain("temperature missing");
    expect(closed).not.toContain("temperature");
  });

  it("stand in the picture of the stage with their values under the pointer, and leave all else what it was", async () => {
    const { model, shown } = await controllerOf("memories", false, true);
    const look = { t: 50, window: { first: 0, step: 5 }, rows: "slots", shown: shown.slice(0, 2), solo: null, lens: "mechanism", playing: false } as const; // prettier-ignore
    const words = (beside: number): string[] => {
      const box = layout(1184, 752, { ...standing, beside });
      const drawing = drawingOf(1184, 752);
      paintStage(drawing.ctx, inks, box, model.scene({ ...look, target: { zone: "signal", t: 80 } }, box, 1));
      return drawing.words();
    };
    const [without, open] = [words(0), words(2)];
    expect(open).toEqual(expect.arrayContaining(["temperature", "36.50 °C", "36.80 °C", "V5", "10", "40"]));
    expect(without.filter((word) => !open.includes(word))).toEqual([]);
  });
});
