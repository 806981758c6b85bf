/**
 * The first line of the page, made from the rows by the rules of wording: exact and a blur have thresholds, a crossing lies
 * between two measured delays, and one model is better than others only with enough windows and bands apart.
 */
import { counted } from "../draw/ink/format";
import { steps, value } from "./numbers";
import { at, curves, delaysOf, BLUR, CHANCE, EXACT, MIN_WINDOWS, passes, throughDelays, type Curve } from "./rows";
import type { Retention } from "../wire/wire.gen";

/** A part of the line; models are set apart. */
export type Part = string | { readonly model: string };

type Measured = Pick<
  Retention,
  "models" | "rows" | "segment" | "n" | "status" | "stage" | "sample_rate" | "reason" | "measured"
>;

export const COARSE =
  "Coarse first: 10, 40, 120 and 400 steps, then the delays between, densest where the error jumps.";

/** The line for a measurement in whatever state it is. */
export function sentence(measurement: Measured): Part[] {
  const { status, reason, measured } = measurement;
  if (status === "failed") return [`This could not be measured${reason ? `: ${reason}` : ""}.`];
  if (!throughDelays(measurement)) return [COARSE];
  if (measured.length === 0) return ["It was stopped before the first delay was measured."];
  return summary(measurement);
}

function summary({ models, rows, segment, n, sample_rate: rate }: Measured): Part[] {
  const all = curves({ models, rows, segment }, "behaviour");
  const last = Math.max(...delaysOf(all));
  const cliffs: Curve[] = [];
  const lasting: Curve[] = [];
  const blurred: Curve[] = [];
  const lost: Curve[] = [];
  for (const curve of all) {
    const first = curve.points[0]!;
    if (first.high <= EXACT) (passes(curve.points, EXACT).above === null ? lasting : cliffs).push(curve);
    else if (curve.points.every(({ error }) => error >= CHANCE)) lost.push(curve);
    else blurred.push(curve);
  }
  const parts: Part[] = [
    ...fallen(cliffs, rate),
    ...outliving(cliffs, blurred, n, rate),
    ...endless(lasting, last, rate),
  ];
  if (cliffs.length === 0 && lasting.length === 0) parts.unshift(...nothingExact(blurred));
  if (lost.length) parts.push(...names(lost), ` ${lost.length > 1 ? "are" : "is"} no better than answering 0. `);
  if (n < MIN_WINDOWS) parts.push(`${n === 1 ? "One window" : counted(n, "window")}: rank only, no band.`);
  return tidy(parts);
}

/** The exact ones that stop being so, and between which delays; those that end together are named together. */
function fallen(cliffs: readonly Curve[], rate: number | null): Part[] {
  const groups = new Map<string, { below: number; above: number; curves: Curve[] }>();
  for (const curve of cliffs) {
    const { below, above } = passes(curve.points, EXACT);
    const key = `${below} ${above}`;
    if (!groups.has(key)) groups.set(key, { below: below!, above: above!, curves: [] });
    groups.get(key)!.curves.push(curve);
  }
  if (groups.size === 0) return [];
  const parts: Part[] = [cliffs.length > 1 ? "The exact memories end at a cliff: the error" : "The error"];
  [...groups.values()]
    .sort((a, b) => a.above - b.above)
    .forEach(({ below, above, curves: fell }, k) => {
      parts.push(
        k === 0 ? " passes 0.1 between " : ", ",
        `${below} and ${steps(above, rate, k === 0 ? " steps" : "")}`,
      );
      parts.push(" for ", ...names(fell));
    });
  return [...parts, ". "];
}

/** The blurred ones that answer better than all that were exact, at the first delay where those are lost. */
function outliving(cliffs: readonly Curve[], blurred: readonly Curve[], n: number, rate: number | null): Part[] {
  if (cliffs.length === 0 || n < MIN_WINDOWS) return [];
  const dead = delaysOf(cliffs).find((delay) => cliffs.every((curve) => (at(curve, delay)?.error ?? 0) > BLUR));
  if (dead === undefined) return [];
  const limit = Math.min(...cliffs.map((curve) => at(curve, dead)!.low));
  const better = blurred
    .filter((curve) => (at(curve, dead)?.high ?? Infinity) < limit)
    .sort((a, b) => at(a, dead)!.error - at(b, dead)!.error);
  if (better.length === 0) return [];
  const than = cliffs.length === 1 ? "it" : cliffs.length === 2 ? "both" : "all of these";
  const parts: Part[] = [`At ${steps(dead, rate)}, `];
  better.slice(0, 3).forEach((curve, k, shown) => {
    parts.push(k === 0 ? "" : k === shown.length - 1 ? " and " : ", ", { model: curve.label });
    parts.push(` (${value(at(curve, dead)!.error)})`);
  });
  return [...parts, ` answer${better.length === 1 ? "s" : ""} better than ${than}. `];
}

function endless(lasting: readonly Curve[], last: number, rate: number | null): Part[] {
  if (lasting.length === 0) return [];
  return [...names(lasting), ` stay${lasting.length > 1 ? "" : "s"} exact up to ${steps(last, rate)}. `];
}

function nothingExact(blurred: readonly Curve[]): Part[] {
  const best = [...blurred].sort((a, b) => a.points[0]!.error - b.points[0]!.error)[0];
  if (!best) return ["No model here remembers this signal: none answers better than 0. "];
  const { delay, error } = best.points[0]!;
  return [
    `No model is exact, not even at ${delay} steps; `,
    { model: best.label },
    ` comes closest (${value(error)}). `,
  ];
}

function names(of: readonly Curve[]): Part[] {
  return of.flatMap((curve, k): Part[] => [
    k === 0 ? "" : k === of.length - 1 ? " and " : ", ",
    { model: curve.label },
  ]);
}

/** No empty parts, no blank at the end. */
function tidy(parts: readonly Part[]): Part[] {
  const kept = parts.filter((part) => part !== "");
  const end = kept.at(-1);
  return typeof end === "string" ? [...kept.slice(0, -1), end.trimEnd()] : kept;
}

/** The line as plain text, for the live region and for files. */
export function plain(parts: readonly Part[]): string {
  return parts.map((part) => (typeof part === "string" ? part : part.model)).join("");
}

/** What was measured, in the words of the line above the chart. */
export function scope({
  measured,
  models,
  n,
  seconds,
}: Pick<Retention, "measured" | "models" | "n" | "seconds">): string {
  const time = seconds < 10 ? seconds.toFixed(1) : Math.round(seconds);
  return `${counted(measured.length, "delay")} × ${counted(models.length, "model")}, ${counted(n, "window")}, ${time} s`;
}

/** The parts of a measurement, as their progress is called: before and after "3 of 12". */
const STAGES = {
  delays: ["", "delays"],
  ledger: ["into the memories:", "delays"],
  segments: ["other segments:", ""],
  contents: ["reading contents out:", "models"],
} as const satisfies Record<NonNullable<Retention["stage"]>["name"], readonly [string, string]>;

/** How far a measurement is, in a few words. */
export function underway({
  stage,
  planned,
  seconds_left: left,
}: Pick<Retention, "stage" | "planned" | "seconds_left">): string {
  const { name, done, of } = stage ?? { name: "delays" as const, done: 0, of: planned };
  const [before, after] = STAGES[name];
  const time = left === null ? "" : `, about ${Math.max(1, Math.round(left))} s left`;
  return `${[before, done, "of", of, after].filter((part) => part !== "").join(" ")}${time}`;
}
