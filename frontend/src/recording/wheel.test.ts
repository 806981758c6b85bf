/** The key of the wheel, out of a link. */
import { expect, it } from "vitest";
import { drivingLink, heldKey } from "./wheel";

function tab(address: string): { key: (id: string) => string; shown: () => string } {
  const stored = new Map<string, string>();
  let url = new URL(address);
  const past = { state: { play: true }, replaceState: (_: unknown, __: string, to?: string | URL | null) => void (url = new URL(String(to), url)) }; // prettier-ignore
  const kept = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => void stored.set(name, value),
  };
  return { key: (id) => heldKey(id, url, past, kept), shown: () => url.href };
}

it("is taken out of the address, which is handed on without it, and kept for the tab", () => {
  const link = drivingLink("http://host/base/s/run#t=7", "se/cr+et");
  const { key, shown } = tab(link);
  expect(key("run")).toBe("se/cr+et");
  expect(shown()).toBe("http://host/base/s/run#t=7");
  expect(key("run")).toBe("se/cr+et"); // the page is loaded again
  expect(key("other")).toBe("");
});

it("is empty where the link gives nothing, whose other parameters stay", () => {
  const { key, shown } = tab("http://host/s/run?lang=de");
  expect(key("run")).toBe("");
  expect(shown()).toBe("http://host/s/run?lang=de");
});

it("works where nothing can be kept, in a sandboxed frame", () => {
  const url = new URL("http://host/s/run?drive=key");
  const past = { state: null, replaceState: () => {} };
  expect(heldKey("run", url, past, null)).toBe("key");
  expect(heldKey("run", new URL("http://host/s/run"), past, null)).toBe("");
});
