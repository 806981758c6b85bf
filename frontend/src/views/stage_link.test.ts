import { expect, it } from "vitest";
import { STEP_WIDTHS } from "../draw/layout";
import { ZOOMS } from "../state/permalink";

it("a link can say every zoom there is, and no other", () => {
  expect(ZOOMS).toEqual([...STEP_WIDTHS]);
});
