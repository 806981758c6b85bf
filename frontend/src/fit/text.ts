/** What is said of fits: the result first, baselines where they win; how far the fit is. */

import { count, listed } from "../draw/ink/format";
import { RECALL } from "../wire/task_names";
import type { BaselineErrors, Fit, FitPlan, FitResult } from "../wire/wire.gen";

type Errors = Readonly<BaselineErrors>;

export type BaselineKey = keyof BaselineErrors;

export interface Baseline {
  readonly key: BaselineKey;
  readonly name: string;
  readonly short: string;
  /** It knows beforehand what a model has to find out: said beside every result, and no rival. */
  readonly reference?: boolean;
}

const BASELINES: readonly Baseline[] = [
  { key: "ar32", name: "AR(32)", short: "AR(32)" },
  { key: "seasonal", name: "the season before", short: "season before" },
  { key: "persistence", name: "persistence", short: "persistence" },
  { key: "mean", name: "answering the mean", short: "the mean" },
  { key: "shift_register", name: "a shift register", short: "shift register", reference: true },
];

/** Those that mean something for the task, whose errors are therefore known. */
export function baselines(errors: Errors): readonly (Baseline & { readonly error: number })[] {
  return BASELINES.flatMap((one) => {
    const error = errors[one.key];
    return error === null ? [] : [{ ...one, error }];
  });
}

/** An error with so many digits; null and what is not known yet as an ellipsis. */
export function figure(value: number | null | undefined, digits = 3): string {
  return value === null || value === undefined ? "…" : value.toFixed(digits);
}

export function isLive(fit: Fit): boolean {
  return fit.state === "waiting" || fit.state === "running";
}

/** The best rival by its errors on a part. */
export function best(errors: Errors): Baseline & { readonly error: number } {
  return baselines(errors)
    .filter(({ reference }) => !reference)
    .reduce((a, b) => (b.error < a.error ? b : a));
}

const REGISTER = "A shift register is exact where the delay is known beforehand.";

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
  const exact = baselines(done[0]!.result.scores).some(({ reference }) => reference) ? ` ${REGISTER}` : "";
  if (better.length === 0) {
    return `${capital(baseline)}: none of these is clearly better here. ${listed(rest.map(change))}. Take ${rival.name}.${exact}`;
  }
  const least = better.reduce((a, b) => (error(b.result) < error(a.result) ? b : a));
  const worth = better.some(({ result }) => result.take === "after") ? "Worth it here" : "Fitting did not help";
  const first = `${worth}: ${listed(better.map(change))}, better than ${baseline}.`;
  const others = rest.length ? ` ${listed(rest.map(change))}: not clearly better than it.` : "";
  const kept = least.result.take === "before" ? "as shipped" : "fitted";
  const few =
    least.result.bands.after === null ? ` Rank only: ${least.result.blocks} blocks are too few for a band.` : "";
  return `${first}${others} Take the ${least.fit.label} ${kept}.${few}${exact}`;
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
  const { task, seed } = fits[0]!;
  return `${measured(task)}, on ${count(to - from)} steps; ${many}. One split, seed ${seed}.`;
}

/** A baseline as its row in the table is called. */
export function rowOf({ key, name }: Baseline, plan: Pick<FitPlan, "period">): string {
  if (key === "seasonal" && plan.period !== null) return `${name}, ${count(plan.period)} steps`;
  if (key === "ar32") return `${name}, fitted to the same part`;
  if (key === "shift_register") return `${name}, told the delay`;
  return name;
}

/** What an error is of, and out of what. */
export function measured(task: string): string {
  return task === RECALL
    ? "Error of the replay relative to the size of the signal"
    : "Error of the next value relative to persistence";
}

/** What the axis of the held-back error means, and from where on a model is worth having. */
export function meaning(task: string, rival: { readonly name: string; readonly error: number }): string {
  const scale =
    task === RECALL
      ? "Replay of a segment after the delay: 0 is exact, 1 is as good as answering the mean."
      : "Next value, relative to saying the last value again (= 1).";
  return `${scale} Below ${rival.name}, ${figure(rival.error, 2)} here, a network is worth having.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
