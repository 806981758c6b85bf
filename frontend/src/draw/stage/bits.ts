/** The strip of a task with binary vectors (copy and its kin): input bits, and while asked, target and answers in bands. */

import type { Column, ColumnSource } from "../lane/tape";
import type { SignalTrack } from "../../analysis/signal";
import { parseHex, type Rgb } from "../ink/colour";
import type { Hue, Inks } from "../ink/tokens";

export interface BitsBand {
  stream: number;
  hue: Hue;
}

/** Room above the bits for the words of the task's windows, px. */
export const BITS_TOP = 13;

/** Rows of pixels of the strip's signal area, as a tape that paints itself. */
export class BitsSource implements ColumnSource {
  readonly style = "paint";
  readonly halves = 1;
  private readonly bandRows: number;

  constructor(
    private readonly signal: SignalTrack,
    readonly bands: readonly BitsBand[],
    private readonly inks: Inks,
    /** Height of the area in pixels. */
    readonly rows: number,
  ) {
    this.bandRows = Math.floor((rows + 1) / (bands.length + 1));
  }

  holds(t: number): boolean {
    return this.signal.has(t);
  }

  /** Top and height of band k (0 = target) while the models are asked. */
  band(k: number): { top: number; height: number; cell: number } {
    const cell = Math.max(1, Math.floor((this.bandRows - 1) / this.signal.width));
    return { top: k * this.bandRows, height: cell * this.signal.width, cell };
  }

  fill(t: number, column: Column): void {
    const { rgb } = column;
    const { signal, inks } = this;
    for (let row = 0; row < this.rows; row++) put(rgb, row, parseHexCached(inks.bg));
    if (!signal.asked(t)) {
      const cell = Math.max(1, Math.floor(this.rows / signal.width));
      this.bitsInto(rgb, 0, cell, (k) => signal.input(t, k), parseHexCached(inks.tx), inks.ground);
      return;
    }
    const target = this.band(0);
    this.bitsInto(rgb, target.top, target.cell, (k) => signal.target(t, k), parseHexCached(inks.t3), inks.ground);
    this.bands.forEach((band, i) => {
      const { top, cell } = this.band(i + 1);
      this.bitsInto(
        rgb,
        top,
        cell,
        (k) => signal.output(band.stream, t, k),
        parseHexCached(inks[band.hue]),
        inks.ground,
      );
    });
  }

  private bitsInto(
    rgb: Uint8ClampedArray,
    top: number,
    cell: number,
    bit: (k: number) => number,
    ink: Rgb,
    ground: Rgb,
  ): void {
    for (let k = 0; k < this.signal.width; k++) {
      const raw = bit(k);
      const p = Number.isFinite(raw) ? Math.min(1, Math.max(0, raw)) : 0;
      const colour = ground.map((g, i) => g + (ink[i]! - g) * p) as unknown as Rgb;
      for (let row = top + k * cell; row < Math.min(this.rows, top + (k + 1) * cell); row++) put(rgb, row, colour);
    }
  }
}

function put(rgb: Uint8ClampedArray, row: number, colour: Rgb): void {
  rgb[row * 3] = colour[0];
  rgb[row * 3 + 1] = colour[1];
  rgb[row * 3 + 2] = colour[2];
}

const known = new Map<string, Rgb>();
function parseHexCached(hex: string): Rgb {
  let rgb = known.get(hex);
  if (!rgb) known.set(hex, (rgb = parseHex(hex)));
  return rgb;
}
