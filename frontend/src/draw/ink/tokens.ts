/** The colour tokens of app.css as numbers a painter can use. */

import { parseHex, ramp, type Rgb } from "./colour";

/** Who: the hue (and the glyph) of a paradigm. `sdnc` has the Transformer's hue: same numbers, other reading. */
export const HUES = ["rnn", "tr", "ut", "ntm", "dnc", "sdnc", "delta"] as const;
export type Hue = (typeof HUES)[number];

const NAMES = [
  "bg",
  "sf",
  "sk",
  "hv",
  "ln",
  "ln2",
  "tx",
  "t2",
  "t3",
  "w",
  "r",
  "e",
  "wf",
  "rf",
  "ef",
  "hold",
  "fo",
  ...HUES,
] as const;
type Name = (typeof NAMES)[number];

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

/** A glyph this version does not know is drawn in the recurrent hue rather than not at all. */
export function hueOf(glyph: string): Hue {
  return (HUES as readonly string[]).includes(glyph) ? (glyph as Hue) : "rnn";
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
  return {
    ...tokens,
    dark,
    ground: parseHex(tokens.sk),
    writeRgb: parseHex(tokens.wf),
    readRgb: parseHex(tokens.rf),
    eraseRgb: parseHex(tokens.ef),
    holdRgb: parseHex(tokens.hold),
    sequential: ramp(
      dark
        ? [tokens.sk, "#123a5c", "#1f6fae", "#62b8f5", "#e6f6ff"]
        : ["#ffffff", "#cfe4f4", "#7db8e2", "#2478b8", "#08365f"],
    ),
    diverging: ramp(
      dark
        ? ["#c79bf0", "#7e55a8", "#1a1d20", "#3f8f57", "#a6e3a4"]
        : ["#5b2a86", "#b292cf", "#f4f4f2", "#8cc79a", "#14663a"],
    ),
    grey: ramp(dark ? [tokens.sk, "#4a5158"] : ["#ffffff", "#b9bdc2"]),
  };
}

/** Dark theme's tokens, for tests and pictures made without a document. */
export const DARK: Record<Name, string> = {
  bg: "#111315",
  sf: "#16191c",
  sk: "#0d0f10",
  hv: "#1d2125",
  ln: "#24282c",
  ln2: "#343a40",
  tx: "#eceef0",
  t2: "#adb3ba",
  t3: "#868d95",
  w: "#ff9a3f",
  r: "#4fb3f5",
  e: "#ec6fd3",
  wf: "#ff9a3f",
  rf: "#4fb3f5",
  ef: "#ec6fd3",
  hold: "#3b4248",
  fo: "#7cc4ff",
  rnn: "#ebcb55",
  tr: "#a08bf5",
  ut: "#d1bff0",
  ntm: "#4ccba3",
  dnc: "#f2697f",
  sdnc: "#a08bf5",
  delta: "#c6f0b8",
};
