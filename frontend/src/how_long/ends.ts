/** What stands at the right edge of a small chart: a figure a model, at the height of its curve. */
import type { Retention } from "../wire/wire.gen";
import { yPixel, type Room, type Scale } from "./figures";
import { spread } from "./readout";
import type { Curve } from "./rows";

export interface EndLabel {
  readonly curve: Curve;
  readonly y: number;
  readonly text: string;
}

/** Where a model's curve ends, in data, and what is written there; null: nothing. */
type End = (model: string) => { readonly at: number; readonly text: string } | null;

const GAP = 13;

/** One label a model that has an end; where there are too many for the room, those of the outermost curves stay. */
export function endLabels({ models }: Pick<Retention, "models">, end: End, room: Room, y: Scale): EndLabel[] {
  const ends = models.flatMap(({ id: key, label, glyph }) => {
    const found = end(key);
    return found
      ? [{ curve: { key, label, glyph, points: [] }, end: yPixel(y, room, found.at), text: found.text }]
      : [];
  });
  const [top, bottom] = [room.top + GAP / 2, room.height - room.bottom];
  const shown = ends.length * GAP <= bottom - top ? ends : thinned(ends, Math.floor((bottom - top) / GAP));
  return spread(shown, GAP, top, bottom).map(({ curve, y: at }) => ({
    curve,
    y: at,
    text: shown.find((one) => one.curve === curve)!.text,
  }));
}

/** Milliseconds of a step at the end of the curve of floats. */
export function priceOf({ prices }: Pick<Retention, "prices">): End {
  return (model) => {
    const price = prices.find(({ model: id }) => id === model);
    const [at, ms] = [price?.floats.at(-1)?.[1], price?.ms.at(-1)?.[1]];
    return at === undefined || ms === undefined ? null : { at, text: `${milliseconds(ms)} ms` };
  };
}

/** Memory capacity of the whole state, the larger the higher. */
export function capacityOf({ capacities }: Pick<Retention, "capacities">): End {
  return (model) => {
    const found = capacities.find(({ model: id, bank }) => id === model && bank === null);
    return found ? { at: Math.min(1, found.capacity / found.lags), text: found.text } : null;
  };
}

function milliseconds(ms: number): string {
  return ms < 10 ? ms.toFixed(2) : Math.round(ms).toString();
}

/** As many as there is room for, evenly over the heights. */
function thinned<T extends { readonly end: number }>(ends: readonly T[], room: number): T[] {
  const sorted = [...ends].sort((a, b) => a.end - b.end);
  return Array.from({ length: room }, (_, k) => sorted[Math.round((k * (sorted.length - 1)) / (room - 1))]!);
}
