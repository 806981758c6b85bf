/** Paints the whole stage: strip, arcs, axis, lanes, now column, linked moment and playhead. Nothing here keeps state. */

import { arcSets } from "./arc_sets";
import { paintArcs } from "./arcs";
import { paintAxis, paintMoments } from "./axis";
import { paintAges, paintGutter } from "./ages";
import { paintBeside } from "./beside";
import { BITS_TOP } from "./bits";
import { paintHealth } from "./measure_strip";
import type { StageLayout } from "./layout";
import { paintRanges } from "./ranges";
import type { Scene } from "./scene";
import { paintLane } from "../lane/lane_painter";
import { paintEventWords, paintLine, paintWindows, signalY, type Answer } from "./strip";
import { text, type Ctx } from "../ink/text";
import type { Inks } from "../ink/tokens";

export type { LaneScene, Scene } from "./scene";

export function paintStage(ctx: Ctx, inks: Inks, layout: StageLayout, scene: Scene): void {
  ctx.clearRect(0, 0, layout.W, layout.H);
  const y = (step: number): number =>
    scene.signal.kind === "bits"
      ? layout.signal.top + BITS_TOP
      : signalY(layout, scene.range, scene.signal.shown(step));
  paintStrip(ctx, inks, layout, scene);
  paintArcs(ctx, inks, layout, scene.window, arcSets(scene), y);
  paintGutter(ctx, inks, layout, scene);
  if (layout.ages) paintAges(ctx, inks, layout.ages, layout, scene);
  if (scene.beside) paintBeside(ctx, inks, layout, scene.window, scene.beside, scene.t);
  paintAxis(ctx, inks, layout, scene);
  for (const box of layout.lanes) paintLane(ctx, inks, layout, box, scene);
  if (layout.health && scene.health) paintHealth(ctx, inks, layout, layout.health, scene.window, scene.t, scene.health);
  if (scene.ranges) paintRanges(ctx, inks, layout, scene.window, scene.ranges);
  if (!layout.lanes.length) {
    const x = layout.time.x + layout.time.w / 2;
    const top = layout.axis.y + 90;
    text(ctx, "No model on the stage.", x, top, { colour: inks.t2, align: "center", size: 13 });
    text(ctx, "Add one above to see how it remembers this signal.", x, top + 22, {
      colour: inks.t3,
      align: "center",
      size: 13,
    });
  }
  paintMoments(ctx, inks, layout, scene, y);
}

function paintStrip(ctx: Ctx, inks: Inks, layout: StageLayout, scene: Scene): void {
  const { signal, window, t } = scene;
  paintWindows(ctx, inks, layout, window, scene.events, t);
  if (scene.bits) {
    const box = { x: layout.time.x, y: layout.signal.top + BITS_TOP, w: layout.time.w, h: scene.bits.source.rows };
    const now = (t + 1 - window.first) * window.step;
    ctx.save();
    ctx.globalAlpha = 0.3;
    scene.bits.tape.paint(ctx, box, window.first, window.step, signal.planned);
    ctx.restore();
    ctx.save();
    ctx.beginPath();
    ctx.rect(box.x, box.y, Math.max(0, now), box.h);
    ctx.clip();
    scene.bits.tape.paint(ctx, box, window.first, window.step, t + 1);
    ctx.restore();
    paintEventWords(ctx, inks, layout, window, scene.events, t);
    return;
  }
  const answers: Answer[] = scene.lanes
    .filter(({ muted }) => !muted)
    .map(({ lane, emphasis }) => ({ stream: lane.stream, hue: lane.hue, emphasis }));
  paintLine(ctx, inks, layout, window, signal, answers, t, scene.range, scene.forecast);
  paintEventWords(ctx, inks, layout, window, scene.events, t);
}
