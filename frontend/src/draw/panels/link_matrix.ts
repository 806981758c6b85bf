/** The DNC's temporal link matrix, small: which slot was written right after which. */

import type { Ctx } from "../ink/text";
import type { Inks } from "../ink/tokens";

/** Link matrix [slot × slot], row = written after, column = written before; one pixel a cell, made once per step. */
export class LinkMatrixImage {
  private readonly canvas = document.createElement("canvas");
  private key = "";

  /** `key` names step and model: the same key is drawn from what is there. */
  paint(
    ctx: Ctx,
    inks: Inks,
    size: number,
    slots: number,
    slot: number | null,
    key: string,
    links: () => Float32Array,
  ): void {
    const whole = `${key}/${inks.sk}`;
    if (this.key !== whole) {
      this.key = whole;
      this.fill(inks, slots, links());
    }
    ctx.imageSmoothingEnabled = false;
    ctx.drawImage(this.canvas, 0, 0, slots, slots, 0, 0, size, size);
    if (slot === null) return;
    const cell = size / slots;
    ctx.strokeStyle = inks.tx;
    ctx.lineWidth = 1;
    ctx.strokeRect(0.5, slot * cell - 0.5, size - 1, Math.max(3, cell + 1));
    ctx.strokeRect(slot * cell - 0.5, 0.5, Math.max(3, cell + 1), size - 1);
  }

  private fill(inks: Inks, slots: number, links: Float32Array): void {
    this.canvas.width = this.canvas.height = slots;
    const ctx = this.canvas.getContext("2d", { alpha: false })!;
    const image = ctx.createImageData(slots, slots);
    for (let i = 0; i < links.length; i++) {
      const entry = Math.floor(Math.sqrt(Math.min(1, Math.max(0, links[i]!))) * 255) * 3;
      for (let k = 0; k < 3; k++) image.data[i * 4 + k] = inks.sequential[entry + k]!;
      image.data[i * 4 + 3] = 255;
    }
    ctx.putImageData(image, 0, 0);
  }
}
