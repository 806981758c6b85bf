import { expect, it } from "vitest";
import { beginningOf, LOOKED_AT } from "./first_look";

it("the beginning of a long text ends with a line; short, packed and binary files have none", async () => {
  const long = "12,34\n".repeat(1_000_000);
  const begun = await beginningOf(new File([long], "x.csv"));
  expect(begun!.name).toBe("x.csv");
  expect(begun!.size).toBeLessThanOrEqual(LOOKED_AT);
  expect(begun!.size % 6).toBe(0);
  expect(begun!.size).toBeGreaterThan(LOOKED_AT - 6);
  expect(await beginningOf(new File(["12,34\n"], "x.csv"))).toBeNull();
  expect(await beginningOf(new File(["\u001f\u008b\u0008", long], "x.csv.gz"))).toBeNull();
  expect(await beginningOf(new File(["1".repeat(5_000_000)], "x.csv"))).toBeNull();
});
