import { describe, expect, it } from "vitest";

const sources = import.meta.glob<string>("../**/*.svelte", { query: "?raw", import: "default", eager: true });

describe("a page that the browser translates", () => {
  it("keeps its numbers: a translator replaces the text that the page goes on changing, and reads 1.500 as it likes", () => {
    const cells = Object.entries(sources).flatMap(([file, text]) =>
      [...text.matchAll(/<td\b[^>]*class="n[" ][^>]*>/g)].map(([tag]) => ({ file, tag })),
    );
    expect(cells.length).toBeGreaterThan(10);
    // cells of buttons alone have words
    expect(cells.filter(({ tag }) => !tag.includes("translate=") && !tag.includes("actions"))).toEqual([]);
    for (const [file, what] of [
      ["../stage/transport/Transport.svelte", '<p class="count" translate="no">'],
      ["../stage/inspector/Inspector.svelte", 'aria-label="Inspector" tabindex="0" translate="no"'],
    ] as const)
      expect(sources[file]).toContain(what);
  });
});
