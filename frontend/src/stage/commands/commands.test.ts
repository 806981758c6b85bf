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

  it("leaves the browser its own keys", () => {
    for (const key of [press("c", { ctrlKey: true }), press("r", { metaKey: true }), press("F5"), press("Tab")]) {
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
