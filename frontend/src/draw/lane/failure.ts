/** Why a model stopped, beside its name and the step. */

import type { Failure } from "../../wire/manifest";

/** "a number that is not finite in outputs" */
export function whyStopped({ reason, tensor }: Pick<Failure, "reason" | "tensor">): string {
  return tensor === null ? reason : `${reason} in ${tensor}`;
}

/** The same as the end of a sentence: what happened, that nothing of before is lost, and where it was seen first. */
export function whyStoppedInWords({ reason, tensor }: Pick<Failure, "reason" | "tensor">): string {
  if (tensor === null) return `${reason}.`; // older recordings hold a sentence of their own
  return `it produced ${reason}; the steps before it are kept. First seen in ${tensor}.`;
}
