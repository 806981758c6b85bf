import { expect, it } from "vitest";
import { suggested } from "./suggested_window";

it("suggests 36 Hz for a fast series in millivolts, and leaves others as they are", () => {
  expect(suggested(21_600, 360, "mV")).toEqual({ resample: 36, stop: 4000 });
  expect(suggested(320, 36, "mV")).toEqual({ resample: null, stop: 320 });
  expect(suggested(30_000, 100, "uV")).toEqual({ resample: null, stop: 400 });
  expect(suggested(10_320, null, null)).toEqual({ resample: null, stop: 400 });
});
