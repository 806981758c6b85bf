/** What stands at the right edge of the chart of prices: milliseconds of a step, at the height of its curve. */
import type { Retention } from "../wire/wire.gen";
import { yPixel, type Room, type Scale } from "./figures";
import { spread } from "./readout";
import type { Curve } from "./rows";

export interface PriceLabel {
  readonly curve: Curve;
  readonly y: number;
  readonly ms: string;
}

const GAP = 13;

/** One label a model that has a price; where there are too many for the room, those of the outermost curves stay. */
export function priceLabels(
  { models, prices }: Pick<Retention, "models" | "prices">,
  room: Room,
  y: Scale,
): PriceLabel[] {
  const ends = models.flatMap((model) => {
    const price = prices.find(({ model: id }) => id === model.id);
    const [floats, ms] = [price?.floats.at(-1)?.[1], price?.ms.at(-1)?.[1]];
    if (floats === undefined || ms === undefined) return [];
    const { id: key, label, glyph } = model;
    return [{ curve: { key, label, glyph, points: [] }, end: yPixel(y, room, floats), ms }];
  });
  const [top, bottom] = [room.top + GAP / 2, room.height - room.bottom];
  const shown = ends.length * GAP <= bottom - top ? ends : thinned(ends, Math.floor((bottom - top) / GAP));
  return spread(shown, GAP, top, bottom).map(({ curve, y: at }) => ({
    curve,
    y: at,
    ms: `${milliseconds(shown.find((end) => end.curve === curve)!.ms)} ms`,
  }));
}

function milliseconds(ms: number): string {
  return ms < 10 ? ms.toFixed(2) : Math.round(ms).toString();
}

/** As many as there is room for, evenly over the heights. */
function thinned<T extends { readonly end: number }>(ends: readonly T[], room: number): T[] {
  const sorted = [...ends].sort((a, b) => a.end - b.end);
  return Array.from({ length: room }, (_, k) => sorted[Math.round((k * (sorted.length - 1)) / (room - 1))]!);
}
