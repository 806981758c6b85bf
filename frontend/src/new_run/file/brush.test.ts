import { describe, expect, it } from "vitest";
import { around, bounded, draggedTo, handles, holdAt, zoomed } from "./brush";

describe("the window of a channel", () => {
  it("can be grabbed at either end and in the middle, however narrow it is", () => {
    for (const width of [0, 1, 3, 12, 39, 40, 200]) {
      const [x0, x1] = [300, 300 + width];
      const [left, right] = handles(x0, x1);
      expect([holdAt(left, x0, x1), holdAt(right, x0, x1)]).toEqual(["start", "stop"]);
      if (width > 1) expect(holdAt(x0 + width / 2, x0, x1)).toBe("move");
      expect(holdAt(x0 - 60, x0, x1)).toBe("new");
    }
  });

  it("is grabbed at either end by a finger, which hits no pixel", () => {
    for (const width of [0, 3, 60]) {
      const [left, right] = handles(150, 150 + width);
      for (const beside of [0, 12, 23]) {
        expect(holdAt(left - beside, 150, 150 + width, true)).toBe("start");
        expect(holdAt(right + beside, 150, 150 + width, true)).toBe("stop");
      }
      expect(holdAt(left - 23, 150, 150 + width)).toBe("new");
    }
    expect(holdAt(180, 150, 210, true)).toBe("move"); // between the ends the window is moved
  });

  it("is drawn anew, moved and resized, and stays inside with two rows at least", () => {
    expect(draggedTo("new", [0, 9], 500, 420, 1000)).toEqual([420, 500]);
    expect(draggedTo("move", [100, 200], 150, 1900, 1000)).toEqual([900, 1000]);
    expect(draggedTo("start", [100, 200], 100, 400, 1000)).toEqual([198, 200]);
    expect(draggedTo("stop", [100, 200], 200, 20, 1000)).toEqual([100, 102]);
    expect(bounded(-4, 5000, 1000)).toEqual([0, 1000]);
  });

  it("is looked at from closer with the row under the pointer in its place", () => {
    expect(zoomed([0, 1000], 250, 0.5, 1000)).toEqual([125, 625]);
    expect(zoomed([125, 625], 250, 2, 1000)).toEqual([0, 1000]);
    expect(zoomed([0, 1000], 999, 0.001, 1000)).toEqual([979, 999]);
    expect(zoomed([0, 8], 3, 0.5, 8)).toEqual([0, 8]);
    expect(around([400, 500], 1000)).toEqual([300, 600]);
    expect(around([0, 1000], 1000)).toEqual([0, 1000]);
  });

  it("of 200,000 rows is set to a hundred of them in two gestures", () => {
    const rows = 200_000;
    const width = 600;
    let view = around([90_000, 90_400], rows); // double click on what is there
    const row = (x: number): number => view[0] + (x / width) * (view[1] - view[0]);
    const [start, stop] = draggedTo("new", [90_000, 90_400], row(200), row(250), rows);
    expect(stop - start).toBe(100);
    view = [0, rows];
    expect(row(1) - row(0)).toBeGreaterThan(300); // without the first gesture a pixel is more than three hundred rows
  });
});
