/** On both sides of the strip: what the lines are and what each model answers now; how old what is read now is. */

import { AGE_ALPHA, ageLimits, ages } from "./arcs";
import { arcsOf } from "./arc_sets";
import { num, small } from "../ink/format";
import type { Box, StageLayout } from "./layout";
import { awaited, type Scene } from "./scene";
import type { SignalTrack } from "../../analysis/signal";
import { fitted, glyph, tag, text, textWidth, type Ctx } from "../ink/text";
import type { Inks } from "../ink/tokens";

/** Left of the strip: what the lines are, and what each model answers now. */
export function paintGutter(ctx: Ctx, inks: Inks, layout: StageLayout, scene: Scene): void {
  const { signal, t } = scene;
  if (layout.mode === "phone") return;
  const x = layout.pad;
  const room = layout.time.x - x - 10;
  paintMeaning(ctx, inks, x, scene);
  const heard = scene.lanes.filter(({ muted }) => !muted).slice(0, 6);
  let y = layout.strip - heard.length * 15 - 2;
  const name = signal.kind === "bits" ? `Input, ${signal.width} bits` : signal.unit ? `Input, ${signal.unit}` : "Input";
  const title = fitted(ctx, name, room - 22, 11, 500);
  text(ctx, title, x, y - 17, { colour: inks.tx, weight: 500 });
  if (signal.kind === "line") {
    ctx.fillStyle = inks.tx;
    ctx.fillRect(x + textWidth(ctx, title, 11, 500) + 7, y - 17.5, 15, 1.5);
  }
  if (scene.forecast) {
    const { name } = scene.forecast;
    text(ctx, name, x, y - 32, { colour: inks.t2 });
    ctx.fillStyle = inks.t2;
    for (let k = 0; k < 3; k++) ctx.fillRect(x + textWidth(ctx, name) + 7 + 5 * k, y - 32.5, 2, 1);
  }
  const asked = signal.asked(t);
  for (const item of heard) {
    const { lane, emphasis } = item;
    glyph(ctx, inks, lane.hue, x + 5, y, 4);
    const says = !lane.has(t)
      ? awaited(item, t)
        ? "loading"
        : "no answer"
      : !asked
        ? "not asked"
        : signal.kind === "bits"
          ? rightBits(signal, lane.stream, t)
          : `${layout.mode === "narrow" ? "" : "says "}${num(signal.output(lane.stream, t))}`;
    text(ctx, says, x + 16, y, { colour: emphasis === "faded" || !asked ? inks.t3 : inks.t2 });
    y += 15;
  }
}

/** What the arcs are of, and of which step; of several while not all lanes have been computed. */
function paintMeaning(ctx: Ctx, inks: Inks, x: number, scene: Scene): void {
  const alone = scene.lanes.find((lane) => lane.emphasis === "alone");
  const [first, last] = arcsOf(alone ? [alone] : scene.lanes) ?? [scene.t, scene.t];
  const at = first === last ? `t = ${last}` : `t = ${first}–${last}`;
  const lines =
    scene.lens === "mechanism"
      ? [
          "Where reads at",
          `${at} come from`,
          ...(scene.lanes.some(({ blocks }) => blocks) ? ["ranges: sums so far"] : []),
        ]
      : ["What moves the", `answer at ${at}`, ...(scene.full === null ? [] : [`widest arc: ${small(scene.full)}`])];
  lines.forEach((line, k) => text(ctx, line, x, 14 + 15 * k, { colour: inks.t3 }));
}

function rightBits(signal: SignalTrack, stream: number, t: number): string {
  let right = 0;
  for (let k = 0; k < signal.width; k++) if (signal.output(stream, t, k) > 0.5 === signal.target(t, k) > 0.5) right++;
  return `${right} of ${signal.width} right`;
}

/** The whole read vector as 100 %, split by age; older is stronger. */
export function paintAges(ctx: Ctx, inks: Inks, box: Box, layout: StageLayout, scene: Scene): void {
  if (!scene.lanes.length) return;
  const narrow = layout.mode === "narrow";
  // While the ledger comes after, all lanes mostly show one older step: the heading says it once, and not every bar.
  const steps = new Set(scene.lanes.flatMap(({ now }) => (now ? [now.length - 2] : [])));
  const [older] = steps.size === 1 && !steps.has(scene.t) ? steps : [];
  const when = older === undefined ? "now" : `at t = ${older}`;
  text(ctx, `Read ${when}, by age${narrow ? "" : " of the memory"}`, box.x, 14, { colour: inks.t3 });
  const left = box.x + 18;
  const room = box.w - 18;
  const pitch = Math.min(22, (layout.strip - 60) / scene.lanes.length);
  scene.lanes.forEach(({ lane, emphasis, now }, k) => {
    const y = 30 + k * pitch;
    glyph(ctx, inks, lane.hue, box.x + 5, y + 5, 4);
    const parts = now && ages(now, scene.period);
    const late = now !== null && now.length - 2 !== scene.t;
    const fade = (emphasis === "faded" ? 0.25 : 1) * (late ? 0.4 : 1);
    if (!parts) {
      ctx.fillStyle = inks.hv;
      ctx.fillRect(left, y, room, 11);
      return;
    }
    let x = left;
    for (let i = 0; i < 5; i++) {
      const w = parts[i]! * room;
      if (i < 4) {
        ctx.fillStyle = inks[lane.hue];
        ctx.globalAlpha = fade * AGE_ALPHA[i]!;
        ctx.fillRect(x, y, Math.max(0, w - 1), 11);
      } else if (w > 1) {
        // What memory held before the first step: no write of this run, so an outline.
        ctx.strokeStyle = inks.t3;
        ctx.globalAlpha = fade;
        ctx.lineWidth = 1;
        ctx.strokeRect(x + 0.5, y + 0.5, Math.max(0, w - 2), 10);
      }
      x += w;
    }
    ctx.globalAlpha = 1;
    if (late && older === undefined) tag(ctx, inks, `t = ${now.length - 2}`, left + room / 2, y + 5.5, inks.t2);
  });
  const y = 30 + scene.lanes.length * pitch + 6;
  if (narrow || y > layout.strip - 4) return;
  const [a, b, c] = ageLimits(scene.period);
  const labels = [`≤ ${a} steps`, `≤ ${b}`, `≤ ${c}`, "older"];
  let x = box.x;
  labels.forEach((label, i) => {
    ctx.globalAlpha = AGE_ALPHA[i]!;
    ctx.fillStyle = inks.t2;
    ctx.fillRect(x, y - 4, 8, 8);
    ctx.globalAlpha = 1;
    text(ctx, label, x + 12, y, { colour: inks.t3 });
    x += textWidth(ctx, label) + 20;
  });
}
