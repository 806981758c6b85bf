/**
 * One step in four beats, in the order the memory does them: free, erase, write, read. Drawn in the cut through now while
 * steps come slowly enough to be watched. Between beats the picture shows the memory as it is at that moment of the step.
 */

import type { NowBox } from "../stage/layout";
import { sumOf } from "../../memory/kinds/reading";
import type { Block, NowPicture } from "./kinds/base";
import { parseHex, rgba } from "../ink/colour";
import { hatch, type Ctx } from "../ink/text";
import type { Inks } from "../ink/tokens";

export const BEATS_MS = 480;
/** Faster than this nobody could follow; the change is then simply there. */
export const BEATS_UP_TO = 4;

export type BeatName = "free" | "erase" | "write" | "read";

const STARTS: readonly (readonly [BeatName, number])[] = [
  ["free", 0],
  ["erase", 0.2],
  ["write", 0.46],
  ["read", 0.73],
];

/** One step of one lane: the cut before it and after it. */
export interface Beat {
  before: NowPicture;
  after: NowPicture;
}

/** How long the beats of a step last, ms: all of them, or as much as there is until the next step. */
export function beatsTime(playing: boolean, speed: number): number {
  return playing ? Math.min(BEATS_MS, 900 / speed) : BEATS_MS;
}

/** The beat at part p (0 … 1) of a step, and how far each beat has come. */
export function beatAt(p: number): { name: BeatName; done: Record<BeatName, number> } {
  let name: BeatName = "free";
  const done = { free: 0, erase: 0, write: 0, read: 0 };
  STARTS.forEach(([beat, from], k) => {
    const to = STARTS[k + 1]?.[1] ?? 1;
    done[beat] = Math.min(1, Math.max(0, (p - from) / (to - from)));
    if (p >= from) name = beat;
  });
  return { name, done };
}

/** The cut at part p of the step; at p = 1 it is the one after it. */
export function between({ before, after }: Beat, p: number): NowPicture {
  if (p >= 1 || before.rows !== after.rows || before.blocks.length !== after.blocks.length) return after;
  const { done } = beatAt(p);
  const grow = (rows: Float32Array[], part: number): Float32Array[] => rows.map((row) => row.map((v) => v * part));
  return {
    ...after,
    filled: done.write > 0 ? after.filled : before.filled,
    blocks: after.blocks.map((block, k) => blockBetween(before.blocks[k]!, block, done)),
    writes: grow(after.writes, done.write),
    reads: grow(after.reads, done.read),
    usage: after.usage.map((v, row) => {
      const was = before.usage[row]!;
      return was + (v - was) * (v < was ? done.free : done.write); // freed first, filled by the write
    }),
    erase: done.erase > 0 ? after.erase : null,
    add: done.write > 0 ? after.add : null,
  };
}

function blockBetween(was: Block, block: Block, done: Record<BeatName, number>): Block {
  if (was.values.length !== block.values.length) return block;
  const { keeps, changes } = block;
  if (!keeps) {
    const part = done[changes];
    return { ...block, values: block.values.map((v, i) => was.values[i]! + (v - was.values[i]!) * part) };
  }
  return {
    ...block,
    values: block.values.map((v, i) => {
      const erased = was.values[i]! * keeps(i);
      return done.write > 0
        ? erased + (v - erased) * done.write
        : was.values[i]! + (erased - was.values[i]!) * done.erase;
    }),
  };
}

function strongest(rows: readonly Float32Array[]): Float32Array {
  return rows.reduce((best, row) => (sumOf(row) > sumOf(best) ? row : best));
}

/** What moves: hatch over what is freed and erased, the write's way in, the reads' way out. Over the painted cut. */
export function paintBeats(ctx: Ctx, inks: Inks, box: NowBox, { before, after }: Beat, p: number, scale: number): void {
  const { name, done } = beatAt(p);
  const { matrix } = box;
  const rowH = matrix.h / after.rows;
  const middle = (row: number): number => matrix.y + (row + 0.5) * rowH;
  const bar = Math.max(2, rowH - 1);
  ctx.save();
  if (name === "free" && box.usage) {
    ctx.fillStyle = hatch(ctx, rgba(parseHex(inks.ef), 0.9), scale);
    after.usage.forEach((v, row) => {
      const was = before.usage[row] ?? 0;
      if (was - v > 0.08) ctx.fillRect(box.usage!.x, middle(row) - bar / 2, Math.min(1, was) * box.usage!.w, bar);
    });
  }
  if (name === "erase" && after.erase && after.writes[0]) {
    const { erase } = after;
    const strength = sumOf(erase) / erase.length;
    ctx.fillStyle = hatch(ctx, rgba(parseHex(inks.ef), 0.9), scale);
    strongest(after.writes).forEach((w, row) => {
      if (w * strength < 0.05) return;
      ctx.globalAlpha = Math.min(1, 0.3 + w * strength);
      ctx.fillRect(matrix.x, middle(row) - bar / 2, matrix.w * done.erase, bar);
    });
  }
  if (name === "write" && after.writes[0]) {
    ctx.strokeStyle = inks.wf;
    for (const [row, w] of top(strongest(after.writes))) {
      ctx.globalAlpha = 0.85 * (1 - 0.4 * done.write);
      ctx.lineWidth = 1 + 3 * w;
      ctx.beginPath();
      ctx.moveTo(matrix.x + 2, matrix.y + matrix.h + 3);
      ctx.lineTo(box.writeX - 6, matrix.y + matrix.h + 3);
      ctx.lineTo(box.writeX - 6, matrix.y + matrix.h + 3 + (middle(row) - matrix.y - matrix.h - 3) * done.write);
      if (done.write > 0.6) ctx.lineTo(box.writeX + (matrix.w * (done.write - 0.6)) / 0.4, middle(row));
      ctx.stroke();
    }
  }
  if (name === "read") {
    ctx.strokeStyle = inks.rf;
    const foot = matrix.y + matrix.h + 2;
    for (const reads of after.reads) {
      for (const [row, w] of top(reads)) {
        ctx.globalAlpha = 0.7 * (1 - 0.3 * done.read);
        ctx.lineWidth = Math.max(1, 5 * w);
        ctx.beginPath();
        ctx.moveTo(matrix.x + matrix.w * (1 - done.read), middle(row));
        ctx.lineTo(box.readX + 4, middle(row));
        if (done.read > 0.3) {
          const part = (done.read - 0.3) / 0.7;
          ctx.quadraticCurveTo(box.readX + 16, middle(row), box.readX + 16, middle(row) + (foot - middle(row)) * part);
        }
        ctx.stroke();
      }
    }
  }
  ctx.restore();
}

/** The rows of most weight, at most six. */
function top(weights: Float32Array): [number, number][] {
  return Array.from(weights.entries())
    .filter(([, w]) => w > 0.08)
    .sort((a, b) => b[1] - a[1])
    .slice(0, 6);
}

/** Ink and word of the beat, for the head of the now column. */
export function beatInk(inks: Inks, name: BeatName): string {
  return name === "write" ? inks.w : name === "read" ? inks.r : inks.e;
}
