/** What painters draw, so that tests can ask: a context that writes SVG, read back as shapes, and small canvases whose pixels can be read. */
import { vi } from "vitest";
import { SvgContext } from "./ink/svg_canvas";
import type { Ctx } from "./ink/text";

/** Every letter is as wide as the next. */
export const LETTER = 6;

export interface Shape {
  tag: "rect" | "path" | "text" | "image";
  x: number;
  y: number;
  width: number;
  height: number;
  fill: string | undefined;
  stroke: string | undefined;
  "stroke-width": number;
  "stroke-dasharray": string | undefined;
  /** 1 where nothing is said. */
  opacity: number;
  d: string;
  /** Of a text its words. */
  words: string;
  anchor: string;
}

export interface TestDrawing {
  ctx: Ctx;
  shapes(): Shape[];
  /** Texts in the order they are painted. */
  words(): string[];
}

export function drawingOf(width: number, height: number): TestDrawing {
  const drawing = new SvgContext(width, height, "ground", {
    measure: (words) => words.length * LETTER,
    picture: () => "data:",
  });
  const shapes = (): Shape[] =>
    drawing
      .document("")
      .split("\n")
      .flatMap((line): Shape[] => {
        const [, tag, rest, content] = /^<(rect|path|text|image) ([^>]*?)\/?>(?:(.*)<\/text>)?$/.exec(line) ?? [];
        if (!tag) return [];
        const said = Object.fromEntries(
          [...rest!.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!]),
        );
        const number = (key: string, otherwise = NaN): number => (key in said ? Number(said[key]) : otherwise);
        const words = (content ?? "").replace(
          /&(amp|lt|gt|quot);/g,
          (_, name: string) => ({ amp: "&", lt: "<", gt: ">", quot: '"' })[name]!,
        );
        return [
          {
            tag: tag as Shape["tag"],
            x: number("x"),
            y: number("y"),
            width: number("width"),
            height: number("height"),
            fill: said["fill"],
            stroke: said["stroke"],
            "stroke-width": number("stroke-width"),
            "stroke-dasharray": said["stroke-dasharray"],
            opacity: number("opacity", 1),
            d: said["d"] ?? "",
            words,
            anchor: said["text-anchor"] ?? "start",
          },
        ];
      });
  return {
    ctx: drawing as unknown as Ctx,
    shapes,
    words: () => shapes().flatMap(({ tag, words }) => (tag === "text" ? [words] : [])),
  };
}

/** The numbers of a path, two by two. */
export function points(d: string): [number, number][] {
  const numbers = (d.match(/-?[\d.]+/g) ?? []).map(Number);
  return Array.from({ length: numbers.length / 2 }, (_, k) => [numbers[2 * k]!, numbers[2 * k + 1]!]);
}

/** Bytes of a picture, as the browser's ImageData. */
class Bytes {
  readonly data: Uint8ClampedArray;
  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.data = new Uint8ClampedArray(width * height * 4);
  }
}

/** A canvas that keeps what is put on it pixel by pixel; lines and letters leave nothing. */
export class SmallCanvas {
  /** What was filled, in order: x, y, width, height, and the colour. */
  readonly filled: [number, number, number, number, string][] = [];
  private held: { width: number; height: number; data: Uint8ClampedArray } | null = null;
  private size = [300, 150] as [number, number];
  private readonly ctx: Record<string, unknown>;

  constructor() {
    const own: Record<string, unknown> = {
      createImageData: (width: number, height: number) => new Bytes(width, height),
      putImageData: this.put.bind(this),
      fillRect: (x: number, y: number, w: number, h: number) =>
        this.filled.push([x, y, w, h, String(own["fillStyle"])]),
      measureText: (words: string) => ({ width: words.length * LETTER }),
    };
    this.ctx = new Proxy(own, { get: (all, name) => (name in all ? all[String(name)] : () => undefined) });
  }

  get width(): number {
    return this.size[0];
  }
  set width(width: number) {
    this.size[0] = width;
    this.held = null;
  }
  get height(): number {
    return this.size[1];
  }
  set height(height: number) {
    this.size[1] = height;
    this.held = null;
  }

  getContext(): unknown {
    return this.ctx;
  }

  /** Red, green, blue, opacity. */
  at(x: number, y: number): number[] {
    const { width, data } = this.pixels;
    return [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)];
  }

  toDataURL(): string {
    return `data:${this.width}x${this.height}:${this.pixels.data.join()}`;
  }

  private get pixels(): Bytes {
    return (this.held ??= new Bytes(...this.size)) as Bytes;
  }

  private put(image: Bytes, x: number, y: number, dx = 0, dy = 0, w = image.width, h = image.height): void {
    const { width, data } = this.pixels;
    for (let row = dy; row < dy + h; row++)
      for (let k = dx; k < dx + w; k++) {
        const from = (row * image.width + k) * 4;
        data.set(image.data.subarray(from, from + 4), ((y + row) * width + x + k) * 4);
      }
  }
}

/** Stands small canvases in for the document's; returns those made, in order. `vi.unstubAllGlobals()` takes them away again. */
export function stubCanvases(): SmallCanvas[] {
  const made: SmallCanvas[] = [];
  vi.stubGlobal("document", {
    createElement: () => {
      made.push(new SmallCanvas());
      return made.at(-1);
    },
  });
  vi.stubGlobal("ImageData", Bytes);
  return made;
}
