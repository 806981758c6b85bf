/** Painter of the cut through now: write head, matrix, read heads, usage, gates, on the lane's slot axis. */

import { dialPitch, ROOMY_DIAL, SCALE, type Box, type NowBox } from "../stage/layout";
import type { Cell } from "../../view/vocabulary";
import type { Block, NowPicture } from "./kinds/base";
import { divergingEntry } from "../../analysis/scale";
import { text, type Ctx } from "../ink/text";
import type { Inks } from "../ink/tokens";
import { num } from "../ink/format";

export interface NowStyle {
  /** Limit of each signed block by its name, fixed for the recording. */
  limits: ReadonlyMap<string, number>;
  /** Norms are drawn relative to this; usage and weights to 1. */
  usageLimit: number;
  faded: boolean;
  /** Row under the pointer. */
  row: number | null;
  /** Rows that keep the linked moment. */
  linked: readonly number[];
}

/** Where each block lies in a picture that is `width` wide. */
function spansOf(blocks: readonly Pick<Block, "weight">[], width: number): { x: number; w: number }[] {
  const gaps = (blocks.length - 1) * 3;
  const total = blocks.reduce((sum, block) => sum + block.weight, 0);
  let x = 0;
  return blocks.map(({ weight }, k) => {
    const w = k === blocks.length - 1 ? width - x : Math.round((weight / total) * (width - gaps));
    const span = { x, w };
    x += w + 3;
    return span;
  });
}

/** What of its blocks lies `x` into a picture that is `width` wide; null between two of them. */
export function cellAt(
  blocks: readonly Pick<Block, "name" | "columns" | "weight">[],
  width: number,
  x: number,
): Cell | null {
  const spans = spansOf(blocks, width);
  const k = spans.findIndex((span) => x >= span.x && x < span.x + span.w);
  if (k < 0) return null;
  const { name, columns } = blocks[k]!;
  return { block: name, column: Math.floor(((x - spans[k]!.x) / spans[k]!.w) * columns) };
}

/** A small canvas per lane that holds one pixel per matrix cell. */
export class MatrixImage {
  private readonly canvas = document.createElement("canvas");
  private readonly ctx = this.canvas.getContext("2d", { alpha: false })!;
  private image: ImageData | null = null;

  paint(
    ctx: Ctx,
    inks: Inks,
    picture: NowPicture,
    box: { x: number; y: number; w: number; h: number },
    limits: ReadonlyMap<string, number>,
  ): void {
    const columns = picture.blocks.reduce((sum, block) => sum + block.columns, 0);
    if (!this.image || this.image.width !== columns || this.image.height !== picture.rows) {
      this.canvas.width = columns;
      this.canvas.height = picture.rows;
      this.image = new ImageData(columns, picture.rows);
    }
    let from = 0;
    for (const block of picture.blocks) {
      this.fill(block, from, picture, inks, limits.get(block.name) ?? 1);
      from += block.columns;
    }
    this.ctx.putImageData(this.image, 0, 0);
    ctx.imageSmoothingEnabled = false;
    from = 0;
    spansOf(picture.blocks, box.w).forEach(({ x, w }, k) => {
      const { columns } = picture.blocks[k]!;
      ctx.drawImage(this.canvas, from, 0, columns, picture.rows, box.x + x, box.y, w, box.h);
      from += columns;
    });
  }

  private fill(block: Block, from: number, picture: NowPicture, inks: Inks, limit: number): void {
    const { data, width } = this.image!;
    for (let row = 0; row < picture.rows; row++) {
      for (let k = 0; k < block.columns; k++) {
        const o = (row * width + from + k) * 4;
        const v = block.values[row * block.columns + k]!;
        if (row >= picture.filled || v !== v) {
          for (let i = 0; i < 3; i++) data[o + i] = inks.ground[i]!;
        } else {
          const table = block.map === "signed" ? inks.diverging : inks.grey;
          const entry =
            block.map === "signed" ? divergingEntry(v, limit) : Math.max(0, Math.min(255, Math.round(v * 255)));
          for (let i = 0; i < 3; i++) data[o + i] = table[entry * 3 + i]!;
        }
        data[o + 3] = 255;
      }
    }
  }
}

export function paintNow(
  ctx: Ctx,
  inks: Inks,
  box: NowBox,
  picture: NowPicture,
  image: MatrixImage,
  style: NowStyle,
): void {
  const { matrix } = box;
  const rowH = matrix.h / picture.rows;
  const middle = (row: number): number => matrix.y + (row + 0.5) * rowH;
  ctx.globalAlpha = style.faded ? 0.72 : 1;
  ctx.fillStyle = inks.sk;
  ctx.fillRect(matrix.x, matrix.y, matrix.w, matrix.h);
  image.paint(ctx, inks, picture, matrix, style.limits);
  vectors(ctx, inks, box, picture, style.limits.get("memory") ?? 1);
  picture.writes.forEach((weights, h) => bars(ctx, inks.wf, weights, box.writeX, -1, middle, rowH, h));
  picture.reads.forEach((weights, h) => bars(ctx, inks.rf, weights, box.readX, 1, middle, rowH, h));
  if (picture.arrows) arrows(ctx, inks, box, picture, middle);
  outline(ctx, inks, box, picture, style, middle, rowH);
  if (box.usage) {
    ctx.fillStyle = inks.t3;
    ctx.globalAlpha = (style.faded ? 0.5 : 1) * 0.75;
    for (let row = 0; row < picture.rows; row++) {
      const v = Math.min(1, picture.usage[row]! / style.usageLimit);
      if (v > 0.02) ctx.fillRect(box.usage.x, middle(row) - barH(rowH) / 2, v * box.usage.w, barH(rowH));
    }
  }
  ctx.globalAlpha = style.faded ? 0.5 : 1;
  if (box.gates) {
    dials(ctx, inks, box.gates, picture);
    scale(ctx, inks, box.gates, picture, style.limits);
  }
  ctx.globalAlpha = 1;
}

function barH(rowH: number): number {
  return rowH >= 3 ? rowH - 1 : Math.max(1, rowH);
}

function bars(
  ctx: Ctx,
  ink: string,
  weights: Float32Array,
  x: number,
  direction: 1 | -1,
  middle: (row: number) => number,
  rowH: number,
  head: number,
): void {
  ctx.fillStyle = ink;
  for (let row = 0; row < weights.length; row++) {
    const v = weights[row]!;
    if (v < 0.03) continue;
    const length = Math.max(1.5, Math.min(1, v) * 11);
    const top = middle(row) - barH(rowH) / 2;
    ctx.fillRect(direction < 0 ? x - length : x, top, length, barH(rowH));
    // Head k carries k notches, so that heads can be distinguished without a second colour.
    for (let k = 0; k < head && rowH >= 3; k++)
      ctx.clearRect(direction < 0 ? x - 3 - 3 * k : x + 2 + 3 * k, top, 1, barH(rowH));
  }
}

/** ▶ solid where the strongest write goes, ◀ outline where each read head reads most. */
function arrows(ctx: Ctx, inks: Inks, box: NowBox, picture: NowPicture, middle: (row: number) => number): void {
  for (const weights of picture.writes) {
    const row = strongest(weights);
    if (weights[row]! <= 0.15) continue;
    const y = middle(row);
    ctx.fillStyle = inks.wf;
    ctx.beginPath();
    ctx.moveTo(box.writeX + 1, y);
    ctx.lineTo(box.writeX - 7, y - 5);
    ctx.lineTo(box.writeX - 7, y + 5);
    ctx.fill();
  }
  for (const weights of picture.reads) {
    const row = strongest(weights);
    if (weights[row]! <= 0.15) continue;
    const y = middle(row);
    ctx.strokeStyle = inks.rf;
    ctx.fillStyle = inks.bg;
    ctx.lineWidth = 1.6;
    ctx.beginPath();
    ctx.moveTo(box.readX, y);
    ctx.lineTo(box.readX + 8, y - 5);
    ctx.lineTo(box.readX + 8, y + 5);
    ctx.closePath();
    ctx.fill();
    ctx.stroke();
  }
}

function strongest(weights: Float32Array): number {
  let best = 0;
  for (let i = 1; i < weights.length; i++) if (weights[i]! > weights[best]!) best = i;
  return best;
}

/** Erase vector on the upper edge of the matrix, write vector on the lower one, 3 px each, in the gaps between lanes. */
function vectors(ctx: Ctx, inks: Inks, box: NowBox, picture: NowPicture, limit: number): void {
  const { matrix } = box;
  const cell = (n: number, k: number): [number, number] => {
    const a = Math.round((k / n) * matrix.w);
    return [matrix.x + a, Math.round(((k + 1) / n) * matrix.w) - a];
  };
  const alpha = ctx.globalAlpha;
  if (picture.erase) {
    ctx.fillStyle = inks.ef;
    picture.erase.forEach((v, k) => {
      const [x, w] = cell(picture.erase!.length, k);
      ctx.globalAlpha = alpha * Math.min(1, Math.max(0, v));
      ctx.fillRect(x, matrix.y - 4, w, 3);
    });
    ctx.globalAlpha = alpha;
  }
  picture.add?.forEach((v, k) => {
    const [x, w] = cell(picture.add!.length, k);
    const entry = divergingEntry(v, limit) * 3;
    ctx.fillStyle = `rgb(${inks.diverging[entry]},${inks.diverging[entry + 1]},${inks.diverging[entry + 2]})`;
    ctx.fillRect(x, matrix.y + matrix.h + 1, w, 3);
  });
}

function outline(
  ctx: Ctx,
  inks: Inks,
  box: NowBox,
  picture: NowPicture,
  style: NowStyle,
  middle: (row: number) => number,
  rowH: number,
): void {
  const { matrix } = box;
  const h = Math.max(4, rowH);
  ctx.lineWidth = 1.5;
  ctx.strokeStyle = inks.w;
  for (const row of style.linked) {
    if (row < picture.filled) ctx.strokeRect(matrix.x - 0.5, middle(row) - h / 2, matrix.w + 1, h);
  }
  if (style.row !== null && style.row < picture.rows) {
    ctx.lineWidth = 1;
    ctx.strokeStyle = inks.tx;
    ctx.strokeRect(matrix.x - 0.5, middle(style.row) - h / 2 - 0.5, matrix.w + 1, h + 1);
  }
}

/** What the colours of the contents mean, below the dials where they leave room: from −limit over 0 to the limit. */
function scale(ctx: Ctx, inks: Inks, box: Box, picture: NowPicture, limits: NowStyle["limits"]): void {
  const block = picture.blocks.find(({ map }) => map === "signed");
  const limit = block && limits.get(block.name);
  if (!limit || box.h - picture.dials.length * dialPitch(box, picture.dials.length) < SCALE) return;
  const y = box.y + box.h - 8;
  const width = 26;
  for (let k = 0; k < width; k++) {
    const entry = divergingEntry((2 * k) / (width - 1) - 1, 1) * 3;
    ctx.fillStyle = `rgb(${inks.diverging[entry]},${inks.diverging[entry + 1]},${inks.diverging[entry + 2]})`;
    ctx.fillRect(box.x + k, y - 4, 1, 8);
  }
  text(ctx, `± ${Number(limit.toPrecision(2))}`, box.x + width + 6, y, { colour: inks.t3 });
}

/** A dial is 270°, radius 8, stroke 3; name over number. */
function dials(ctx: Ctx, inks: Inks, box: Box, picture: NowPicture): void {
  const pitch = dialPitch(box, picture.dials.length);
  const from = Math.PI * 0.75;
  const sweep = Math.PI * 1.5;
  const roomy = pitch >= ROOMY_DIAL;
  picture.dials.forEach((dial, k) => {
    const y = box.y + pitch * (k + 0.5);
    const r = roomy ? 8 : 6;
    ctx.lineWidth = roomy ? 3 : 2.5;
    ctx.lineCap = "round";
    ctx.strokeStyle = inks.hv;
    ctx.beginPath();
    ctx.arc(box.x + 8, y, r, from, from + sweep);
    ctx.stroke();
    const value = Math.max(0, Math.min(1, dial.value));
    if (value > 0.02) {
      ctx.strokeStyle = dial.ink === "e" ? inks.ef : dial.ink === "w" ? inks.wf : inks.rf;
      ctx.beginPath();
      ctx.arc(box.x + 8, y, r, from, from + sweep * value);
      ctx.stroke();
    }
    if (roomy) {
      text(ctx, dial.name, box.x + 25, y - 6, { colour: inks.t3 });
      text(ctx, dial.label ?? num(dial.value), box.x + 25, y + 7, { colour: inks.t2 });
    } else {
      text(ctx, dial.name, box.x + 22, y, { colour: inks.t3 });
    }
  });
  ctx.lineCap = "butt";
}
