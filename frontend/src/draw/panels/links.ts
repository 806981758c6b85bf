/** Small pictures of the inspector: the DNC's link matrix and the life of one slot. */

import type { SlotLife } from "../../memory/kinds/base";
import { text, type Ctx } from "../ink/text";
import type { Inks } from "../ink/tokens";

/** Link matrix [slot × slot], row = written after, column = written before; one pixel a cell, made once per step. */
export class LinkImage {
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

/** One slot over the run: writes as tall warm lines, reads as short cool ones, erases as dots on the floor. */
export function paintLife(
  ctx: Ctx,
  inks: Inks,
  width: number,
  life: SlotLife,
  t: number,
  planned: number,
  words: string,
): void {
  const height = 20;
  const x = (step: number): number => (step / Math.max(1, planned - 1)) * (width - 1);
  const w = Math.max(1, width / planned);
  ctx.clearRect(0, 0, width, 36);
  ctx.fillStyle = inks.sk;
  ctx.fillRect(0, 0, width, height);
  // Per pixel the largest of its steps, so that a short visit in a long run is seen.
  const ink = (series: Float32Array, colour: string, top: number, h: number, least: number): void => {
    ctx.fillStyle = colour;
    const high = new Float32Array(Math.ceil(width) + 1);
    for (let s = 0; s <= Math.min(t, series.length - 1); s++) {
      const px = Math.floor(x(s));
      if (series[s]! > high[px]!) high[px] = series[s]!;
    }
    for (let px = 0; px < high.length; px++) {
      if (high[px]! < least) continue;
      ctx.globalAlpha = Math.min(1, 0.3 + high[px]!);
      ctx.fillRect(px, top, w, h);
    }
    ctx.globalAlpha = 1;
  };
  ink(life.read, inks.rf, height / 2, height / 2, 0.1);
  ink(life.write, inks.wf, 0, height, 0.1);
  ink(life.erase, inks.ef, height - 3, 3, 0.25);
  ctx.fillStyle = inks.tx;
  ctx.fillRect(x(t), 0, 1, height);
  text(ctx, "0", 0, height + 9, { colour: inks.t3 });
  text(ctx, words, width / 2, height + 9, { colour: inks.t3, align: "center" });
  text(ctx, String(planned - 1), width, height + 9, { colour: inks.t3, align: "right" });
}
