/** A canvas as large as its box, painted once a frame while anything changes. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DARK } from "../draw/ink/tokens";
import { fitCanvas, Frame } from "./canvas";

let frames: (() => void)[];
const frame = (): void => frames.splice(0).forEach((callback) => callback());
let resized: () => void;
let ratio: () => void;
let observed: number;

beforeEach(() => {
  frames = [];
  observed = 0;
  vi.stubGlobal("requestAnimationFrame", (callback: () => void) => frames.push(callback));
  vi.stubGlobal("cancelAnimationFrame", (handle: number) => (frames[handle - 1] = () => undefined));
  vi.stubGlobal("window", { devicePixelRatio: 1.5 });
  vi.stubGlobal("devicePixelRatio", 1.5);
  vi.stubGlobal("localStorage", { getItem: () => null });
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: (_: string, listener: () => void) => (ratio = listener), removeEventListener: () => (ratio = () => undefined) })); // prettier-ignore
  vi.stubGlobal("getComputedStyle", () => ({ getPropertyValue: (name: string) => DARK[name.slice(2) as keyof typeof DARK] ?? "" })); // prettier-ignore
  vi.stubGlobal("document", { documentElement: { dataset: {} }, fonts: { ready: new Promise(() => undefined) } });
  vi.stubGlobal("ResizeObserver", class { constructor(listener: () => void) { resized = listener; } observe(): void { observed++; } disconnect(): void { observed--; } }); // prettier-ignore
});
afterEach(() => vi.unstubAllGlobals());

function canvasOf(width: number, height: number): HTMLCanvasElement & { scaled: number[] } {
  const scaled: number[] = [];
  const context = { setTransform: (...numbers: number[]) => scaled.splice(0, 6, ...numbers) };
  return { width: 1, height: 1, clientWidth: width, clientHeight: height, scaled, getContext: () => context } as never;
}

describe("a canvas", () => {
  it("has the pixels of its box, at most two a side, and a unit of one CSS pixel", () => {
    const canvas = canvasOf(100, 50);
    fitCanvas(canvas, 100, 50.4);
    expect([canvas.width, canvas.height, canvas.scaled]).toEqual([150, 76, [1.5, 0, 0, 1.5, 0, 0]]);
    vi.stubGlobal("window", { devicePixelRatio: 3 });
    fitCanvas(canvas, 100, 0);
    expect([canvas.width, canvas.height]).toEqual([200, 1]);
  });

  it("draws once a frame however often it is marked, and not after it was stopped", () => {
    let drawn = 0;
    const one = new Frame(() => drawn++);
    one.mark();
    one.mark();
    frame();
    expect(drawn).toBe(1);
    one.mark();
    one.stop();
    frame();
    expect(drawn).toBe(1);
    one.mark();
    frame();
    expect(drawn).toBe(2);
  });
});

describe("a painting", () => {
  // What it follows of the page's state is an effect, and effects need a document: the browser tests hold those.
  it("is painted when its box or the screen changes, or it is marked, until it is taken off the page", async () => {
    vi.resetModules();
    const { Painting } = await import("./painting.svelte");
    const sizes: [number, number][] = [];
    const painting = new Painting(({ width, height }) => sizes.push([width, height]));
    const canvas = canvasOf(100, 50);
    const detach = painting.attach(canvas);
    const changes = (change: () => void): number => {
      const before = sizes.length;
      change();
      frame();
      return sizes.length - before;
    };
    expect(changes(painting.mark)).toBe(0); // not laid out
    expect(changes(resized)).toBe(1);
    expect([sizes.at(-1), observed]).toEqual([[100, 50], 1]);
    expect(changes(() => undefined)).toBe(0);
    expect(changes(ratio)).toBe(1);
    expect(changes(ratio)).toBe(1); // listened for again
    expect(changes(painting.mark)).toBe(1);
    Object.assign(canvas, { clientWidth: 10 });
    expect(changes(resized)).toBe(0); // too narrow to show anything
    Object.assign(canvas, { clientWidth: 100 });
    resized();
    detach();
    expect([changes(painting.mark), observed]).toEqual([0, 0]);
  });
});
