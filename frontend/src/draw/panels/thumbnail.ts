/** A small stage for a card: arcs, signal, and the lanes' tapes, without text. Drawn from a real recording. */

import { shareArcs } from "../stage/arc_sets";
import type { TaskEvent } from "../../wire/manifest";
import { paintArcs } from "../stage/arcs";
import { paintFuture } from "../lane/lane_painter";
import type { Lane } from "../lane/lane";
import type { StageLayout, TimeWindow } from "../stage/layout";
import { xOfStep } from "../stage/layout";
import { paintEventWords, paintLine, paintWindows, signalY } from "../stage/strip";
import type { SignalTrack } from "../../analysis/signal";
import { glyph, text, textWidth, type Ctx } from "../ink/text";
import type { Inks } from "../ink/tokens";

export interface ThumbScene {
  t: number;
  window: TimeWindow;
  signal: SignalTrack;
  events: readonly TaskEvent[];
  lanes: readonly { lane: Lane; shares: ArrayLike<number> | null }[];
  /** Names on the lanes. */
  labels: boolean;
}

export interface ThumbLayout extends StageLayout {
  rasters: { y: number; h: number }[];
}

/** Lower than this there is no room for arcs. */
const SMALL = 80;
/** Between signal and lanes of a picture with words: events and the step stand there. */
const WORDS = 18;

/** Boxes of a card of that size: strip on top, lanes below with 5 px between them; names of lanes in a gutter, if there is one. */
export function thumbLayout(W: number, H: number, lanes: number, gutter = 0): ThumbLayout {
  const small = H < SMALL;
  const strip = Math.round(H * (lanes > 2 || small ? 0.42 : 0.52));
  const gap = 5;
  const h = lanes ? Math.floor((H - strip - 8 - gap * (lanes - 1)) / lanes) : 0;
  const arc = small ? 0 : Math.round(strip * 0.46);
  return {
    mode: "phone",
    W,
    H,
    pad: 0,
    time: { x: gutter, w: W - gutter },
    strip,
    arcBase: arc,
    signal: small ? { top: 3, bottom: strip - 3 } : { top: arc + 8, bottom: strip - (gutter ? WORDS : 8) },
    axis: { y: strip, h: 0 },
    lanes: [],
    beside: [],
    health: null,
    bottom: H,
    ages: null,
    nowX: W,
    rasters: Array.from({ length: lanes }, (_, k) => ({ y: strip + k * (h + gap), h })),
  };
}

export function paintThumb(ctx: Ctx, inks: Inks, layout: ThumbLayout, scene: ThumbScene): void {
  const { signal, window, t } = scene;
  const { time } = layout;
  ctx.clearRect(0, 0, layout.W, layout.H);
  if (!time.x) {
    ctx.fillStyle = inks.sk;
    ctx.fillRect(0, 0, layout.W, layout.H);
  }
  const range = signal.range();
  if (signal.kind === "bits") paintBits(ctx, inks, layout, scene);
  else {
    paintWindows(ctx, inks, layout, window, scene.events, t);
    const answers = scene.lanes.map(({ lane }) => ({
      stream: lane.stream,
      hue: lane.hue,
      emphasis: "normal" as const,
    }));
    paintLine(ctx, inks, layout, window, signal, answers, t, range);
  }
  const sets = scene.lanes.flatMap(({ lane, shares }, nest) =>
    shares
      ? [
          {
            hue: lane.hue,
            t,
            list: shareArcs(shares, shares, { max: 5, least: 0.03 }),
            nest,
            emphasis: "normal" as const,
          },
        ]
      : [],
  );
  const y = (step: number): number =>
    signal.kind === "bits" ? layout.signal.top : signalY(layout, range, signal.shown(step));
  if (layout.arcBase > 0) paintArcs(ctx, inks, layout, window, sets, y);
  scene.lanes.forEach(({ lane }, k) => {
    const box = layout.rasters[k]!;
    const raster = { x: time.x, y: box.y, w: time.w, h: box.h };
    lane.tape.paint(ctx, raster, window.first, window.step, t + 1);
    paintFuture(ctx, raster, { window, t }, lane.tape);
    if (!scene.labels) return;
    if (time.x) {
      glyph(ctx, inks, lane.hue, 5, box.y + 9, 4.5);
      text(ctx, lane.label, 16, box.y + 9.5, { colour: inks.tx, size: 12 });
      return;
    }
    const width = textWidth(ctx, lane.label, 11, 500) + 30;
    ctx.globalAlpha = 0.85;
    ctx.fillStyle = inks.sk;
    ctx.beginPath();
    ctx.roundRect(8, box.y + box.h / 2 - 9, width, 18, 4);
    ctx.fill();
    ctx.globalAlpha = 1;
    glyph(ctx, inks, lane.hue, 17, box.y + box.h / 2, 4);
    text(ctx, lane.label, 27, box.y + box.h / 2 + 0.5, { colour: inks.tx, weight: 500 });
  });
  if (time.x) {
    const unit = signal.unit ? `Input, ${signal.unit}` : "Input";
    text(ctx, unit, 0, layout.signal.top + 8, { colour: inks.tx, size: 12 });
    if (signal.kind === "line") paintEventWords(ctx, inks, layout, window, scene.events, t);
  }
  const now = Math.round(xOfStep(layout, window, t));
  ctx.fillStyle = inks.tx;
  ctx.fillRect(now - 0.5, layout.arcBase, 1.5, layout.H - layout.arcBase);
  if (time.x) paintStep(ctx, inks, layout, now, t);
}

/** The step on the playhead, below the signal: what is said of a run names its steps. */
function paintStep(ctx: Ctx, inks: Inks, layout: ThumbLayout, now: number, t: number): void {
  const label = `t = ${t}`;
  const width = textWidth(ctx, label, 11, 600) + 10;
  const left = Math.min(now - width / 2, layout.W - width);
  ctx.fillStyle = inks.tx;
  ctx.beginPath();
  ctx.roundRect(left, layout.strip - 16, width, 14, 4);
  ctx.fill();
  text(ctx, label, left + 5, layout.strip - 8.5, { colour: inks.bg, weight: 600 });
}

function paintBits(ctx: Ctx, inks: Inks, layout: ThumbLayout, scene: ThumbScene): void {
  const { signal, window, t } = scene;
  const { top, bottom } = layout.signal;
  const cell = Math.max(1, Math.floor((bottom - top) / signal.width));
  const last = Math.ceil(window.first + layout.time.w / window.step);
  for (let s = Math.max(0, Math.floor(window.first)); s <= last && signal.has(s); s++) {
    const x = xOfStep(layout, window, s) - window.step / 2;
    ctx.globalAlpha = s <= t ? 1 : 0.3;
    ctx.fillStyle = signal.asked(s) ? inks[scene.lanes[0]?.lane.hue ?? "ntm"] : inks.tx;
    for (let k = 0; k < signal.width; k++) {
      const v = signal.asked(s) ? signal.output(scene.lanes[0]?.lane.stream ?? 0, s, k) : signal.input(s, k);
      if (v > 0.5) ctx.fillRect(x, top + k * cell, Math.max(1, window.step), Math.max(1, cell - 1));
    }
  }
  ctx.globalAlpha = 1;
}
