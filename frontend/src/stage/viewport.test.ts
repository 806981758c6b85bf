import { describe, expect, it } from "vitest";
import type { StageLayout } from "../draw/stage/layout";
import { ViewState } from "../view/view_state.svelte";
import { Viewport } from "./viewport.svelte";

/** 400 pixels of time, of which a step takes 8 as a run opens: 50 steps. */
function viewport(): Viewport {
  const view = new Viewport(new ViewState(), []);
  view.box = { time: { x: 0, w: 400 } } as StageLayout;
  view.show({ first: 0, step: 8 });
  return view;
}

describe("steps brought into view", () => {
  it("leave the window where it is if they are in it", () => {
    const view = viewport();
    view.reveal(10, 49, 300);
    expect(view.window).toEqual({ first: 0, step: 8 });
  });

  it("stand amid the room that they leave", () => {
    const view = viewport();
    view.reveal(100, 129, 300); // 30 of 50 steps
    expect(view.window).toEqual({ first: 90, step: 8 });
    view.reveal(270, 299, 300);
    expect(view.window).toEqual({ first: 250, step: 8 });
  });

  it("are seen from further away if they do not fit, first and last of them", () => {
    const view = viewport();
    view.reveal(100, 179, 300);
    const { first, step } = view.window;
    expect(step).toBeLessThan(8);
    expect(first).toBeLessThanOrEqual(100);
    expect(first + 400 / step).toBeGreaterThanOrEqual(180);
  });
});
