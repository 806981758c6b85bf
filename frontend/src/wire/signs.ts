/** Which sign a model has: shape, filling, dash and hue of its own. tokens.json of the library is where they are chosen. */

import { TOKENS } from "./tokens.gen";

/** Who: a sign, and the hue that goes with it. A model's is named like its paradigm. */
export type Hue = keyof typeof TOKENS.glyphs;

/**
 * The sign of the paradigm, else the one that is named, else that of a model of one's own. Recordings of before name one for a
 * whole family; a recording may also come from a later version.
 */
export function signOf(paradigm: string, glyph = ""): Hue {
  const older = Object.hasOwn(TOKENS.older, glyph) ? TOKENS.older[glyph as keyof typeof TOKENS.older] : "";
  const known = [paradigm, glyph, older].find((name) => Object.hasOwn(TOKENS.glyphs, name));
  return (known ?? TOKENS.unknown) as Hue;
}
