/** Letters and glyphs on a canvas. */

import { shapeOf, type Hue, type Inks } from "./tokens";

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
export function text(ctx: Ctx, label: string, x: number, y: number, style: TextStyle): void {
  ctx.font = font(style.size, style.weight);
  ctx.fillStyle = style.colour;
  ctx.textAlign = style.align ?? "left";
  ctx.textBaseline = "middle";
  ctx.fillText(label, x, y);
}

export function textWidth(ctx: Ctx, label: string, size = 11, weight = 400): number {
  ctx.font = font(size, weight);
  return ctx.measureText(label).width;
}

/** As much of the label as fits, with an ellipsis where something is cut. */
export function fitted(ctx: Ctx, label: string, width: number, size = 11, weight = 400): string {
  if (textWidth(ctx, label, size, weight) <= width) return label;
  let end = label.length - 1;
  while (end > 1 && textWidth(ctx, `${label.slice(0, end)}…`, size, weight) > width) end--;
  return `${label.slice(0, end).trimEnd()}…`;
}

/** The paradigm's glyph, `r` from its middle to its edge. */
export function glyph(ctx: Ctx, inks: Inks, hue: Hue, x: number, y: number, r = 4): void {
  ctx.fillStyle = ctx.strokeStyle = inks[hue];
  for (const part of shapeOf(hue)) {
    ctx.beginPath();
    if ("circle" in part) ctx.arc(x, y, r * part.circle, 0, 7);
    else {
      part.points.forEach(([px, py], i) =>
        i ? ctx.lineTo(x + r * px, y + r * py) : ctx.moveTo(x + r * px, y + r * py),
      );
      ctx.closePath();
    }
    if (part.stroke) {
      ctx.lineWidth = r * part.stroke;
      ctx.stroke();
    } else ctx.fill();
  }
}

/** A label that clears the ground under itself. */
export function tag(ctx: Ctx, inks: Inks, label: string, x: number, y: number, colour: string): void {
  const width = textWidth(ctx, label, 11, 500) + 10;
  ctx.fillStyle = inks.bg;
  ctx.fillRect(x - width / 2, y - 9, width, 18);
  text(ctx, label, x, y, { colour, align: "center", weight: 500 });
}

/** The erase hatch, 4 px period with 1.2 px lines, as a repeating pattern in device pixels. */
export function hatch(ctx: Ctx, colour: string, scale: number): CanvasPattern {
  const tile = document.createElement("canvas");
  tile.width = tile.height = Math.max(1, Math.round(4 * scale));
  const tileCtx = tile.getContext("2d")!;
  tileCtx.scale(scale, scale);
  tileCtx.strokeStyle = colour;
  tileCtx.lineWidth = 1.2;
  tileCtx.beginPath();
  for (const shift of [-4, 0, 4]) {
    tileCtx.moveTo(shift - 1, 5);
    tileCtx.lineTo(shift + 5, -1);
  }
  tileCtx.stroke();
  return ctx.createPattern(tile, "repeat")!;
}
