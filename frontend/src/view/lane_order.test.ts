import { describe, expect, it } from "vitest";
import { arranged, moved, onStage, placed, laneOrderOf, toggled } from "./lane_order";

describe("the order of lanes", () => {
  it("keeps pinned lanes on top, in the lane order, and leaves hidden ones out", () => {
    let laneOrder = toggled(toggled(laneOrderOf([0, 1, 2, 3, 4]), "top", 3), "hidden", 1);
    expect(onStage(laneOrder)).toEqual([3, 0, 2, 4]);
    laneOrder = toggled(laneOrder, "top", 2);
    expect(onStage(laneOrder)).toEqual([2, 3, 0, 4]);
    expect(onStage(toggled(toggled(laneOrder, "top", 2), "top", 3))).toEqual([0, 2, 3, 4]);
  });

  it("moves a lane past its visible neighbour, never out of its group", () => {
    const laneOrder = toggled(laneOrderOf([0, 1, 2, 3]), "hidden", 1);
    expect(onStage(moved(laneOrder, 0, 1))).toEqual([2, 0, 3]);
    expect(moved(laneOrder, 0, -1)).toBe(laneOrder);
    expect(moved(laneOrder, 1, 1)).toBe(laneOrder);
    const top = toggled(laneOrder, "top", 3);
    expect(onStage(moved(top, 0, -1))).toEqual([3, 0, 2]);
    expect(onStage(moved(top, 3, 1))).toEqual([3, 0, 2]);
  });

  it("puts a lane where it is dropped, as far as its group goes", () => {
    expect(onStage(placed(laneOrderOf([0, 1, 2, 3]), 0, 3))).toEqual([1, 2, 3, 0]);
    expect(onStage(placed(laneOrderOf([0, 1, 2, 3]), 3, 0))).toEqual([3, 0, 1, 2]);
    expect(onStage(placed(toggled(laneOrderOf([0, 1, 2, 3]), "top", 2), 0, 0))).toEqual([2, 0, 1, 3]);
  });

  it("takes any order of a link and completes it", () => {
    expect(arranged([0, 1, 2, 3], { order: [2, 2, 9, 0] }).order).toEqual([2, 0, 1, 3]);
    expect(onStage(arranged([0, 1, 2], { hidden: [0], top: [2] }))).toEqual([2, 1]);
  });
});
