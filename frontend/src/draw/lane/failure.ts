/** Why a model stopped, beside its name and the step. */

import type { Failure } from "../../wire/manifest";

/** "a number that is not finite in outputs" */
export function whyStopped({ reason, tensor }: Pick<Failure, "reason" | "tensor">): string {
  return tensor === null ? reason : `${reason} in ${tensor}`;
}
