/** The time axis, and what stands at one step of it through strip and lanes: linked moment, ghost, playhead. */

import { beatAt, beatInk } from "../lane/beats";
import { parseHex, rgba } from "../ink/colour";
import { spans, stepsInView, xOfStep, type StageLayout } from "./layout";
import { paintReadouts } from "./ranges";
import { awaited, type Scene } from "./scene";
import { tag, text, textWidth, type Ctx } from "../ink/text";
import type { Inks } from "../ink/tokens";

/** Steps, and the heads of the columns of now. */
export function paintAxis(ctx: Ctx, inks: Inks, layout: StageLayout, scene: Scene): void {
  const { window, t, ghost, linked } = scene;
  const { y } = layout.axis;
  const every = window.step >= 14 ? 4 : window.step >= 7 ? 8 : window.step >= 5 ? 16 : window.step >= 2.5 ? 32 : 64;
  const first = Math.max(0, Math.floor(window.first));
  const last = Math.min(scene.signal.planned - 1, window.first + stepsInView(layout, window));
  const near = (step: number | null, x: number, room: number): boolean =>
    step !== null && Math.abs(x - xOfStep(layout, window, step)) <= room;
  for (let step = Math.ceil(first / every) * every; step <= last; step += every) {
    const x = xOfStep(layout, window, step);
    if (x < layout.time.x + 6 || x > layout.time.x + layout.time.w - 10) continue;
    if (!near(t, x, 28) && !near(linked, x, 44) && !near(ghost, x, 26)) {
      text(ctx, String(step), x, y + 11, { colour: inks.t3, align: "center" });
    }
    ctx.fillStyle = inks.ln2;
    ctx.fillRect(Math.round(x), y, 1, 4);
  }
  if (layout.mode !== "phone") text(ctx, "step", layout.pad, y + 11, { colour: inks.t3 });
  const open = layout.lanes.filter(({ folded }) => !folded);
  const box = open[0]?.now;
  if (!box) return;
  const headY = layout.mode === "phone" ? box.y - 14 : y + 11;
  const beat = scene.beats && beatAt(scene.beats.part).name;
  // Lanes that show an earlier step say which by themselves.
  const late = open.every(({ index }) => scene.lanes[index] && awaited(scene.lanes[index], t));
  const label = late ? `t = ${t} is loading` : `${beat ?? "memory"} at t = ${t}`;
  text(ctx, label, box.matrix.x, headY, { colour: beat ? beatInk(inks, beat) : inks.t3 });
  if (box.usage) text(ctx, "usage", box.usage.x, headY, { colour: inks.t3 });
  if (box.gates) text(ctx, "gates", box.gates.x, headY, { colour: inks.t3 });
}

/** Linked moment, ghost and playhead, through strip and lanes. */
export function paintMoments(
  ctx: Ctx,
  inks: Inks,
  layout: StageLayout,
  scene: Scene,
  y: (step: number) => number,
): void {
  const { window, t, linked, ghost } = scene;
  const { time, signal, axis } = layout;
  const at = (step: number): number => xOfStep(layout, window, step);
  const inView = (x: number): boolean => x > time.x && x < time.x + time.w;
  const now = at(t);
  if (linked !== null && inView(at(linked))) {
    const x = at(linked);
    ctx.fillStyle = rgba(parseHex(inks.w), 0.9);
    for (const [from, to] of spans(layout, signal.top - 4)) ctx.fillRect(Math.round(x) - 0.5, from, 1, to - from);
    ctx.beginPath();
    ctx.arc(x, y(linked), 4, 0, 7);
    ctx.fill();
    if (Math.abs(x - now) > 48) tag(ctx, inks, `written ${linked}`, Math.max(x, time.x + 34), axis.y + 11, inks.w);
  }
  if (ghost !== null && ghost !== t && inView(at(ghost))) paintReadouts(ctx, inks, layout, scene, at(ghost), ghost, y);
  if (ghost !== null && ghost !== t && ghost !== linked && inView(at(ghost))) {
    const x = at(ghost);
    ctx.fillStyle = inks.t3;
    ctx.globalAlpha = 0.8;
    for (const [from, to] of spans(layout, signal.top))
      for (let k = from; k < to; k += 5) ctx.fillRect(Math.round(x), k, 1, 2);
    ctx.globalAlpha = 1;
    const clear = linked === null || Math.abs(x - at(linked)) > 58;
    if (Math.abs(x - now) > 38 && clear) tag(ctx, inks, String(ghost), x, axis.y + 11, inks.t2);
  }
  const x = Math.round(now);
  if (x < time.x - 1 || x > time.x + time.w + 1) return;
  ctx.fillStyle = inks.tx;
  for (const [from, to] of spans(layout, layout.arcBase)) ctx.fillRect(x - 0.5, from, 1.5, to - from);
  const label = String(t);
  const w = textWidth(ctx, label, 11, 600) + 12;
  ctx.beginPath();
  ctx.roundRect(x - w / 2 + 0.5, axis.y + 2, w, 18, 4);
  ctx.fill();
  text(ctx, label, x + 0.5, axis.y + 11.5, { colour: inks.bg, align: "center", weight: 600 });
}
