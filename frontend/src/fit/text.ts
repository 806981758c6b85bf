/** What is said of fits: the result first, baselines where they win; how far the fit is. */

import { count, listed } from "../draw/ink/format";
import type { Fit, FitPlan, FitResult } from "../wire/wire.gen";

export type BaselineKey = "ar32" | "seasonal" | "persistence";

export const BASELINES: readonly { readonly key: BaselineKey; readonly name: string; readonly short: string }[] = [
  { key: "ar32", name: "AR(32)", short: "AR(32)" },
  { key: "seasonal", name: "the season before", short: "season before" },
  { key: "persistence", name: "persistence", short: "persistence" },
];

/** An error with so many digits; null and what is not known yet as an ellipsis. */
export function figure(value: number | null | undefined, digits = 3): string {
  return value === null || value === undefined ? "…" : value.toFixed(digits);
}

export function isLive(fit: Fit): boolean {
  return fit.state === "waiting" || fit.state === "running";
}

/** The best baseline by its errors on a part. */
export function best(errors: Readonly<Record<BaselineKey, number>>): { key: BaselineKey; name: string; error: number } {
  return BASELINES.map(({ key, name }) => ({ key, name, error: errors[key] })).reduce((a, b) =>
    b.error < a.error ? b : a,
  );
}

/** One sentence over all fits that are done; of one fit what the server says. */
export function verdict(fits: readonly Fit[]): string {
  const done = fits.flatMap((fit) => (fit.result ? [{ fit, result: fit.result }] : []));
  if (done.length === 0) return "";
  if (done.length === 1) return done[0]!.result.text;
  const rival = best(done[0]!.result.scores);
  const change = ({ fit, result }: (typeof done)[number]): string =>
    `${fit.label} ${figure(result.scores.before)} → ${figure(result.scores.after)}`;
  const better = done.filter(({ result }) => result.take === "after" || result.take === "before");
  const rest = done.filter((one) => !better.includes(one));
  const baseline = `${rival.name} (${figure(rival.error)})`;
  if (better.length === 0) {
    return `${capital(baseline)}: none of these is clearly better here. ${listed(rest.map(change))}. Take ${rival.name}.`;
  }
  const least = better.reduce((a, b) => (error(b.result) < error(a.result) ? b : a));
  const first = `Worth it here: ${listed(better.map(change))}, better than ${baseline}.`;
  const others = rest.length ? ` ${listed(rest.map(change))}: not clearly better than it.` : "";
  const kept = least.result.take === "before" ? "as shipped" : "fitted";
  const few =
    least.result.bands.after === null ? ` Rank only: ${least.result.blocks} blocks are too few for a band.` : "";
  return `${first}${others} Take the ${least.fit.label} ${kept}.${few}`;
}

/** The error of what is advised of a model that is better than the baselines. */
function error(result: FitResult): number {
  return result.take === "before" ? result.scores.before : result.scores.after;
}

/** What is going on, for the line above the charts. */
export function progress(fits: readonly Fit[]): string {
  const running = fits.find((fit) => fit.state === "running");
  if (!running) return fits.some(isLive) ? "Waiting for the fits before it." : "";
  const last = running.curve.at(-1);
  if (running.stopping) return `${running.label}: ending; the best so far is being scored.`;
  if (!last) return `${running.label}: starting.`;
  const [update, seconds] = last;
  if (running.seconds === null)
    return `${running.label}, update ${count(update)} of ${count(running.updates ?? update)}`;
  return seconds >= running.seconds
    ? `${running.label}: scoring.`
    : `${running.label}, ${Math.round(seconds)} of ${running.seconds} s`;
}

/** Share of the budgets of all fits that is spent, 0 … 1. */
export function spent(fits: readonly Fit[]): number {
  if (!fits.length) return 0;
  const share = (fit: Fit): number => {
    if (!isLive(fit)) return 1;
    const last = fit.curve.at(-1);
    if (!last) return 0;
    return Math.min(1, fit.seconds ? last[1] / fit.seconds : last[0] / (fit.updates ?? Infinity));
  };
  return fits.reduce((sum, fit) => sum + share(fit), 0) / fits.length;
}

/** What was found in one line below the table. */
export function conditions(fits: readonly Fit[]): string {
  const result = fits.find((fit) => fit.result)?.result;
  if (!result) return "";
  const [from, to] = result.split.test;
  const many =
    result.blocks >= 8
      ? `bands: 5 to 95 % over ${result.blocks} blocks`
      : `${result.blocks} blocks, too few for a band`;
  return `Error of the next value relative to persistence, on ${count(to - from)} steps; ${many}. One split, seed ${fits[0]!.seed}.`;
}

/** The season in words. */
export function season(plan: Pick<FitPlan, "period">): string {
  return `the season before, ${count(plan.period)} steps`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
