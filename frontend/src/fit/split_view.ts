/** The series with what each part of it is for: regions with their words, and its outline, in pixels. */

import { count } from "../draw/ink/format";
import type { FitPlan } from "../wire/wire.gen";
import { linear, path, ticks } from "./plot";

export interface Region {
  readonly part: "fit" | "held_back" | "test";
  readonly x: number;
  readonly width: number;
  readonly title: string;
  readonly detail: string;
}

export interface SplitView {
  readonly regions: readonly Region[];
  readonly outline: string;
  readonly ticks: readonly { readonly x: number; readonly text: string }[];
}

const TITLES = { fit: "fit on this", held_back: "stop by this", test: "score on this, never seen" } as const;
/** Units of time with their seconds, ascending. */
const UNITS = [
  ["s", 1],
  ["min", 60],
  ["h", 3600],
  ["days", 86_400],
] as const;
/** Narrower regions have room for their title only, or for none. */
const ROOM = { title: 76, detail: 230 };

/** `plan.values` are the smallest and largest of buckets, in order; with few steps, every step. */
export function splitView(plan: FitPlan, width: number, height: number): SplitView {
  const { split, values, sample_rate: rate } = plan;
  const x = linear([0, split.steps], [0, width]);
  const y = linear([Math.min(...values), Math.max(...values)], [height - 4, 4]);
  const regions = (["fit", "held_back", "test"] as const).map((part): Region => {
    const [from, to] = split[part];
    const wide = x(to) - x(from);
    return {
      part,
      x: x(from),
      width: wide,
      title: wide >= ROOM.title ? TITLES[part] : "",
      detail: wide >= ROOM.detail ? `${count(to - from)} steps` : "",
    };
  });
  const each = split.steps / values.length;
  const outline = path(values.map((value, k) => [x((k + 0.5) * each), y(value)] as const));
  const marks = Math.max(2, Math.floor(width / 160));
  if (!rate)
    return {
      regions,
      outline,
      ticks: ticks([0, split.steps], marks).map((step) => ({ x: x(step), text: count(step) })),
    };
  const [unit, seconds] = UNITS.findLast(([, each]) => split.steps / rate >= 4 * each) ?? UNITS[0];
  const times = ticks([0, split.steps / rate / seconds], marks);
  return {
    regions,
    outline,
    ticks: times.map((time) => ({ x: x(time * seconds * rate), text: `${count(time)} ${unit}` })),
  };
}
