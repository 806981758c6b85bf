/**
 * A tape: the pre-rendered picture of one lane, one pixel column per step.
 *
 * A frame draws by blitting, so its cost does not depend on the length of the run. Columns lie in tiles of 512 steps, made where
 * they are looked at, in any order; of a long run those looked at longest ago are let go. A row has one pixel, or two where the
 * lower one carries the erase ink.
 */

import type { Inks } from "../ink/tokens";
import type { Ctx } from "../ink/text";

export const TILE = 512;

/** Tiles held of one tape: 6144 steps. */
export const MAX_TILES = 12;

/** What one step did to the rows of a lane, each 0 … 1; the source fills these, the tape mixes the inks. */
export interface Column {
  hold: Float32Array;
  read: Float32Array;
  write: Float32Array;
  erase: Float32Array;
  /** Style "paint": r g b bytes per row, set by the source itself. */
  rgb: Uint8ClampedArray;
}

export interface ColumnSource {
  /** Rows of the picture. */
  readonly rows: number;
  /** "marks": hold, read, write, erase inks. "ramp": `read` alone through the sequential ramp. "paint": `rgb` as it is. */
  readonly style: "marks" | "ramp" | "paint";
  /** Pixels per row on the tape: 2 where the lower half is to carry the erase ink, else 1. */
  readonly halves: 1 | 2;
  /** Whether step t can be filled now. */
  holds(t: number): boolean;
  /** Any step that is held; steps in order cost least. */
  fill(t: number, column: Column): void;
  /** Whether what was filled at step t stands on less than a source would know by now, and is to be filled again. */
  doubts?(t: number): boolean;
}

/** Empties a column before it is filled. */
export function clear(column: Column): void {
  column.hold.fill(0);
  column.read.fill(0);
  column.write.fill(0);
  column.erase.fill(0);
}

/** Raises a row to `value` where it stands lower: folded slots show their maximum. */
export function raise(rows: Float32Array, row: number, value: number): void {
  if (value > rows[row]!) rows[row] = value;
}

interface Tile {
  readonly canvas: HTMLCanvasElement;
  readonly ctx: Ctx;
  /** 1 where a column is on the canvas. */
  readonly drawn: Uint8Array;
  /** 1 where a column is in `bytes`. */
  readonly filled: Uint8Array;
  /** What was filled, 4 bytes a row (hold, read, write, erase): a new theme mixes these again. */
  readonly bytes: Uint8ClampedArray;
  used: number;
}

export class Tape {
  private readonly tiles = new Map<number, Tile>();
  private clock = 0;
  private readonly column: Column;
  private readonly pixels: ImageData;

  constructor(
    readonly source: ColumnSource,
    private inks: Inks,
    private readonly batch = 32,
  ) {
    const { rows } = source;
    const zeros = (): Float32Array => new Float32Array(rows);
    this.column = {
      hold: zeros(),
      read: zeros(),
      write: zeros(),
      erase: zeros(),
      rgb: new Uint8ClampedArray(rows * 3),
    };
    this.pixels = new ImageData(batch, rows * source.halves);
  }

  private get height(): number {
    return this.source.rows * this.source.halves;
  }

  /** New inks: what has been filled is mixed and drawn again. */
  recolour(inks: Inks): void {
    this.inks = inks;
    for (const tile of this.tiles.values()) {
      tile.drawn.fill(0);
      if (this.source.style === "paint") tile.filled.fill(0); // the source itself chose the colours
    }
  }

  /** New order or scale of rows: everything is filled again. */
  restart(): void {
    for (const tile of this.tiles.values()) {
      tile.drawn.fill(0);
      tile.filled.fill(0);
    }
  }

  /**
   * Draw the columns of steps first … until (excluded) that are held, then, where `beside`, those of the tiles beside them, until the
   * clock passes `deadline` (ms); true when nothing is left to do.
   */
  extend(first: number, until: number, deadline: number, beside = true): boolean {
    this.clock++;
    const [from, to] = [Math.max(0, Math.floor(first)), Math.max(0, Math.ceil(until))];
    if (to <= from) return true;
    if (!this.range(from, to, deadline)) return false;
    if (!beside) return true;
    const [low, high] = [Math.floor(from / TILE), Math.floor((to - 1) / TILE)];
    if (high - low + 3 > MAX_TILES) return true;
    return this.range(to, (high + 2) * TILE, deadline) && this.range(Math.max(0, (low - 1) * TILE), from, deadline);
  }

  private range(from: number, to: number, deadline: number): boolean {
    let t = from;
    while (t < to) {
      const end = Math.min(to, (Math.floor(t / TILE) + 1) * TILE);
      const tile = this.tiles.get(Math.floor(t / TILE));
      if (tile) {
        tile.used = this.clock;
        if (this.source.doubts?.(t)) for (const known of [tile.drawn, tile.filled]) known.fill(0);
      }
      while (t < end && (tile?.drawn[t % TILE] === 1 || !this.source.holds(t))) t++;
      if (t === end) continue;
      const start = t;
      const mine = tile ?? this.tile(Math.floor(t / TILE));
      for (; t < end && t - start < this.batch && mine.drawn[t % TILE] === 0 && this.source.holds(t); t++) {
        this.fetch(mine, t);
        this.mix(t - start);
        mine.drawn[t % TILE] = 1;
        if (performance.now() > deadline) {
          t++; // a column of a long run may take a millisecond
          break;
        }
      }
      mine.ctx.putImageData(this.pixels, start % TILE, 0, 0, 0, t - start, this.height);
      if (performance.now() > deadline) return false;
    }
    return true;
  }

  /** Blit steps first … until into the box whose left edge is step `first` (may be fractional). */
  paint(
    ctx: Ctx,
    box: { x: number; y: number; w: number; h: number },
    first: number,
    step: number,
    until: number,
  ): void {
    const end = Math.min(until, Math.ceil(first + box.w / step));
    if (end <= first) return;
    ctx.save();
    ctx.beginPath();
    ctx.rect(box.x, box.y, Math.min(box.w, (end - first) * step), box.h);
    ctx.clip();
    ctx.imageSmoothingEnabled = false;
    for (let k = Math.floor(first / TILE); k * TILE < end; k++) {
      const tile = this.tiles.get(k);
      if (!tile) continue;
      const from = Math.max(Math.floor(first), k * TILE);
      const to = Math.min(end, (k + 1) * TILE);
      ctx.drawImage(
        tile.canvas,
        from - k * TILE,
        0,
        to - from,
        this.height,
        box.x + (from - first) * step,
        box.y,
        (to - from) * step,
        box.h,
      );
    }
    ctx.restore();
  }

  /** Column t into `this.column`: from the bytes held, or from the source, and then hold it. */
  private fetch({ bytes, filled }: Tile, t: number): void {
    const { rows, style } = this.source;
    const { hold, read, write, erase } = this.column;
    if (style === "paint") {
      this.source.fill(t, this.column);
      return;
    }
    let at = (t % TILE) * rows * 4;
    if (filled[t % TILE] === 1) {
      for (let row = 0; row < rows; row++) {
        hold[row] = bytes[at++]! / 255;
        read[row] = bytes[at++]! / 255;
        write[row] = bytes[at++]! / 255;
        erase[row] = bytes[at++]! / 255;
      }
      return;
    }
    this.source.fill(t, this.column);
    for (let row = 0; row < rows; row++) {
      bytes[at++] = hold[row]! * 255; // clamped; not a number becomes 0
      bytes[at++] = read[row]! * 255;
      bytes[at++] = write[row]! * 255;
      bytes[at++] = erase[row]! * 255;
    }
    filled[t % TILE] = 1;
  }

  /** A tile to draw on: a new one while there are few, else the one looked at longest ago, emptied. */
  private tile(k: number): Tile {
    const tile = this.tiles.size < MAX_TILES ? this.fresh() : this.oldest();
    tile.used = this.clock;
    this.tiles.set(k, tile);
    return tile;
  }

  private fresh(): Tile {
    const canvas = document.createElement("canvas");
    canvas.width = TILE;
    canvas.height = this.height;
    return {
      canvas,
      ctx: canvas.getContext("2d")!,
      drawn: new Uint8Array(TILE),
      filled: new Uint8Array(TILE),
      bytes: new Uint8ClampedArray(this.source.style === "paint" ? 0 : TILE * this.source.rows * 4),
      used: this.clock,
    };
  }

  /** A playhead that is dragged over a long run needs tiles in every frame: a canvas is made once and used again. */
  private oldest(): Tile {
    const [k, tile] = [...this.tiles].reduce((a, b) => (b[1].used < a[1].used ? b : a));
    this.tiles.delete(k);
    tile.ctx.clearRect(0, 0, TILE, this.height);
    tile.drawn.fill(0);
    tile.filled.fill(0);
    return tile;
  }

  /** Column k of the batch: hold grey, then read ink × √read, then write ink × write^0.7, then erase ink. */
  private mix(k: number): void {
    const { rows, style } = this.source;
    if (style === "ramp") {
      const table = this.inks.sequential;
      for (let row = 0; row < rows; row++) {
        const entry = Math.min(255, Math.floor(Math.sqrt(clamp01(this.column.read[row]!)) * 256)) * 3;
        this.put(row, k, table[entry]!, table[entry + 1]!, table[entry + 2]!);
      }
    } else if (style === "paint") {
      const { rgb } = this.column;
      for (let row = 0; row < rows; row++) this.put(row, k, rgb[row * 3]!, rgb[row * 3 + 1]!, rgb[row * 3 + 2]!);
    } else {
      this.marks(k);
    }
  }

  private marks(k: number): void {
    const { ground, holdRgb, readRgb, writeRgb, eraseRgb } = this.inks;
    const { rows, halves } = this.source;
    const { data, width } = this.pixels;
    for (let row = 0; row < rows; row++) {
      const hold = clamp01(this.column.hold[row]!) * 0.82;
      const read = Math.sqrt(clamp01(this.column.read[row]!));
      const write = clamp01(this.column.write[row]!) ** 0.7;
      const erase = clamp01(this.column.erase[row]!);
      const upper = (halves * row * width + k) * 4;
      const lower = halves === 2 ? upper + width * 4 : upper;
      for (let i = 0; i < 3; i++) {
        let v = ground[i]! + (holdRgb[i]! - ground[i]!) * hold;
        v += (readRgb[i]! - v) * read;
        v += (writeRgb[i]! - v) * write;
        data[upper + i] = v;
        data[lower + i] = v + (eraseRgb[i]! - v) * erase;
      }
      data[upper + 3] = data[lower + 3] = 255;
    }
  }

  private put(row: number, k: number, r: number, g: number, b: number): void {
    const { data, width } = this.pixels;
    for (let half = 0; half < this.source.halves; half++) {
      const o = ((this.source.halves * row + half) * width + k) * 4;
      data[o] = r;
      data[o + 1] = g;
      data[o + 2] = b;
      data[o + 3] = 255;
    }
  }
}

function clamp01(v: number): number {
  return v > 0 ? (v < 1 ? v : 1) : 0; // NaN becomes 0
}
