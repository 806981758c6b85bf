/** The stage's keys as commands: one table, read by the handler and tested without a page. */

export type Command =
  | { does: "toggle" }
  | { does: "step"; by: number }
  | { does: "event"; direction: 1 | -1 }
  | { does: "first" }
  | { does: "last" }
  | { does: "walk"; by: 1 | -1 }
  | { does: "pin" }
  | { does: "free" }
  | { does: "isolate"; lane: number }
  | { does: "rows" }
  | { does: "loop-in" }
  | { does: "loop-out" }
  | { does: "copy" }
  | { does: "theme" }
  | { does: "help" };

export interface Key {
  key: string;
  shiftKey: boolean;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
}

/** Null: not ours, the browser may have it. */
export function commandOf({ key, shiftKey, altKey, ctrlKey, metaKey }: Key): Command | null {
  if (ctrlKey || metaKey) return null;
  switch (key) {
    case " ":
      return { does: "toggle" };
    case "ArrowRight":
    case "ArrowLeft": {
      const direction = key === "ArrowRight" ? 1 : -1;
      return altKey ? { does: "event", direction } : { does: "step", by: direction * (shiftKey ? 10 : 1) };
    }
    case ",":
      return { does: "event", direction: -1 };
    case ".":
      return { does: "event", direction: 1 };
    case "Home":
      return { does: "first" };
    case "End":
      return { does: "last" };
    case "ArrowUp":
      return { does: "walk", by: -1 };
    case "ArrowDown":
      return { does: "walk", by: 1 };
    case "Enter":
      return { does: "pin" };
    case "Escape":
      return { does: "free" };
    case "[":
      return { does: "loop-in" };
    case "]":
      return { does: "loop-out" };
    case "?":
      return { does: "help" };
  }
  if (/^[1-9]$/.test(key)) return { does: "isolate", lane: Number(key) - 1 };
  switch (key.toLowerCase()) {
    case "l":
      return { does: "rows" };
    case "c":
      return { does: "copy" };
    case "t":
      return { does: "theme" };
  }
  return null;
}
