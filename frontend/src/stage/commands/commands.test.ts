import { describe, expect, it } from "vitest";
import { chordOf, chordWords, commandOf, ROWS, type Key } from "./commands";

const press = (key: string, extra: Partial<Key> = {}): Key => ({
  key,
  shiftKey: false,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  ...extra,
});

/** The key press that a chord of the table names. */
function typed(chord: string): Key {
  const parts = chord.split("+");
  const name = parts.at(-1)!;
  return press(name === "Space" ? " " : name, {
    shiftKey: parts.includes("Shift"),
    altKey: parts.includes("Alt"),
    ctrlKey: parts.includes("Mod"),
  });
}

describe("the stage's commands", () => {
  it("each chord of the table gives its own command, and no two rows share one", () => {
    const seen = new Set<string>();
    for (const row of ROWS) {
      for (const chord of row.keys) {
        expect(seen.has(chord), chord).toBe(false);
        seen.add(chord);
        expect(commandOf(typed(chord)), chord).toEqual(row.command);
      }
      expect(row.says).toMatch(/^[A-Z].*[^.]$/);
    }
    expect(new Set(ROWS.map((row) => row.says)).size).toBe(ROWS.length);
  });

  it("takes capital letters, signs with Shift, and the Mac's command key", () => {
    expect(commandOf(press("W"))).toEqual({ does: "zoom", by: 1 });
    expect(commandOf(press("?", { shiftKey: true }))).toEqual({ does: "help" });
    expect(commandOf(press("k", { metaKey: true }))).toEqual({ does: "palette" });
    expect(chordOf(press("ArrowRight", { shiftKey: true }))).toBe("Shift+ArrowRight");
  });

  it("takes signs of the third level: AltGr, as Linux and as Windows report it, and Option", () => {
    const graph = { getModifierState: (name: string) => name === "AltGraph" };
    expect(commandOf(press("[", { code: "Digit8", ...graph }))).toEqual({ does: "loop-in" });
    expect(commandOf(press("]", { code: "Digit9", ctrlKey: true, altKey: true }))).toEqual({ does: "loop-out" });
    expect(commandOf(press("{", { code: "Digit8", altKey: true }))).toEqual({ does: "train", by: -1 });
    expect(commandOf(press("@", { code: "KeyQ", ...graph }))).toBeNull();
  });

  it("goes by the place of the key where its letter is none of the table's", () => {
    expect(commandOf(press("ц", { code: "KeyW" }))).toEqual({ does: "zoom", by: 1 });
    expect(commandOf(press("Ψ", { code: "KeyC", shiftKey: true }))).toBeNull();
    expect(commandOf(press("А", { code: "KeyF", shiftKey: true }))).toEqual({ does: "fit" });
    expect(commandOf(press("л", { code: "KeyK", ctrlKey: true }))).toEqual({ does: "palette" });
    expect(commandOf(press("&", { code: "Digit1" }))).toEqual({ does: "isolate", place: 0 });
    expect(commandOf(press("!", { code: "Digit1", shiftKey: true }))).toBeNull();
    expect(commandOf(press("ю", { code: "Period" }))).toEqual({ does: "event", direction: 1 });
    expect(commandOf(press("z", { code: "KeyW" })), "a Latin letter means itself").toBeNull();
    expect(commandOf(press("с", { code: "KeyC", ctrlKey: true })), "copying is the browser's").toBeNull();
  });

  it("leaves the browser its own keys", () => {
    for (const key of [
      press("c", { ctrlKey: true }),
      press("r", { metaKey: true }),
      press("F5"),
      press("Tab"),
      press("1", { altKey: true }),
    ]) {
      expect(commandOf(key)).toBeNull();
    }
  });

  it("writes keys as people read them", () => {
    expect(chordWords("Shift+ArrowRight")).toBe("Shift →");
    expect(chordWords("Mod+k")).toBe("Ctrl K");
    expect(chordWords("Mod+k", true)).toBe("⌘ K");
    expect(chordWords("Escape")).toBe("Esc");
  });
});
