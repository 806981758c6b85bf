/** A memory's numbers as a small picture, one pixel a number, for an <image> of an SVG. */

import { fixedLimit } from "../analysis/scale";
import type { Inks } from "../draw/ink/tokens";
import type { Cut } from "./compare";

export interface CutImages {
  readonly keys: string;
  readonly values: string;
  /** Columns: heads. */
  readonly reads: string;
}

/** `limits` of keys and values are those of the Transformer's side, so that both sides have one scale. */
export function imagesOf(cut: Cut, inks: Inks, limits: readonly [number, number]): CutImages {
  const content = (at: (row: number, k: number) => number, limit: number): string =>
    picture(cut.width, cut.rows, (row, k) => {
      if (!cut.written(row)) return null;
      return [inks.diverging, Math.round(127.5 + Math.max(-1, Math.min(1, at(row, k) / limit)) * 127.5)];
    });
  return {
    keys: content(cut.keys, limits[0]),
    values: content(cut.values, limits[1]),
    reads: picture(cut.reads.length, cut.rows, (row, head) => {
      const w = cut.reads[head]![row] ?? 0;
      return [inks.sequential, Math.min(255, Math.floor(Math.sqrt(Math.max(0, w)) * 256))];
    }),
  };
}

export function limitsOf(cut: Cut): [number, number] {
  const all = (at: (row: number, k: number) => number): number => {
    const numbers: number[] = [];
    for (let row = 0; row < cut.rows; row++)
      if (cut.written(row)) for (let k = 0; k < cut.width; k++) numbers.push(at(row, k));
    return fixedLimit([numbers]) || 1;
  };
  return [all(cut.keys), all(cut.values)];
}

function picture(
  width: number,
  height: number,
  ink: (row: number, column: number) => [Uint8ClampedArray, number] | null,
): string {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, width);
  canvas.height = Math.max(1, height);
  const ctx = canvas.getContext("2d")!;
  const pixels = ctx.createImageData(canvas.width, canvas.height);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const found = ink(row, column);
      if (!found) continue;
      const [table, entry] = found;
      const at = (row * width + column) * 4;
      pixels.data.set(table.subarray(entry * 3, entry * 3 + 3), at);
      pixels.data[at + 3] = 255;
    }
  ctx.putImageData(pixels, 0, 0);
  return canvas.toDataURL();
}
