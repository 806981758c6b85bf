/** The key of the wheel, out of a link. */
import { expect, it } from "vitest";
import { drivingLink, givesWheel, heldKey } from "./wheel";

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
  expect(new URL(link).search).toBe(""); // which a proxy would log
  expect(givesWheel(new URL(link).hash)).toBe(true);
  expect(key("run")).toBe("se/cr+et");
  expect(shown()).toBe("http://host/base/s/run#t=7");
  expect(givesWheel("#t=7")).toBe(false);
  expect(key("run")).toBe("se/cr+et"); // the page is loaded again
  expect(key("other")).toBe("");
});

it("is empty where the link gives nothing, whose other parameters stay", () => {
  const { key, shown } = tab("http://host/s/run?lang=de");
  expect(key("run")).toBe("");
  expect(shown()).toBe("http://host/s/run?lang=de");
});

it("is taken out of an address that has nothing else behind #, and where its end is broken", () => {
  const { key, shown } = tab(drivingLink("http://host/s/run", "secret"));
  expect(key("run")).toBe("secret");
  expect(shown()).toBe("http://host/s/run");
  expect(tab("http://host/s/run#drive=%").key("run")).toBe("%");
});

it("is found behind ? too, where the links of the first days have it", () => {
  const { key, shown } = tab("http://host/s/run?lang=de&drive=se%2Fcret#t=7&v=1");
  expect(key("run")).toBe("se/cret");
  expect(shown()).toBe("http://host/s/run?lang=de#t=7&v=1");
});

it("works where nothing can be kept, in a sandboxed frame", () => {
  const url = new URL("http://host/s/run#drive=key");
  const past = { state: null, replaceState: () => {} };
  expect(heldKey("run", url, past, null)).toBe("key");
  expect(heldKey("run", new URL("http://host/s/run"), past, null)).toBe("");
});
