/** What a click does: the stage without a screen. */
import { describe, expect, it } from "vitest";
import { controllerOf } from "./testcontroller";

describe("a click", () => {
  it("on a slot of a lane pins it and goes to its step, and the second one frees it there", async () => {
    const controller = await controllerOf("memories");
    const slot = { zone: "lane", stream: 1, slot: 3, t: 70 } as const;
    controller.press(slot);
    expect([controller.cursor.t, controller.pinned]).toEqual([70, slot]);
    controller.press({ ...slot });
    expect([controller.cursor.t, controller.pinned]).toEqual([70, null]);
  });

  it("on a lane beside its slots only goes there, on the signal it only pins", async () => {
    const controller = await controllerOf("memories");
    controller.press({ zone: "lane", stream: 0, slot: null, t: 9 });
    expect([controller.cursor.t, controller.pinned]).toEqual([9, null]);
    controller.press({ zone: "signal", t: 40 });
    expect([controller.cursor.t, controller.pinned]).toEqual([9, { zone: "signal", t: 40 }]);
  });
});
