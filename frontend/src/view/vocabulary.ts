/** The lenses on where an output comes from (docs/format.md has the equations); what is drawn always names its own. */

export type LensName = "mechanism" | "sensitivity" | "intervention";

/** Lenses that need the model itself, and so a server that has it. */
export type ModelLens = Exclude<LensName, "mechanism">;

export const LENSES: readonly LensName[] = ["mechanism", "sensitivity", "intervention"];
