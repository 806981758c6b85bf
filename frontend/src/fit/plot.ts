/** What every small chart of this page needs: scales, round ticks, paths, labels that do not lie on each other. */

export interface Scale {
  (value: number): number;
}

/** From a domain to pixels, straight. */
export function linear([a, b]: readonly [number, number], [from, to]: readonly [number, number]): Scale {
  const span = b - a || 1;
  return (value) => from + ((value - a) / span) * (to - from);
}

/** About `count` round numbers inside a domain. */
export function ticks([low, high]: readonly [number, number], count: number): number[] {
  const rough = (high - low) / Math.max(1, count);
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((m) => m * power >= rough) ?? 10);
  const out: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++)
    out.push(Number((k * step).toPrecision(12)));
  return out;
}

/** An SVG path through points in pixels. */
export function path(points: Iterable<readonly [number, number]>): string {
  let out = "";
  for (const [x, y] of points) out += `${out ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
  return out;
}

/** Positions of labels at least `gap` apart, as near to where they belong as that allows, inside low … high; order is kept. */
export function spread(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((_, k) => k).sort((a, b) => wanted[a]! - wanted[b]!);
  const out = new Array<number>(wanted.length);
  let next = low;
  for (const k of order) {
    out[k] = Math.max(next, wanted[k]!);
    next = out[k]! + gap;
  }
  let limit = high;
  for (const k of [...order].reverse()) {
    out[k] = Math.min(out[k]!, limit);
    limit = out[k]! - gap;
  }
  return out;
}
