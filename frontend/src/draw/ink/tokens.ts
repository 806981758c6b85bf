/** Colours of the theme in force as numbers a painter can use; tokens.json of the library is where they are chosen. */

import { signOf, type Hue } from "../../wire/signs";
import { TOKENS } from "../../wire/tokens.gen";
import { parseHex, ramp, type Rgb } from "./colour";

export type { Hue };
export const HUES = Object.keys(TOKENS.glyphs) as readonly Hue[];

type Name = keyof typeof TOKENS.inks | Hue;
const NAMES = [...(Object.keys(TOKENS.inks) as (keyof typeof TOKENS.inks)[]), ...HUES] as readonly Name[];

/** A part of a glyph in a square of −1 … 1: a polygon or a circle about the middle, filled, or a line `stroke` wide. */
export type GlyphPart =
  | { readonly points: readonly (readonly [number, number])[]; readonly stroke?: number }
  | { readonly circle: number; readonly stroke?: number };

/** All inks of one theme: tokens as CSS colours, some as bytes, and the three ramps (256 × rgb). */
export type Inks = Record<Name, string> & {
  dark: boolean;
  ground: Rgb;
  writeRgb: Rgb;
  readRgb: Rgb;
  eraseRgb: Rgb;
  holdRgb: Rgb;
  /** Weights and shares, 0 … 1. */
  sequential: Uint8ClampedArray;
  /** Signed contents: −limit is entry 0, 0 is the middle, +limit is entry 255. */
  diverging: Uint8ClampedArray;
  /** Gates and usage, 0 … 1. */
  grey: Uint8ClampedArray;
};

/** Of a sign by its name; one that this version does not know is drawn as a model of one's own rather than not at all. */
export function hueOf(glyph: string): Hue {
  return signOf(glyph, glyph);
}

export function shapeOf(hue: Hue): readonly GlyphPart[] {
  return TOKENS.glyphs[hue].shape;
}

const DASHES = { solid: [], dash: [6, 3], dot: [1.5, 3], dashdot: [6, 3, 1.5, 3] } as const;

/** Dash of a model's lines in charts, beside its hue: [] is a solid one. */
export function dashOf(hue: Hue): number[] {
  return [...DASHES[TOKENS.glyphs[hue].dash]];
}

/** Read the tokens that are in force on this element. Call again after a theme change. */
export function readInks(element: Element): Inks {
  const style = getComputedStyle(element);
  const tokens = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Record<
    Name,
    string
  >;
  return makeInks(tokens, style.getPropertyValue("color-scheme").trim() !== "light");
}

export function makeInks(tokens: Record<Name, string>, dark: boolean): Inks {
  const theme = dark ? "dark" : "light";
  return {
    ...tokens,
    dark,
    ground: parseHex(tokens.sk),
    writeRgb: parseHex(tokens.wf),
    readRgb: parseHex(tokens.rf),
    eraseRgb: parseHex(tokens.ef),
    holdRgb: parseHex(tokens.hold),
    sequential: ramp(TOKENS.ramps.sequential[theme]),
    diverging: ramp(TOKENS.ramps.diverging[theme]),
    grey: ramp(TOKENS.ramps.grey[theme]),
  };
}

/** Dark theme's tokens, for tests and pictures made without a document. */
export const DARK = Object.fromEntries(
  NAMES.map((name) => [
    name,
    (name in TOKENS.inks ? TOKENS.inks[name as keyof typeof TOKENS.inks] : TOKENS.glyphs[name as Hue]).dark,
  ]),
) as Record<Name, string>;
