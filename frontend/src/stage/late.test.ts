import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const text = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

test("an exported file carries every part that is loaded late: it has nowhere to load it from", () => {
  const parts = [...text("./late.ts").matchAll(/import\("\.\/(.+?)"\)/g)].map((found) => found[1]);
  const carried = [...text("../single.ts").matchAll(/^import "\.\/stage\/(.+?)";$/gm)].map((found) => found[1]);
  expect(parts.length).toBeGreaterThan(10);
  expect([...parts].sort()).toEqual([...carried].sort());
});
