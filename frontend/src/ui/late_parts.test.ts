import { expect, test } from "vitest";
import { loadPart, partThere, type LatePart } from "./late_parts";

test("a part that was loaded is there at once, one that failed is loaded again", async () => {
  const answers: (() => Promise<{ default: never }>)[] = [
    () => Promise.reject(new Error("no line")),
    () => Promise.resolve({ default: "the part" as never }),
  ];
  const part: LatePart<Record<string, unknown>> = () => answers.shift()!();
  expect(partThere(part)).toBeUndefined();
  await expect(loadPart(part)).rejects.toThrow("no line");
  expect(partThere(part)).toBeUndefined();
  await loadPart(part);
  expect(partThere(part)).toBe("the part");
  expect(partThere(() => part())).toBeUndefined();
});
