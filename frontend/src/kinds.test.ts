/** Nothing asks for a kind of memory by its name, or by a flag that only some kinds have, but the rooms of the kinds. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { KINDS } from "./memory/kinds";
import { BANK_EXTRAS } from "./wire/manifest";

const ROOT = import.meta.dirname;
/** The rooms, with their registries; types generated from the server's contract; what only tests use. */
const ROOMS = /^(memory\/kinds|draw\/lane\/kinds)\//;
const OTHERS = /(\.test\.ts|(^|\/)test\w+\.ts|\.gen\.ts)$/;

const files = readdirSync(ROOT, { recursive: true, encoding: "utf8" })
  .map((path) => relative(ROOT, join(ROOT, path)).replaceAll("\\", "/"))
  .filter((path) => /\.(ts|svelte)$/.test(path) && !ROOMS.test(path) && !OTHERS.test(path));

/** Places in the page's code where the pattern stands, as "file:line: what". */
function places(pattern: RegExp): string[] {
  return files.flatMap((path) =>
    readFileSync(join(ROOT, path), "utf8")
      .split("\n")
      .flatMap((line, k) => [...line.matchAll(pattern)].map(([what]) => `${path}:${k + 1}: ${what}`)),
  );
}

describe("outside the rooms of the kinds", () => {
  it("there is a page to look through", () => {
    expect(files.length).toBeGreaterThan(150);
    expect(places(/"mechanism"/g).length).toBeGreaterThan(0);
  });

  it("no kind is named", () => {
    const names = Object.keys(KINDS).join("|");
    expect(places(new RegExp(`["'\`](${names})["'\`]`, "g"))).toEqual([]);
  });

  it("no flag of a bank is asked for", () => {
    const flags = Object.keys(BANK_EXTRAS).join("|");
    expect(places(new RegExp(`\\b(bank|spec|left|right)\\??\\.(${flags}|kind)\\b`, "g"))).toEqual([]);
  });
});
