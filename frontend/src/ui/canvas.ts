/** A canvas that is as large as its box in device pixels, and one animation frame for one dirty flag. */

import type { Ctx } from "../draw/ink/text";

export function deviceScale(): number {
  return Math.min(2, window.devicePixelRatio || 1);
}

/** Give the canvas its box's size; the context is scaled so that one unit is one CSS pixel. */
export function fitCanvas(canvas: HTMLCanvasElement, width: number, height: number): Ctx {
  const scale = deviceScale();
  const w = Math.max(1, Math.round(width * scale));
  const h = Math.max(1, Math.round(height * scale));
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  const ctx = canvas.getContext("2d")!;
  ctx.setTransform(scale, 0, 0, scale, 0, 0);
  return ctx;
}

/** Calls `draw` in the next frame after any number of `mark`s; nothing marked, nothing drawn. */
export class Frame {
  private handle = 0;

  constructor(private readonly draw: () => void) {}

  readonly mark = (): void => {
    if (this.handle) return;
    this.handle = requestAnimationFrame(() => {
      this.handle = 0;
      this.draw();
    });
  };

  stop(): void {
    if (this.handle) cancelAnimationFrame(this.handle);
    this.handle = 0;
  }
}
