import { describe, expect, it } from "vitest";
import { commandOf } from "../views/keys";
import { routeOf } from "./router.svelte";

describe("routes", () => {
  it("names the page of a path", () => {
    expect(routeOf("")).toEqual({ page: "gallery" });
    expect(routeOf("new")).toEqual({ page: "new" });
    expect(routeOf("s/odd-beat")).toEqual({ page: "stage", id: "odd-beat" });
    expect(routeOf("embed/a%20b/")).toEqual({ page: "embed", id: "a b" });
    expect(routeOf("s/")).toEqual({ page: "unknown", path: "s/" });
    expect(routeOf("s/a/b")).toEqual({ page: "unknown", path: "s/a/b" });
  });
});

describe("keys", () => {
  const press = (key: string, extra: Partial<Parameters<typeof commandOf>[0]> = {}) =>
    commandOf({ key, shiftKey: false, altKey: false, ctrlKey: false, metaKey: false, ...extra });

  it("maps the key map of the help", () => {
    expect(press(" ")).toEqual({ does: "toggle" });
    expect(press("ArrowRight")).toEqual({ does: "step", by: 1 });
    expect(press("ArrowLeft", { shiftKey: true })).toEqual({ does: "step", by: -10 });
    expect(press("ArrowLeft", { altKey: true })).toEqual({ does: "event", direction: -1 });
    expect(press(".")).toEqual({ does: "event", direction: 1 });
    expect(press("Home")).toEqual({ does: "first" });
    expect(press("ArrowUp")).toEqual({ does: "walk", by: -1 });
    expect(press("3")).toEqual({ does: "isolate", lane: 2 });
    expect(press("L")).toEqual({ does: "rows" });
    expect(press("?", { shiftKey: true })).toEqual({ does: "help" });
  });

  it("leaves the browser's own keys alone", () => {
    expect(press("c", { ctrlKey: true })).toBeNull();
    expect(press("l", { metaKey: true })).toBeNull();
    expect(press("q")).toBeNull();
  });
});
