/** Tasks that a page of their own is about; all else about a task stands on its card. */

/** How long a signal is remembered is asked of this one; a new run begins with it. */
export const RECALL = "signal-recall";

/** What a model can be fitted to a signal for. */
export const FORECAST = "forecast";
