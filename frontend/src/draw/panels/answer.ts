/** Under a picture that is taken away: what its inks mean, and what the run answered. */

import { fitted, glyph, text, textWidth, type Ctx } from "../ink/text";
import type { Hue, Inks } from "../ink/tokens";

/** A verdict as it is painted. */
export interface Answer {
  readonly question: string;
  readonly when: string;
  /** Of how much it is said. */
  readonly note: string;
  /** Best first. */
  readonly rows: readonly {
    readonly place: string;
    readonly hue: Hue;
    readonly label: string;
    /** 0 … 1 of the worst error. */
    readonly bar: number;
    readonly error: string;
    readonly because: string;
  }[];
}

const PAD = 16;
const LEGEND = 22;
const LINE = 18;
const BAR = 56;

/** Height that `paintAnswer` takes. */
export function answerHeight(answer: Answer | null): number {
  return LEGEND + (answer ? 30 + LINE * (answer.rows.length + 1) : 0);
}

export function paintAnswer(ctx: Ctx, inks: Inks, answer: Answer | null, top: number, width: number): void {
  paintLegend(ctx, inks, top + LEGEND / 2);
  if (!answer) return;
  const y = top + LEGEND + 12;
  const asked = fitted(ctx, answer.question, width / 2, 13, 600);
  text(ctx, asked, PAD, y, { colour: inks.tx, size: 13, weight: 600 });
  const after = PAD + textWidth(ctx, asked, 13, 600) + 10;
  text(ctx, fitted(ctx, answer.when, width - after - PAD), after, y, { colour: inks.t2 });
  text(ctx, fitted(ctx, answer.note, width - 2 * PAD), PAD, y + 18, { colour: inks.t3 });
  const names = Math.max(0, ...answer.rows.map(({ label }) => textWidth(ctx, label, 12, 500)));
  answer.rows.forEach((row, k) => {
    const at = y + 20 + LINE * (k + 1);
    text(ctx, row.place, PAD, at, { colour: inks.t2 });
    glyph(ctx, inks, row.hue, PAD + 22, at, 4.5);
    text(ctx, row.label, PAD + 34, at, { colour: inks.tx, size: 12, weight: 500 });
    const bar = PAD + 34 + names + 14;
    ctx.fillStyle = inks.ln;
    ctx.fillRect(bar, at - 4, BAR, 8);
    ctx.fillStyle = inks[row.hue];
    ctx.fillRect(bar, at - 4, BAR * row.bar, 8);
    text(ctx, row.error, bar + BAR + 46, at, { colour: inks.tx, weight: 500, align: "right" });
    const why = bar + BAR + 60;
    text(ctx, fitted(ctx, row.because, width - why - PAD), why, at, { colour: inks.t2 });
  });
}

function paintLegend(ctx: Ctx, inks: Inks, y: number): void {
  let x = PAD;
  const entry = (label: string, wide: number, paint: (x: number) => void): void => {
    paint(x);
    text(ctx, label, x + wide + 5, y, { colour: inks.t2 });
    x += wide + textWidth(ctx, label) + 20;
  };
  const square = (colour: string) => (at: number) => {
    ctx.fillStyle = colour;
    ctx.fillRect(at, y - 4.5, 12, 9);
  };
  entry("write", 12, square(inks.wf));
  entry("read", 12, square(inks.rf));
  entry("erase, free", 12, (at) => {
    ctx.strokeStyle = inks.ef;
    ctx.lineWidth = 1.2;
    for (let k = 0; k < 3; k++) {
      ctx.beginPath();
      ctx.moveTo(at + 4 * k, y + 4.5);
      ctx.lineTo(at + 4 * k + 4, y - 4.5);
      ctx.stroke();
    }
  });
  entry("held", 12, square(inks.hold));
  entry("contents: violet below 0, green above", 56, (at) => {
    for (let k = 0; k < 28; k++) {
      const i = 3 * Math.round((k / 27) * 255);
      ctx.fillStyle = `rgb(${inks.diverging[i]}, ${inks.diverging[i + 1]}, ${inks.diverging[i + 2]})`;
      ctx.fillRect(at + 2 * k, y - 4.5, 2, 9);
    }
  });
  entry("dashed: cancels, so one share can pass 100%", 22, (at) => {
    ctx.strokeStyle = inks.t2;
    ctx.lineWidth = 1.5;
    ctx.setLineDash([3, 2]);
    ctx.beginPath();
    ctx.moveTo(at + 2, y + 4);
    ctx.bezierCurveTo(at + 2, y - 6, at + 20, y - 6, at + 20, y + 4);
    ctx.stroke();
    ctx.setLineDash([]);
  });
}
