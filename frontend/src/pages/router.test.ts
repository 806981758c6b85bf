import { describe, expect, it } from "vitest";
import { routeOf } from "./router.svelte";

describe("routes", () => {
  it("names the page of a path", () => {
    expect(routeOf("")).toEqual({ page: "gallery" });
    expect(routeOf("new")).toEqual({ page: "new" });
    expect(routeOf("bridge")).toEqual({ page: "bridge" });
    expect(routeOf("s/odd-beat")).toEqual({ page: "stage", id: "odd-beat" });
    expect(routeOf("embed/a%20b/")).toEqual({ page: "embed", id: "a b" });
    expect(routeOf("s/")).toEqual({ page: "unknown", path: "s/" });
    expect(routeOf("s/a/b")).toEqual({ page: "unknown", path: "s/a/b" });
  });
});
