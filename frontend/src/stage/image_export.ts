/** The stage as a picture to take away: PNG at twice the size, or SVG with vector axes and letters. */

import { answerHeight, paintAnswer, type Answer } from "../draw/panels/answer";
import { font } from "../draw/ink/text";
import type { Inks } from "../draw/ink/tokens";
import { SvgContext } from "../draw/ink/svg_canvas";

export interface Picture {
  width: number;
  height: number;
  inks: Inks;
  /** One line under the picture: what it is, so that it can be cited. */
  caption: string;
  /** What the run answered; null: not known. */
  answer: Answer | null;
  paint(ctx: CanvasRenderingContext2D, scale: number): void;
}

const CAPTION = 28;

/** Height of what stands under the picture. */
function foot({ answer }: Picture): number {
  return answerHeight(answer) + CAPTION;
}

function sign(ctx: CanvasRenderingContext2D, { inks, caption, answer, height, width }: Picture): void {
  paintAnswer(ctx, inks, answer, height, width);
  ctx.font = font(11);
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.fillStyle = inks.t3;
  ctx.fillText(caption, 16, height + answerHeight(answer) + CAPTION / 2);
}

export async function pngOf(picture: Picture): Promise<Blob> {
  const scale = 2;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round((picture.height + foot(picture)) * scale);
  const ctx = canvas.getContext("2d")!;
  ctx.scale(scale, scale);
  picture.paint(ctx, scale);
  sign(ctx, picture);
  // Painters clear their ground; what is clear becomes the page.
  ctx.globalCompositeOperation = "destination-over";
  ctx.fillStyle = picture.inks.bg;
  ctx.fillRect(0, 0, picture.width, picture.height + foot(picture));
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The browser made no PNG."))), "image/png");
  });
}

export function svgOf(picture: Picture): Blob {
  const ruler = document.createElement("canvas").getContext("2d")!;
  const scratch = document.createElement("canvas");
  const svg = new SvgContext(picture.width, picture.height + foot(picture), picture.inks.bg, {
    measure(label, style) {
      ruler.font = style;
      return ruler.measureText(label).width;
    },
    picture(source, [x, y, w, h], width, height) {
      scratch.width = width;
      scratch.height = height;
      const copy = scratch.getContext("2d")!;
      copy.imageSmoothingEnabled = false;
      copy.drawImage(source, x, y, w, h, 0, 0, width, height);
      return scratch.toDataURL("image/png");
    },
  });
  const ctx = svg as unknown as CanvasRenderingContext2D;
  svg.clearRect(0, 0, picture.width, picture.height + foot(picture));
  picture.paint(ctx, 1);
  sign(ctx, picture);
  return new Blob([svg.document(picture.caption)], { type: "image/svg+xml" });
}

/** Hands a file to the browser. */
export function download(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
