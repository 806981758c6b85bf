/** The held-back error as it falls, against the baselines: lines and labels in pixels. */

import type { Fit, FitPlan } from "../wire/wire.gen";
import { linear, path, spread, ticks } from "./plot";
import { baselines, figure } from "./text";

export interface CurveLine {
  readonly id: string;
  readonly glyph: string;
  readonly d: string;
  /** The best look so far, whose weights are those of the result. */
  readonly best: { readonly x: number; readonly y: number };
}

export interface CurveLabel {
  readonly y: number;
  readonly text: string;
  /** null: of a baseline. */
  readonly glyph: string | null;
}

export interface CurveView {
  readonly lines: readonly CurveLine[];
  readonly baselines: readonly number[];
  readonly labels: readonly CurveLabel[];
  readonly xTicks: readonly { readonly x: number; readonly text: string }[];
  readonly yTicks: readonly { readonly y: number; readonly text: string }[];
  readonly right: number;
}

export const FRAME = { left: 34, right: 148, top: 12, bottom: 24 };
/** Errors above are drawn at the upper edge and said in words: one bad start must not flatten all others. */
const CEILING = 1.15;
const LABEL = 14;
/** Below an error of 0, so that its line is not the frame's. */
const ROOM_BELOW = 0.03;

export function curveView(fits: readonly Fit[], plan: FitPlan, width: number, height: number): CurveView {
  const right = Math.max(FRAME.left + 60, width - FRAME.right);
  const errors = fits.flatMap(({ curve }) => curve.map(([, , error]) => error));
  const rivals = baselines(plan.held_back);
  const known = rivals.map(({ error }) => error).filter((error) => error <= CEILING);
  const lowest = Math.min(...known, ...errors, 1);
  const domain = [lowest <= 0 ? -ROOM_BELOW : Math.max(0, lowest - 0.08), CEILING] as const;
  const longest = Math.max(1, ...fits.map(({ curve, seconds }) => Math.max(seconds ?? 0, curve.at(-1)?.[1] ?? 0)));
  const x = linear([0, longest], [FRAME.left, right]);
  const y = linear(domain, [height - FRAME.bottom, FRAME.top]);
  const clipped = (error: number): number => y(Math.min(error, CEILING));
  const lines = fits
    .filter(({ curve }) => curve.length > 0)
    .map((fit): CurveLine => {
      const points = fit.curve.map(([, seconds, error]) => [x(seconds), clipped(error)] as const);
      const [at, height] = points[fit.curve.indexOf(bestLook(fit)!)]!;
      return { id: fit.id, glyph: fit.glyph, d: path(points), best: { x: at, y: height } };
    });
  const named = [
    ...rivals.map(({ error, short }) => ({ value: error, text: short, glyph: null })),
    ...fits.flatMap((fit) => {
      const look = bestLook(fit);
      return look ? [{ value: look[2], text: fit.label, glyph: fit.glyph }] : [];
    }),
  ];
  const places = spread(
    named.map(({ value }) => clipped(value)),
    LABEL,
    FRAME.top,
    height - FRAME.bottom,
  );
  return {
    lines,
    baselines: known.map(y),
    labels: named.map(({ value, text, glyph }, k) => ({
      y: places[k]!,
      glyph,
      text: `${text} ${figure(value, 2)}${value > CEILING ? ", above" : ""}`,
    })),
    xTicks: ticks([0, longest], 4).map((seconds) => ({ x: x(seconds), text: `${seconds} s` })),
    yTicks: ticks(domain, 4).map((value) => ({ y: y(value), text: value.toFixed(1) })),
    right,
  };
}

/** The look with the smallest error; undefined before the first. */
function bestLook({ curve }: Fit): Fit["curve"][number] | undefined {
  return curve.reduce<Fit["curve"][number] | undefined>(
    (best, look) => (!best || look[2] < best[2] ? look : best),
    undefined,
  );
}
