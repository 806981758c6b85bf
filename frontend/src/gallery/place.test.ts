import { expect, it } from "vitest";
import { placeOf } from "./place";

it("is read of an entry of the history that has one, and of no other", () => {
  const place = { count: 105, query: "ecg", scroll: 740, opened: "abc" };
  expect(placeOf({ play: true, list: place })).toEqual(place);
  expect(placeOf({ list: { count: 5, query: "", scroll: 0 } })).toEqual({
    count: 5,
    query: "",
    scroll: 0,
    opened: null,
  });
  for (const other of [null, undefined, {}, { play: true }, { list: { count: "5", query: "", scroll: 0 } }])
    expect(placeOf(other)).toBe(null);
});
