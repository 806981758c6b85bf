/** Why a model stopped, beside its name and the step. */

/** The reason without the name and the step that it may repeat: "Transformer produced … at step 120" is "it produced …". */
export function whyStopped(reason: string, label: string, step: number): string {
  const bare = reason.startsWith(`${label} `) ? `it ${reason.slice(label.length + 1)}` : reason;
  return bare.replace(new RegExp(` at step ${step}(?!\\d)`), "");
}
