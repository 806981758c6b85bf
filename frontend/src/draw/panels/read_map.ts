/** The reads of one head as a square: a row per step, a column per slot (for attention: per step read). */

import type { ModelLog } from "../../memory/log";
import type { Memory } from "../../memory/kinds/base";
import type { Ctx } from "../ink/text";
import type { Inks } from "../ink/tokens";

/** Largest picture; longer runs are folded by maximum, never by mean. */
const MAX_SIDE = 512;

/** How `steps` × `slots` cells lie on the picture. */
export function readMapFold(
  steps: number,
  slots: number,
): { rows: number; columns: number; down: number; across: number } {
  const down = Math.max(1, Math.ceil(steps / MAX_SIDE));
  const across = Math.max(1, Math.ceil(slots / MAX_SIDE));
  return { rows: Math.ceil(steps / down), columns: Math.ceil(slots / across), down, across };
}

export class ReadMapImage {
  private readonly canvas = document.createElement("canvas");
  private readonly ctx = this.canvas.getContext("2d", { alpha: false })!;
  private readonly fold: ReturnType<typeof readMapFold>;
  private readonly steps: number;
  private readonly row: Float32Array;
  private drawn = 0;

  constructor(
    private readonly model: ModelLog,
    private readonly memory: Memory,
    private readonly head: number,
    private readonly inks: Inks,
  ) {
    this.steps = Math.max(1, model.steps);
    this.fold = readMapFold(this.steps, memory.slots(this.steps - 1));
    this.row = new Float32Array(this.fold.columns);
    this.canvas.width = this.fold.columns;
    this.canvas.height = this.fold.rows;
    this.ctx.fillStyle = inks.sk;
    this.ctx.fillRect(0, 0, this.fold.columns, this.fold.rows);
  }

  /** Draws rows until the clock passes `deadline` (ms); true when all are there, or have to come again first. */
  extend(deadline: number): boolean {
    const { rows, columns, down, across } = this.fold;
    const image = this.ctx.createImageData(columns, 1);
    while (this.drawn < rows) {
      this.row.fill(0);
      for (let t = this.drawn * down; t < Math.min(this.steps, (this.drawn + 1) * down); t++) {
        if (!this.model.ready(t) || !this.memory.has(t)) return true;
        const weights = this.weights(t);
        for (let s = 0; s < weights.length; s++) {
          const column = Math.floor(s / across);
          if (weights[s]! > this.row[column]!) this.row[column] = weights[s]!;
        }
      }
      for (let column = 0; column < columns; column++) {
        const entry = Math.min(255, Math.floor(Math.sqrt(Math.max(0, this.row[column]!)) * 256)) * 3;
        for (let k = 0; k < 3; k++) image.data[column * 4 + k] = this.inks.sequential[entry + k]!;
        image.data[column * 4 + 3] = 255;
      }
      this.ctx.putImageData(image, 0, this.drawn++);
      if (performance.now() > deadline) return this.drawn >= rows;
    }
    return true;
  }

  paint(ctx: Ctx, size: number, t: number): void {
    ctx.imageSmoothingEnabled = false;
    ctx.clearRect(0, 0, size, size);
    ctx.drawImage(this.canvas, 0, 0, size, size);
    ctx.fillStyle = this.inks.tx;
    ctx.globalAlpha = 0.7;
    ctx.fillRect(0, Math.round(((t + 0.5) / this.steps) * size), size, 1);
    ctx.globalAlpha = 1;
  }

  /** What lies at a place of a picture that is `size` wide and high; null outside what was read. */
  at(x: number, y: number, size: number): { t: number; slot: number } | null {
    const slots = this.memory.slots(this.steps - 1);
    const t = Math.floor((y / size) * this.steps);
    const slot = Math.floor((x / size) * slots);
    if (t < 0 || t >= this.steps || slot < 0 || slot >= slots) return null;
    return slot < this.memory.slots(t) ? { t, slot } : null;
  }

  weight(t: number, slot: number): number | undefined {
    return this.memory.has(t) ? this.weights(t)[slot] : undefined;
  }

  private weights(t: number): Float32Array {
    return this.memory.readRow(this.head, t);
  }
}
