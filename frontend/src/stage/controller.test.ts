/** What a click does: the stage without a screen. */
import { describe, expect, it } from "vitest";
import { controllerOf } from "./testcontroller";

describe("a click", () => {
  it("on the past pins that moment, seen from now, and the second one frees it", async () => {
    const controller = await controllerOf("memories");
    controller.cursor.seek(100);
    for (const past of [
      { zone: "lane", stream: 1, slot: 3, t: 70 },
      { zone: "lane", stream: 0, slot: null, t: 9 },
      { zone: "signal", t: 40 },
    ] as const) {
      controller.press(past);
      expect([controller.cursor.t, controller.pinned]).toEqual([100, past]);
      controller.press({ ...past });
      expect([controller.cursor.t, controller.pinned]).toEqual([100, null]);
    }
  });

  it("on what is to come goes there; a second one, or a double click, too", async () => {
    const controller = await controllerOf("memories");
    const slot = { zone: "lane", stream: 1, slot: 3, t: 70 } as const;
    controller.press(slot);
    expect([controller.cursor.t, controller.pinned]).toEqual([70, slot]);
    controller.press({ zone: "signal", t: 90 });
    expect([controller.cursor.t, controller.pinned]).toEqual([90, null]); // now needs no pin
    controller.press({ zone: "signal", t: 20 });
    controller.go(20);
    expect([controller.cursor.t, controller.pinned]).toEqual([20, null]);
  });

  it("on a clause goes to its moment, shows its model alone and pins the slot it is about", async () => {
    const controller = await controllerOf("memories");
    const { id, banks } = controller.model.lane(2).model.spec;
    controller.show({ model: id, step: 77 });
    expect(controller.pinned).toBeNull();
    controller.show({ model: id, step: 80, bank: banks[0]!.name, slot: 4 });
    expect([controller.cursor.t, controller.solo]).toEqual([80, 2]);
    expect(controller.pinned).toEqual({ zone: "lane", stream: 2, slot: 4, t: 80 });
    expect(controller.model.bankOf(2).name).toBe(banks[0]!.name);
    controller.show({ model: id, step: 70, bank: null, slot: null });
    expect([controller.cursor.t, controller.pinned]).toEqual([70, null]);
    controller.free();
    expect(controller.solo).toBeNull();
    controller.select(3, 9);
    controller.isolate(1);
    controller.free();
    expect([controller.solo, controller.view.selection]).toEqual([null, [3, 9]]); // what is pinned is freed first
    controller.free();
    expect(controller.view.selection).toBeNull();
  });
});
