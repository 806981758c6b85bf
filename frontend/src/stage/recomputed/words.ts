/** What a recomputation found, as a sentence. */
import type { Compared } from "../../engine/recompute";
import type { Recomputed } from "../../engine/recomputed";
import { counted, num, small } from "../../draw/ink/format";
import type { ModelSpec } from "../../wire/manifest";

/** Two engines round differently: up to this much of the largest number they agree, as `mnemoscope verify` counts. */
const ROUNDING = 1e-3;

export function progressText({ steps }: Compared, of: number): string {
  return `${counted(steps, "step")} of ${of} recomputed …`;
}

/** What was found, and whether that is as it should be. */
export function foundText(found: Recomputed, spec: ModelSpec): { text: string; agrees: boolean } {
  const { steps, differing, first, error, ms } = found;
  if (steps === 0) return { text: "Nothing to recompute yet.", agrees: true };
  const speed = `${small(ms / steps)} ms a step`;
  if (first === null)
    return { text: `Recomputed here: every bit of ${counted(steps, "step")} agrees. ${speed}.`, agrees: true };
  const other = spec.engine?.kind !== "wasm" ? "torch made the recording" : "another version of the engine made it";
  if (error <= ROUNDING && spec.engine?.module !== found.module)
    return {
      text: `Recomputed here: ${counted(steps, "step")} agree to ${error.toExponential(0)}; ${other}. ${speed}.`,
      agrees: true,
    };
  const where = tensorAt(spec, first.at);
  return {
    text: `Recomputed here: not the same from t = ${first.step} on, first in ${where}; ${counted(differing, "number")} ${differing === 1 ? "differs" : "differ"}, by up to ${num(error, 3)}.`,
    agrees: false,
  };
}

function tensorAt({ frame }: ModelSpec, at: number): string {
  const tensor = frame.tensors.findLast(({ offset }) => offset <= 4 * at);
  return tensor ? [tensor.bank, tensor.name].filter(Boolean).join(" ") : "the frame";
}

/** A weight in base 85, whose sign and exponent pack a little and whose mantissa does not; and code and state of a model. */
const WEIGHT = 4.5;
const CODE = 8192;

/** Bytes that the engines of models add to an exported page, at most: weights that were kept rounded take half. */
export function enginesSize(models: readonly Pick<ModelSpec, "parameters">[]): number {
  return models.reduce((sum, { parameters }) => sum + WEIGHT * parameters + CODE, 0);
}
