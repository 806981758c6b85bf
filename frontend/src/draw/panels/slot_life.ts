/** The life of one slot, small: when it was written, read and erased. */

import type { SlotLife } from "../../memory/kinds/base";
import { text, type Ctx } from "../ink/text";
import type { Inks } from "../ink/tokens";

/** One slot over the run: writes as tall warm lines, reads as short cool ones, erases as dots on the floor. */
export function paintLife(
  ctx: Ctx,
  inks: Inks,
  width: number,
  life: SlotLife,
  t: number,
  planned: number,
  label: string,
): void {
  const height = 20;
  const x = (step: number): number => (step / Math.max(1, planned - 1)) * (width - 1);
  const w = Math.max(1, width / planned);
  ctx.clearRect(0, 0, width, 36);
  ctx.fillStyle = inks.sk;
  ctx.fillRect(0, 0, width, height);
  // Per pixel the largest of its steps, so that a short visit in a long run is seen.
  const ink = (series: Float32Array, colour: string, top: number, h: number, least: number): void => {
    ctx.fillStyle = colour;
    const high = new Float32Array(Math.ceil(width) + 1);
    for (let s = 0; s <= Math.min(t, series.length - 1); s++) {
      const px = Math.floor(x(s));
      if (series[s]! > high[px]!) high[px] = series[s]!;
    }
    for (let px = 0; px < high.length; px++) {
      if (high[px]! < least) continue;
      ctx.globalAlpha = Math.min(1, 0.3 + high[px]!);
      ctx.fillRect(px, top, w, h);
    }
    ctx.globalAlpha = 1;
  };
  ink(life.read, inks.rf, height / 2, height / 2, 0.1);
  ink(life.write, inks.wf, 0, height, 0.1);
  ink(life.erase, inks.ef, height - 3, 3, 0.25);
  ctx.fillStyle = inks.tx;
  ctx.fillRect(x(t), 0, 1, height);
  text(ctx, "0", 0, height + 9, { colour: inks.t3 });
  text(ctx, label, width / 2, height + 9, { colour: inks.t3, align: "center" });
  text(ctx, String(planned - 1), width, height + 9, { colour: inks.t3, align: "right" });
}
