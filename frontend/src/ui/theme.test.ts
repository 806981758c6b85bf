/** Light or dark, as the system says until the user does; a page that may not store goes on without. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DARK } from "../draw/ink/tokens";

let light: boolean;
let stored: Map<string, string>;
let changed: (event: { matches: boolean }) => void;
let root: { dataset: Record<string, string> };

beforeEach(() => {
  light = false;
  stored = new Map();
  root = { dataset: {} };
  vi.stubGlobal("matchMedia", (query: string) => ({
    matches: query.includes("light") ? light : query.includes("reduce"),
    addEventListener: (_: string, listener: typeof changed) => (changed = listener),
  }));
  vi.stubGlobal("localStorage", { getItem: (key: string) => stored.get(key) ?? null, setItem: (key: string, value: string) => stored.set(key, value) }); // prettier-ignore
  vi.stubGlobal("document", { documentElement: root });
  vi.stubGlobal("getComputedStyle", () => ({
    getPropertyValue: (name: string) => (name === "color-scheme" ? root.dataset["theme"] : ` ${DARK[name.slice(2) as keyof typeof DARK]} `), // prettier-ignore
  }));
  vi.resetModules();
});
afterEach(() => vi.unstubAllGlobals());

const load = (): Promise<typeof import("./theme.svelte")> => import("./theme.svelte");

describe("the theme", () => {
  it("is the system's, and follows it", async () => {
    light = true;
    const { theme } = await load();
    expect([theme.name, root.dataset["theme"]]).toEqual(["light", "light"]);
    changed({ matches: false });
    expect([theme.name, root.dataset["theme"]]).toEqual(["dark", "dark"]);
  });

  it("is the user's once there was a choice, also the next time", async () => {
    const { theme } = await load();
    theme.toggle();
    expect([theme.name, [...stored.values()]]).toEqual(["light", ["light"]]);
    changed({ matches: false });
    expect(theme.name).toBe("light");
    vi.resetModules();
    expect((await load()).theme.name).toBe("light");
    stored.set([...stored.keys()][0]!, "mauve");
    vi.resetModules();
    expect((await load()).theme.name).toBe("dark");
  });

  it("holds as long as the page where nothing can be stored", async () => {
    const refuse = (): never => {
      throw new Error("denied");
    };
    vi.stubGlobal("localStorage", { getItem: refuse, setItem: refuse });
    const { theme } = await load();
    theme.toggle();
    expect(theme.name).toBe("light");
  });

  it("has inks of its own, made once", async () => {
    const { theme, currentInks, reducedMotion } = await load();
    const inks = currentInks();
    expect([inks.dark, inks.tx]).toEqual([true, DARK.tx]);
    expect(currentInks()).toBe(inks);
    theme.toggle();
    expect(currentInks()).not.toBe(inks);
    expect(currentInks().dark).toBe(false);
    expect(reducedMotion()).toBe(true);
  });
});
