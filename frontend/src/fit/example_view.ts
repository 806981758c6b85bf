/** Before and after on the beginning of the part never seen, in pixels and raw units. */

import { num } from "../draw/ink/format";
import type { FitExample } from "../wire/wire.gen";
import { linear, path, ticks } from "./plot";

export interface ExampleView {
  readonly heard: string;
  readonly before: string;
  readonly after: string;
  readonly baseline: string;
  readonly xTicks: readonly { readonly x: number; readonly text: string }[];
  readonly yTicks: readonly { readonly y: number; readonly text: string }[];
}

export const EXAMPLE_FRAME = { left: 44, right: 8, top: 8, bottom: 22 };

export function exampleView(example: FitExample, width: number, height: number): ExampleView {
  const rows = [example.values, example.before, example.after, example.baseline];
  const low = Math.min(...rows.flat());
  const high = Math.max(...rows.flat());
  const x = linear([0, example.values.length - 1], [EXAMPLE_FRAME.left, width - EXAMPLE_FRAME.right]);
  const y = linear([low, high], [height - EXAMPLE_FRAME.bottom, EXAMPLE_FRAME.top]);
  const line = (values: readonly number[]): string => path(values.map((value, k) => [x(k), y(value)] as const));
  const { start } = example;
  const last = start + example.values.length - 1;
  return {
    heard: line(example.values),
    before: line(example.before),
    after: line(example.after),
    baseline: line(example.baseline),
    xTicks: ticks([start, last], Math.max(2, Math.floor(width / 200))).map((t) => ({
      x: x(t - start),
      text: `t = ${t}`,
    })),
    yTicks: ticks([low, high], 3).map((value) => ({ y: y(value), text: num(value) })),
  };
}
