/** Tasks that a page of their own is about; all else about a task stands on its card. */

/** How long a signal is remembered is asked of this one; a new run begins with it. */
export const RECALL = "signal-recall";

/** The task that is compared with statistics: its lanes have a band and a baseline. */
export const FORECAST = "forecast";

/** What a model can be fitted to a signal for. */
export const FITTED: readonly string[] = [FORECAST, RECALL];
