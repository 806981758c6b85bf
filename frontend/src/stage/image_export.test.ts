/** The picture to take away: what is painted, the caption under it, and the file. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DARK, makeInks } from "../draw/ink/tokens";
import { download, pngOf, svgOf, type Picture } from "./image_export";

const inks = makeInks(DARK, true);
const picture: Picture = {
  width: 200,
  height: 100,
  inks,
  caption: "Made by Mnemoscope & friends",
  answer: null,
  paint: (ctx) => {
    ctx.fillStyle = inks.tx;
    ctx.fillRect(10, 20, 30, 40);
    ctx.drawImage({ name: "tape" } as never, 0, 0, 5, 6, 50, 60, 20, 10);
  },
};

let calls: unknown[][];
let blob: Blob | null;
beforeEach(() => {
  calls = [];
  blob = new Blob(["png"]);
  vi.stubGlobal("document", {
    createElement: () => {
      const own: Record<string, unknown> = { measureText: (words: string) => ({ width: words.length }) };
      const ctx = new Proxy(own, {
        get: (all, name) => all[String(name)] ?? ((...told: unknown[]) => void calls.push([name, ...told])),
        set: (all, name, value) => (calls.push([`${String(name)} =`, value]), (all[String(name)] = value), true),
      });
      return { width: 0, height: 0, getContext: () => ctx, toDataURL: () => "data:image/png;base64,AAAA", toBlob: (done: (made: Blob | null) => void) => done(blob), click: () => calls.push(["click"]) }; // prettier-ignore
    },
  });
});
afterEach(() => vi.unstubAllGlobals());

describe("a picture of the stage", () => {
  it("as SVG has shapes, rasters at twice their size, and a caption that is its title", async () => {
    const made = svgOf(picture);
    expect(made.type).toBe("image/svg+xml");
    const svg = await made.text();
    expect(svg).toContain('width="200" height="150"');
    expect(svg).toContain("<title>Made by Mnemoscope &amp; friends</title>");
    expect(svg).toContain(`<rect x="10" y="20" width="30" height="40" fill="${inks.tx}"/>`);
    expect(svg).toContain(`<rect x="0" y="0" width="200" height="150" fill="${inks.bg}"/>`);
    expect(svg).toMatch(/<text x="16" y="139.85"[^>]*>Made by Mnemoscope &amp; friends<\/text>/);
    expect(svg).toContain('href="data:image/png;base64,AAAA"');
    expect(calls).toContainEqual(["drawImage", { name: "tape" }, 0, 0, 5, 6, 0, 0, 40, 20]);
    expect(calls).toContainEqual(["imageSmoothingEnabled =", false]);
  });

  it("as PNG is painted at twice its size on the ground of the page", async () => {
    expect(await pngOf(picture)).toBe(blob);
    const names = calls.map(([name]) => name);
    expect(calls).toContainEqual(["scale", 2, 2]);
    expect(calls).toContainEqual(["fillText", picture.caption, 16, 136]);
    expect(names.indexOf("globalCompositeOperation =")).toBeGreaterThan(names.indexOf("fillText"));
    expect(calls.at(-1)).toEqual(["fillRect", 0, 0, 200, 150]);
    blob = null;
    await expect(pngOf(picture)).rejects.toThrow("The browser made no PNG.");
  });

  it("is handed over under its name, and let go of later", () => {
    vi.useFakeTimers();
    const [made, gone] = [vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:1"), vi.spyOn(URL, "revokeObjectURL").mockReturnValue()]; // prettier-ignore
    download(new Blob(["x"]), "stage.png");
    expect([made.mock.calls.length, calls, gone.mock.calls]).toEqual([1, [["click"]], []]);
    vi.advanceTimersByTime(10_000);
    expect(gone.mock.calls).toEqual([["blob:1"]]);
    vi.useRealTimers();
  });
});
