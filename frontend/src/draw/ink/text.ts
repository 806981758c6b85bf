/** Letters and glyphs on a canvas. */

import type { Hue, Inks } from "./tokens";

export type Ctx = CanvasRenderingContext2D;

export function font(size = 11, weight = 400): string {
  return `${weight} ${size}px Inter, system-ui, "Segoe UI", sans-serif`;
}

export interface TextStyle {
  colour: string;
  align?: CanvasTextAlign;
  size?: number;
  weight?: number;
}

/** One line of text, vertically centred on y. */
export function text(ctx: Ctx, words: string, x: number, y: number, style: TextStyle): void {
  ctx.font = font(style.size, style.weight);
  ctx.fillStyle = style.colour;
  ctx.textAlign = style.align ?? "left";
  ctx.textBaseline = "middle";
  ctx.fillText(words, x, y);
}

export function textWidth(ctx: Ctx, words: string, size = 11, weight = 400): number {
  ctx.font = font(size, weight);
  return ctx.measureText(words).width;
}

/** As much of the words as fits, with an ellipsis where something is cut. */
export function fitted(ctx: Ctx, words: string, width: number, size = 11, weight = 400): string {
  if (textWidth(ctx, words, size, weight) <= width) return words;
  let end = words.length - 1;
  while (end > 1 && textWidth(ctx, `${words.slice(0, end)}…`, size, weight) > width) end--;
  return `${words.slice(0, end).trimEnd()}…`;
}

/** The paradigm's glyph: ring, diamond, hollow diamond, square, triangle (DNC and sDNC), hourglass. */
export function glyph(ctx: Ctx, inks: Inks, hue: Hue, x: number, y: number, r = 4): void {
  ctx.fillStyle = ctx.strokeStyle = inks[hue];
  ctx.lineWidth = 1.7;
  ctx.beginPath();
  if (hue === "rnn") {
    ctx.arc(x, y, r * 0.8, 0, 7);
    ctx.stroke();
  } else if (hue === "tr" || hue === "ut") {
    ctx.moveTo(x, y - r);
    ctx.lineTo(x + r, y);
    ctx.lineTo(x, y + r);
    ctx.lineTo(x - r, y);
    ctx.closePath();
    if (hue === "tr") ctx.fill();
    else ctx.stroke();
  } else if (hue === "ntm") {
    ctx.fillRect(x - r * 0.8, y - r * 0.8, r * 1.6, r * 1.6);
  } else if (hue === "delta") {
    for (const way of [-1, 1]) {
      ctx.moveTo(x, y);
      ctx.lineTo(x - r * 0.9, y + way * r);
      ctx.lineTo(x + r * 0.9, y + way * r);
    }
    ctx.fill();
  } else {
    ctx.moveTo(x, y - r);
    ctx.lineTo(x + r, y + r * 0.85);
    ctx.lineTo(x - r, y + r * 0.85);
    ctx.fill();
  }
}

/** A label that clears the ground under itself. */
export function tag(ctx: Ctx, inks: Inks, words: string, x: number, y: number, colour: string): void {
  const width = textWidth(ctx, words, 11, 500) + 10;
  ctx.fillStyle = inks.bg;
  ctx.fillRect(x - width / 2, y - 9, width, 18);
  text(ctx, words, x, y, { colour, align: "center", weight: 500 });
}

/** The erase hatch, 4 px period with 1.2 px lines, as a repeating pattern in device pixels. */
export function hatch(ctx: Ctx, colour: string, scale: number): CanvasPattern {
  const tile = document.createElement("canvas");
  tile.width = tile.height = Math.max(1, Math.round(4 * scale));
  const pen = tile.getContext("2d")!;
  pen.scale(scale, scale);
  pen.strokeStyle = colour;
  pen.lineWidth = 1.2;
  pen.beginPath();
  for (const shift of [-4, 0, 4]) {
    pen.moveTo(shift - 1, 5);
    pen.lineTo(shift + 5, -1);
  }
  pen.stroke();
  return ctx.createPattern(tile, "repeat")!;
}
