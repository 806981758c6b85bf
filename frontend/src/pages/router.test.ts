import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { routeOf, router } from "./router.svelte";

describe("routes", () => {
  it("names the page of a path", () => {
    expect(routeOf("")).toEqual({ page: "gallery" });
    expect(routeOf("new")).toEqual({ page: "new" });
    expect(routeOf("bridge")).toEqual({ page: "bridge" });
    expect(routeOf("fit")).toEqual({ page: "fit", recording: null });
    expect(routeOf("s/odd%20beat/fit")).toEqual({ page: "fit", recording: "odd beat" });
    expect(routeOf("long")).toEqual({ page: "long", id: null, recording: null });
    expect(routeOf("long/abc")).toEqual({ page: "long", id: "abc", recording: null });
    expect(routeOf("s/odd-beat/long/")).toEqual({ page: "long", id: null, recording: "odd-beat" });
    expect(routeOf("s/odd-beat")).toEqual({ page: "stage", id: "odd-beat" });
    expect(routeOf("embed/a%20b/")).toEqual({ page: "embed", id: "a b" });
    expect(routeOf("s/")).toEqual({ page: "unknown", path: "s/" });
    expect(routeOf("s/a/b")).toEqual({ page: "unknown", path: "s/a/b" });
  });
});

describe("the router", () => {
  class Anchor {
    target = "";
    hash = "";
    constructor(
      readonly pathname: string,
      readonly download = false,
      readonly origin = "http://here",
    ) {}
    closest(): this {
      return this;
    }
    hasAttribute(): boolean {
      return this.download;
    }
  }
  let heard: Map<string, (event: unknown) => void>;
  let pushed: unknown[][];
  let location: { pathname: string; origin: string; hash: string };

  beforeEach(() => {
    heard = new Map();
    pushed = [];
    location = { pathname: "/lab/s/abc", origin: "http://here", hash: "" };
    const listen = (name: string, listener: (event: unknown) => void): unknown => heard.set(name, listener);
    const forget = (name: string): unknown => heard.delete(name);
    vi.stubGlobal("addEventListener", listen);
    vi.stubGlobal("removeEventListener", forget);
    vi.stubGlobal("document", { baseURI: "http://here/lab/index.html", addEventListener: listen, removeEventListener: forget }); // prettier-ignore
    vi.stubGlobal("location", location);
    vi.stubGlobal("scrollTo", () => undefined);
    vi.stubGlobal("Element", Anchor);
    const pushState = (state: unknown, _: string, path: string): void => {
      pushed.push([state, path]);
      location.pathname = path.replace(/#.*/, "");
    };
    vi.stubGlobal("history", { pushState });
  });
  afterEach(() => vi.unstubAllGlobals());

  const click = (target: unknown, more: Record<string, unknown> = {}): boolean => {
    let prevented = false;
    heard.get("click")!({ target, button: 0, preventDefault: () => (prevented = true), ...more });
    return prevented;
  };

  it("reads the address below the folder that the page lies in, and again when somebody goes back", () => {
    const stop = router.start();
    expect(router.route).toEqual({ page: "stage", id: "abc" });
    location.pathname = "/lab/new";
    heard.get("popstate")!({});
    expect(router.route).toEqual({ page: "new" });
    location.pathname = "/elsewhere";
    heard.get("popstate")!({});
    expect(router.route).toEqual({ page: "unknown", path: "/elsewhere" });
    expect(router.links("new").map(({ href, current }) => [href, current])).toEqual([["/lab/", false], ["/lab/long", false], ["/lab/new", true], ["/lab/fit", false], ["/lab/bridge", false]]); // prettier-ignore
    const own = router.links(null, "a b").map(({ href }) => href);
    expect(own).toEqual(["/lab/", "/lab/s/a%20b/long", "/lab/new", "/lab/s/a%20b/fit", "/lab/bridge"]);
    stop();
    expect(heard.size).toBe(0);
  });

  it("hears of another link once, even where the browser leaves out that the fragment has changed", () => {
    location.hash = "#t=3";
    router.start();
    const { link } = router;
    expect(link.hash).toBe("#t=3");
    location.hash = "#t=70";
    heard.get("popstate")!({});
    const popped = router.link;
    expect(popped.hash).toBe("#t=70");
    location.hash = "#t=60"; // written by the page before the browser reports the change
    heard.get("hashchange")!({ newURL: "http://here/lab/s/abc#t=70" });
    expect(router.link).toBe(popped);
    heard.get("hashchange")!({ newURL: "http://here/lab/s/abc#t=70" });
    expect(router.link).not.toBe(popped); // typed again: obeyed again
  });

  it("goes to a page as a new entry of the history", () => {
    router.start();
    router.go("s/xyz", { play: true });
    expect([pushed, router.route]).toEqual([[[{ play: true }, "/lab/s/xyz"]], { page: "stage", id: "xyz" }]);
  });

  it("takes plain clicks on links to its own pages, and leaves the browser all others", () => {
    router.start();
    expect(click(Object.assign(new Anchor("/lab/s/xyz"), { hash: "#t=3" }))).toBe(true);
    expect(pushed).toEqual([[null, "/lab/s/xyz#t=3"]]);
    const link = new Anchor("/lab/new");
    for (const key of ["ctrlKey", "metaKey", "shiftKey", "defaultPrevented"]) expect(click(link, { [key]: true })).toBe(false); // prettier-ignore
    expect(click(link, { button: 1 })).toBe(false);
    expect(click(Object.assign(new Anchor("/lab/new"), { target: "_blank" }))).toBe(false);
    expect(click(new Anchor("/lab/api/recordings/1/file"))).toBe(false);
    expect(click(new Anchor("/lab/new", true))).toBe(false);
    expect(click(new Anchor("/lab/new", false, "http://there"))).toBe(false);
    expect(click(new Anchor("/other"))).toBe(false);
    expect(click({})).toBe(false);
    expect(click(link)).toBe(true);
    expect(router.route).toEqual({ page: "new" });
  });
});
