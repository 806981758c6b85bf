/** A canvas that follows what its picture depends on: its box, the pixel ratio, the theme, the letters, and the page's state. */

import { untrack } from "svelte";
import type { Ctx } from "../draw/ink/text";
import type { Inks } from "../draw/ink/tokens";
import { fitCanvas, Frame } from "./canvas";
import { currentInks, theme } from "./theme.svelte";

/** What is painted on; one unit is one CSS pixel. */
export interface Paper {
  readonly ctx: Ctx;
  readonly inks: Inks;
  readonly width: number;
  readonly height: number;
}

/** A narrower canvas has not been laid out, or has nothing to show. */
const MIN_WIDTH = 20;

/** `<canvas {@attach painting.attach}>`; the canvas has its size from CSS. */
export class Painting {
  /** The box of the canvas in CSS pixels, as last laid out. */
  width = 0;
  height = 0;
  /** Something has changed that `follows` does not read: paint in the next frame. */
  readonly mark: () => void;
  private canvas: HTMLCanvasElement | null = null;
  private readonly frame: Frame;

  /** `follows` reads what of the page's state the picture shows; `paint` is called once a frame while anything changes. */
  constructor(
    private readonly paint: (paper: Paper) => void,
    private readonly follows: () => unknown = () => null,
  ) {
    this.frame = new Frame(() => this.draw());
    this.mark = this.frame.mark;
  }

  readonly attach = (canvas: HTMLCanvasElement): (() => void) => {
    this.canvas = canvas;
    const box = new ResizeObserver(() => {
      this.width = canvas.clientWidth;
      this.height = canvas.clientHeight;
      this.mark();
    });
    box.observe(canvas);
    const quiet = onPixelRatio(this.mark);
    void document.fonts?.ready.then(this.mark); // the first frame may have been drawn in the fallback face
    $effect(() => {
      void [theme.version, this.follows()];
      untrack(this.mark);
    });
    return () => {
      this.canvas = null;
      box.disconnect();
      quiet();
      this.frame.stop();
    };
  };

  private draw(): void {
    const { canvas, width, height } = this;
    if (!canvas || width < MIN_WIDTH) return;
    this.paint({ ctx: fitCanvas(canvas, width, height), inks: currentInks(), width, height });
  }
}

/** Tells when a CSS pixel has become more or fewer device pixels: another screen, another zoom. */
function onPixelRatio(notify: () => void): () => void {
  let query: MediaQueryList;
  const changed = (): void => {
    notify();
    listen();
  };
  const listen = (): void => {
    query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    query.addEventListener("change", changed, { once: true });
  };
  listen();
  return () => query.removeEventListener("change", changed);
}
