/** Which keys pressed anywhere on the page are the stage's. */

import { commandOf, type Command } from "./commands";

/** Null: the key means nothing, or belongs to what has the focus. */
export function commandFor(event: KeyboardEvent): Command | null {
  const { target: at } = event;
  if (!(at instanceof HTMLElement) || at.closest("[role=dialog], [role=menu]")) return null;
  // Fields and lists have their own keys, all but the one that opens the palette from anywhere.
  if (at.closest("input, select, textarea") && !(event.ctrlKey || event.metaKey)) return null;
  // Space and Enter on a button press the button.
  if (at.closest("button, a") && (event.key === " " || event.key === "Enter")) return null;
  return commandOf(event);
}
