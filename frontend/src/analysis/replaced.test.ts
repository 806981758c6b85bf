import { expect, it } from "vitest";
import { replaced } from "./replaced";

it("a slot's last write replaced the one before it; traces of neighbours do not count", () => {
  //             0  1    2    3    4  5    6    7
  const write = [0, 0.2, 0.9, 0.3, 0, 0.4, 0.8, 0.1];
  expect(replaced(write, 7)).toEqual({ by: 6, before: 2 });
  expect(replaced(write, 6)).toEqual({ by: 6, before: 2 });
  expect(replaced(write, 5)).toEqual({ by: 5, before: 2 });
  expect(replaced(write, 4)).toBeNull(); // written once
  expect(replaced([0.1, 0.2], 1)).toBeNull();
  expect(replaced(write, 40)).toEqual({ by: 6, before: 2 });
});
