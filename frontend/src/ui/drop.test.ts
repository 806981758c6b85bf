/** A file over the page: it hovers as long as it is over any element, and only files count. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { wholePageDrop } from "./drop";

const listeners = new Map<string, (event: unknown) => void>();
beforeEach(() => {
  vi.stubGlobal("addEventListener", (name: string, listener: (event: unknown) => void) => listeners.set(name, listener)); // prettier-ignore
  vi.stubGlobal("removeEventListener", (name: string) => listeners.delete(name));
});
afterEach(() => vi.unstubAllGlobals());

function fire(name: string, types = ["Files"], files: string[] = []): boolean {
  let prevented = false;
  listeners.get(name)!({ dataTransfer: { types, files }, preventDefault: () => (prevented = true) });
  return prevented;
}

it("says when a file comes and goes, and hands over all that are dropped", () => {
  const said: unknown[] = [];
  const stop = wholePageDrop((hovering) => said.push(hovering), (files) => said.push(files)); // prettier-ignore
  expect(fire("dragenter", ["text/plain"])).toBe(false);
  expect(fire("dragenter")).toBe(true);
  fire("dragenter"); // into an element of the page
  fire("dragleave");
  expect([fire("dragover"), fire("dragover", ["text/plain"])]).toEqual([true, false]);
  expect(said).toEqual([true]);
  fire("dragleave");
  expect(said).toEqual([true, false]);
  fire("dragenter");
  expect(fire("drop", ["Files"], ["a.csv", "b.csv"])).toBe(true);
  expect(said.splice(2)).toEqual([true, false, ["a.csv", "b.csv"]]);
  fire("dragenter"); // counted anew
  expect(said.splice(2)).toEqual([true]);
  fire("drop", ["Files"]);
  fire("drop", ["text/plain"], ["c.csv"]);
  expect(said.splice(2)).toEqual([false]);
  stop();
  expect(listeners.size).toBe(0);
});
