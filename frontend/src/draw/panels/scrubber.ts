/** Painter of the scrubber: the whole run, how much was written when, the events, the part in view, now. */

import type { Memory } from "../../memory/kinds/base";
import type { RecordingLog } from "../../memory/log";
import type { TaskEvent } from "../../wire/manifest";
import { text, type Ctx } from "../ink/text";
import type { Inks } from "../ink/tokens";

export const SCRUB_HEIGHT = 44;
const BASE = 26;

/**
 * Write density per step, 0 … 1: how much all models together wrote (‖A_s‖), each relative to its own largest write so
 * far. A memory that writes at every step alike says nothing here.
 */
export class Density {
  private readonly raw: number[][];
  private readonly most: number[];
  private readonly memories: readonly (Memory | null)[];

  constructor(
    private readonly log: RecordingLog,
    /** Those that count. */
    public streams: readonly number[],
  ) {
    this.raw = log.models.map(() => []);
    this.memories = log.models.map(({ spec }, k) => (spec.banks[0] ? log.model(k).memory(spec.banks[0].name) : null));
    this.most = log.models.map(() => 1e-9);
  }

  /** Changes when earlier heights do: a larger write has set a new measure, or other models count. */
  get measure(): string {
    return this.streams.map((stream) => `${stream}:${this.most[stream]}`).join();
  }

  at(t: number): number {
    let sum = 0;
    let count = 0;
    this.streams.forEach((k) => {
      const model = this.log.model(k);
      const memory = this.memories[k]!;
      if (!memory || memory.evenWrites) return;
      const known = this.raw[k]!;
      for (let s = known.length; s <= t && s < model.steps && model.ready(s); s++) {
        const v = memory.held.norm(s);
        known.push(Number.isFinite(v) ? v : 0);
        if (v > this.most[k]!) this.most[k] = v;
      }
      if (t < known.length) {
        sum += known[t]! / this.most[k]!;
        count++;
      }
    });
    return count ? sum / count : 0;
  }
}

export interface ScrubScene {
  t: number;
  /** Steps that exist; the rest of `planned` is still to come. */
  steps: number;
  planned: number;
  first: number;
  inView: number;
  loop: readonly [number, number] | null;
  selection: readonly [number, number] | null;
  /** Moments like the one asked about. */
  similar: readonly number[];
  events: readonly TaskEvent[];
  density: Density;
  /** Device pixels of one unit. */
  scale: number;
}

/** More events than this are painted once and kept as a picture: a long run has thousands, and every move paints them. */
const MANY_EVENTS = 100;

/**
 * The density as a picture, made once and grown with the run: one column per pixel, the largest density among its steps,
 * so that a single write stays visible in a long run.
 */
export class Skyline {
  private readonly past = document.createElement("canvas");
  private readonly future = document.createElement("canvas");
  private key = "";
  private drawn = 0;
  private marks: { readonly key: string; readonly of: unknown; readonly canvas: HTMLCanvasElement } | null = null;

  /** The events, over the columns. */
  paintEvents(ctx: Ctx, inks: Inks, width: number, { events, planned, scale }: ScrubScene): void {
    if (events.length <= MANY_EVENTS) return paintEvents(ctx, inks, width, events, planned);
    const key = `${width}/${planned}/${scale}/${inks.rf}/${inks.wf}`;
    if (this.marks?.key !== key || this.marks.of !== events) {
      const canvas = document.createElement("canvas");
      canvas.width = Math.ceil(width * scale);
      canvas.height = Math.ceil(MARK_HEIGHT * scale);
      const on = canvas.getContext("2d")!;
      on.setTransform(scale, 0, 0, scale, 0, 0);
      paintEvents(on, inks, width, events, planned);
      this.marks = { key, of: events, canvas };
    }
    const { canvas } = this.marks;
    ctx.drawImage(canvas, 0, 0, canvas.width, canvas.height, 0, 0, canvas.width / scale, canvas.height / scale);
  }

  paint(ctx: Ctx, inks: Inks, width: number, scene: ScrubScene, now: number): void {
    this.grow(inks, Math.ceil(width), scene);
    const cut = Math.max(0, Math.min(this.drawn, Math.floor(now) + 1));
    if (cut > 0) ctx.drawImage(this.past, 0, 0, cut, BASE, 0, 0, cut, BASE);
    if (cut < this.drawn) ctx.drawImage(this.future, cut, 0, this.drawn - cut, BASE, cut, 0, this.drawn - cut, BASE);
  }

  private grow(inks: Inks, width: number, { density, planned, steps }: ScrubScene): void {
    if (steps > 0) density.at(steps - 1); // takes in what has arrived, and with it the measure
    const key = `${width}/${planned}/${inks.t2}/${density.measure}`;
    if (key !== this.key) {
      this.key = key;
      this.drawn = 0;
      for (const canvas of [this.past, this.future]) {
        canvas.width = width;
        canvas.height = BASE;
      }
    }
    const [past, future] = [this.past.getContext("2d")!, this.future.getContext("2d")!];
    past.fillStyle = inks.t2;
    future.fillStyle = inks.ln2;
    const end = Math.min(width, Math.ceil((steps / planned) * width));
    // The last column may have stood for fewer steps than it does now: draw it again.
    for (let px = Math.max(0, this.drawn - 1); px < end; px++) {
      const from = Math.floor((px / width) * planned);
      const to = Math.min(steps, Math.max(from + 1, Math.floor(((px + 1) / width) * planned)));
      let high = 0;
      for (let s = from; s < to; s++) high = Math.max(high, density.at(s));
      const h = Math.max(1, Math.min(1, high) * (BASE - 9));
      for (const ctx of [past, future]) {
        ctx.clearRect(px, 0, 1, BASE);
        ctx.fillRect(px, BASE - h, 1, h);
      }
    }
    this.drawn = end;
  }
}

export function xOnScrub(t: number, planned: number, width: number): number {
  return (t / Math.max(1, planned - 1)) * width;
}

export function stepOnScrub(x: number, planned: number, width: number): number {
  return Math.max(0, Math.min(planned - 1, Math.round((x / Math.max(1, width)) * (planned - 1))));
}

/** Height of a mark and the room above it. */
const MARK_HEIGHT = 8;

function paintEvents(ctx: Ctx, inks: Inks, width: number, events: readonly TaskEvent[], planned: number): void {
  for (const recall of [false, true]) {
    const marks = events.filter((event) => (event.kind === "recall") === recall);
    ctx.fillStyle = recall ? inks.rf : inks.wf;
    ctx.beginPath();
    let last = -Infinity;
    for (const { step } of marks) {
      const at = xOnScrub(Math.min(planned - 1, step), planned, width);
      if (Math.abs(at - last) < 1) continue; // of many in one place one is enough
      last = at;
      ctx.moveTo(at, 7);
      ctx.lineTo(at - 3.5, 1);
      ctx.lineTo(at + 3.5, 1);
      ctx.closePath();
    }
    ctx.fill();
  }
}

export function paintScrub(ctx: Ctx, inks: Inks, width: number, scene: ScrubScene, skyline: Skyline): void {
  const { t, planned, steps } = scene;
  const x = (step: number): number => xOnScrub(step, planned, width);
  ctx.clearRect(0, 0, width, SCRUB_HEIGHT);
  ctx.fillStyle = inks.hv;
  ctx.beginPath();
  const left = x(Math.max(0, scene.first));
  ctx.roundRect(left, 1, Math.max(6, x(Math.min(planned - 1, scene.first + scene.inView)) - left), BASE + 2, 3);
  ctx.fill();
  if (scene.selection) {
    ctx.fillStyle = inks.fo;
    ctx.globalAlpha = 0.16;
    ctx.fillRect(x(scene.selection[0]), 1, Math.max(2, x(scene.selection[1]) - x(scene.selection[0])), BASE + 2);
    ctx.globalAlpha = 1;
  }
  const now = x(t);
  skyline.paint(ctx, inks, width, scene, now);
  if (steps < planned) {
    ctx.fillStyle = inks.ln2;
    ctx.fillRect(x(steps), BASE - 1, width - x(steps), 1);
  }
  skyline.paintEvents(ctx, inks, width, scene);
  if (scene.loop) {
    const [x0, x1] = [x(scene.loop[0]), x(scene.loop[1])];
    ctx.fillStyle = inks.fo;
    ctx.fillRect(x0, BASE + 3, x1 - x0, 1);
    for (const [at, way] of [
      [x0, 1],
      [x1, -1],
    ] as const) {
      ctx.fillRect(at - (way > 0 ? 0 : 2), 1, 2, BASE + 3);
      for (const y of [1, BASE + 2]) ctx.fillRect(way > 0 ? at : at - 5, y, 5, 2);
    }
  }
  for (const step of scene.similar) {
    ctx.fillStyle = inks.tx;
    const at = x(step);
    ctx.beginPath();
    ctx.moveTo(at, BASE - 1);
    ctx.lineTo(at - 3.5, BASE + 5);
    ctx.lineTo(at + 3.5, BASE + 5);
    ctx.fill();
  }
  const marks = [0, 0.25, 0.5, 0.75, 1].map((part) => Math.min(planned - 1, Math.round(part * planned)));
  marks.forEach((step, i) => {
    const align = i === 0 ? "left" : i === marks.length - 1 ? "right" : "center";
    text(ctx, String(step), x(step), 38, { colour: inks.t3, align });
  });
  ctx.fillStyle = inks.tx;
  ctx.fillRect(now - 0.75, 0, 1.5, BASE + 4);
  ctx.beginPath();
  ctx.arc(Math.max(4.5, Math.min(width - 4.5, now)), BASE + 4, 4.5, 0, 7);
  ctx.fill();
}
