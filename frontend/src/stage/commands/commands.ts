/** The commands of the stage, with their keys and labels: one table for the handler, the key map and the palette. */

export type Command =
  | { does: "toggle" }
  | { does: "step"; by: number }
  | { does: "event"; direction: 1 | -1 }
  | { does: "event-kind" }
  | { does: "first" }
  | { does: "last" }
  | { does: "slower" }
  | { does: "pause" }
  | { does: "faster" }
  | { does: "loop-in" }
  | { does: "loop-out" }
  | { does: "loop" }
  | { does: "train"; by: 1 | -1 }
  | { does: "learn" }
  | { does: "walk"; by: 1 | -1 }
  | { does: "pin" }
  | { does: "free" }
  | { does: "isolate"; place: number }
  | { does: "top" }
  | { does: "mute" }
  | { does: "fold" }
  | { does: "move"; by: 1 | -1 }
  | { does: "read-map" }
  | { does: "rows" }
  | { does: "health" }
  | { does: "beside" }
  | { does: "lens" }
  | { does: "zoom"; by: 1 | -1 }
  | { does: "pan"; by: 1 | -1 }
  | { does: "fit" }
  | { does: "lecture" }
  | { does: "reset" }
  | { does: "similar" }
  | { does: "copy" }
  | { does: "png" }
  | { does: "svg" }
  | { does: "share" }
  | { does: "theme" }
  | { does: "palette" }
  | { does: "help" };

export interface Row {
  readonly group: "Time" | "Lanes" | "View" | "Pointer" | "Page";
  /** What it does, as a sentence of the key map and the palette. */
  readonly says: string;
  /** Chords as `chordOf` names them; none: in the palette only. */
  readonly keys: readonly string[];
  readonly command: Command;
}

const row = (group: Row["group"], says: string, keys: readonly string[], command: Command): Row => ({
  group,
  says,
  keys,
  command,
});

export const ROWS: readonly Row[] = [
  row("Time", "Play or pause", ["Space"], { does: "toggle" }),
  row("Time", "One step on", ["ArrowRight"], { does: "step", by: 1 }),
  row("Time", "One step back", ["ArrowLeft"], { does: "step", by: -1 }),
  row("Time", "Ten steps on", ["Shift+ArrowRight"], { does: "step", by: 10 }),
  row("Time", "Ten steps back", ["Shift+ArrowLeft"], { does: "step", by: -10 }),
  row("Time", "Next event", [".", "Alt+ArrowRight"], { does: "event", direction: 1 }),
  row("Time", "Previous event", [",", "Alt+ArrowLeft"], { does: "event", direction: -1 }),
  row("Time", "Another kind of event", ["e"], { does: "event-kind" }),
  row("Time", "First step", ["Home"], { does: "first" }),
  row("Time", "Last step, or back to live", ["End"], { does: "last" }),
  row("Time", "Slower", ["j"], { does: "slower" }),
  row("Time", "Pause", ["k"], { does: "pause" }),
  row("Time", "Faster", ["l"], { does: "faster" }),
  row("Time", "Repeat from here", ["["], { does: "loop-in" }),
  row("Time", "Repeat to here", ["]"], { does: "loop-out" }),
  row("Time", "Repeat the selection or the view, or stop repeating", ["o"], { does: "loop" }),
  row("Time", "Earlier in training", ["{"], { does: "train", by: -1 }),
  row("Time", "Later in training", ["}"], { does: "train", by: 1 }),
  row("Time", "Watch the training, or stop", ["Shift+Space"], { does: "learn" }),
  ...Array.from({ length: 9 }, (_, place) =>
    row("Lanes", `Pin the model of row ${place + 1}`, [String(place + 1)], { does: "isolate", place }),
  ),
  row("Lanes", "Keep the lane on top", ["p"], { does: "top" }),
  row("Lanes", "Mute the lane", ["m"], { does: "mute" }),
  row("Lanes", "Fold the lane", ["n"], { does: "fold" }),
  row("Lanes", "Move the lane up", ["Alt+ArrowUp"], { does: "move", by: -1 }),
  row("Lanes", "Move the lane down", ["Alt+ArrowDown"], { does: "move", by: 1 }),
  row("Lanes", "Read map of the lane, step by slot", ["q"], { does: "read-map" }),
  row("View", "Zoom in", ["w"], { does: "zoom", by: 1 }),
  row("View", "Zoom out", ["s"], { does: "zoom", by: -1 }),
  row("View", "Earlier", ["a"], { does: "pan", by: -1 }),
  row("View", "Later", ["d"], { does: "pan", by: 1 }),
  row("View", "Fit the selection, or the run", ["Shift+f"], { does: "fit" }),
  row("View", "Lecture view: one lane, large words", ["f"], { does: "lecture" }),
  row("View", "Opening view", ["r"], { does: "reset" }),
  row("View", "Rows as slots or as lag", ["g"], { does: "rows" }),
  row("View", "Health of the memories", ["h"], { does: "health" }),
  row("View", "Channels beside the signal", [], { does: "beside" }),
  row("View", "Another lens: what arcs mean", ["v"], { does: "lens" }),
  row("Pointer", "Slot above, in the pinned lane", ["ArrowUp"], { does: "walk", by: -1 }),
  row("Pointer", "Slot below, in the pinned lane", ["ArrowDown"], { does: "walk", by: 1 }),
  row("Pointer", "Pin what is under the pointer", ["Enter"], { does: "pin" }),
  row("Pointer", "Leave the lecture, free what is pinned, then what is selected and repeated", ["Escape"], {
    does: "free",
  }),
  row("Pointer", "Find similar moments", ["i"], { does: "similar" }),
  row("Page", "Copy a link to this moment", ["c"], { does: "copy" }),
  row("Page", "Share", [], { does: "share" }),
  row("Page", "Save this view as PNG", [], { does: "png" }),
  row("Page", "Save this view as SVG", [], { does: "svg" }),
  row("Page", "Light or dark", ["t"], { does: "theme" }),
  row("Page", "All commands", ["Mod+k", "/"], { does: "palette" }),
  row("Page", "Key map", ["?"], { does: "help" }),
];

/** What a recording has that not every one has. */
export interface Has {
  /** A training to scrub. */
  training: boolean;
  /** Channels beside the signal. */
  beside: boolean;
}

/** The rows that mean something on the stage of such a recording. */
export function rowsFor({ training, beside }: Has): readonly Row[] {
  const wants = (does: Command["does"]): boolean =>
    does === "train" || does === "learn" ? training : does === "beside" ? beside : true;
  return ROWS.filter(({ command }) => wants(command.does));
}

export interface Key {
  key: string;
  /** Which key it is on the keyboard, whatever its letter: `KeyW`. */
  code?: string;
  shiftKey: boolean;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  getModifierState?: (name: "AltGraph") => boolean;
}

/** The name of a key press: `Shift+ArrowRight`, `Mod+k`, `?`. Of signs Shift is part of the sign, of letters it counts. */
export function chordOf(press: Key): string {
  return named(press, press.key === " " ? "Space" : press.key);
}

/**
 * Signs that a keyboard has on a third level come with AltGr, which Windows reports as Ctrl and Alt, and with Option on a Mac: there it is
 * part of the sign.
 */
function named(press: Key, key: string): string {
  const { shiftKey, altKey, ctrlKey, metaKey } = press;
  const sign = key.length === 1 && key.toLowerCase() === key.toUpperCase();
  const third = sign && !/\d/.test(key) && (altGraph(press) || (altKey && !metaKey)); // Alt and a digit is the browser's
  const name = key.length === 1 ? key.toLowerCase() : key;
  return [
    (ctrlKey || metaKey) && !third ? "Mod" : "",
    altKey && !third ? "Alt" : "",
    shiftKey && !sign ? "Shift" : "",
    name,
  ]
    .filter(Boolean)
    .join("+");
}

function altGraph(press: Key): boolean {
  return press.getModifierState?.("AltGraph") || (press.ctrlKey && press.altKey);
}

/** What stands on the key of a US keyboard, for keyboards whose letters or signs the table does not name: Cyrillic, Greek, French digits. */
const ON_KEY: Record<string, string> = {
  BracketLeft: "[",
  BracketRight: "]",
  Comma: ",",
  Period: ".",
  Slash: "/",
};

function placed(press: Key): string | null {
  const { key, code = "", shiftKey } = press;
  if ((key.length !== 1 && key !== "Unidentified" && key !== "Process") || altGraph(press)) return null;
  if (/^[a-z]$/i.test(key)) return null; // a Latin letter means itself, wherever it lies
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter) return named(press, letter);
  const digit = /^Digit([1-9])$/.exec(code)?.[1];
  if (digit) return shiftKey ? null : named(press, digit);
  return ON_KEY[code] && !shiftKey ? named(press, ON_KEY[code]) : null;
}

const known = new Map(ROWS.flatMap((entry) => entry.keys.map((chord) => [chord, entry.command] as const)));

/** Null: not ours, the browser may have it. */
export function commandOf(key: Key): Command | null {
  return known.get(chordOf(key)) ?? known.get(placed(key) ?? "") ?? null;
}

const SIGNS: Record<string, string> = {
  ArrowRight: "→",
  ArrowLeft: "←",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
};

/** A chord as people read it: "Shift →", "Ctrl K" ("⌘ K" on a Mac). */
export function chordWords(chord: string, mac = false): string {
  return chord
    .split("+")
    .map((part) =>
      part === "Mod" ? (mac ? "⌘" : "Ctrl") : (SIGNS[part] ?? (part.length === 1 ? part.toUpperCase() : part)),
    )
    .join(" ");
}
