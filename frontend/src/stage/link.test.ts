import { expect, it } from "vitest";
import { STEP_WIDTHS } from "../draw/stage/layout";
import { ZOOMS } from "../view/permalink";

it("a link can say every zoom there is, and no other", () => {
  expect(ZOOMS).toEqual([...STEP_WIDTHS]);
});
