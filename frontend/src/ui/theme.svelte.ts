/** Light or dark: the system's choice until the user makes one. Painters read `version` to know when to read tokens again. */

import { readInks, type Inks } from "../draw/ink/tokens";

const KEY = "mnemoscope.theme";

class Theme {
  name = $state<"dark" | "light">("dark");
  /** Counts changes. */
  version = $state(0);

  constructor() {
    const system = matchMedia("(prefers-color-scheme: light)");
    this.apply(this.stored() ?? (system.matches ? "light" : "dark"));
    system.addEventListener("change", (event) => {
      if (!this.stored()) this.apply(event.matches ? "light" : "dark");
    });
  }

  toggle(): void {
    this.apply(this.name === "dark" ? "light" : "dark");
    try {
      localStorage.setItem(KEY, this.name);
    } catch {
      // A page opened from disk or in private mode may have no storage: the choice then lasts as long as the page.
    }
  }

  private stored(): "dark" | "light" | null {
    try {
      const name = localStorage.getItem(KEY);
      return name === "dark" || name === "light" ? name : null;
    } catch {
      return null; // no storage, see toggle()
    }
  }

  private apply(name: "dark" | "light"): void {
    document.documentElement.dataset["theme"] = name;
    this.name = name;
    this.version++;
  }
}

export const theme = new Theme();

let known: { version: number; inks: Inks } | null = null;

/** Inks of the theme in force, made once per theme; reading them in an effect follows the theme. */
export function currentInks(): Inks {
  const { version } = theme;
  if (known?.version !== version) known = { version, inks: readInks(document.documentElement) };
  return known.inks;
}

/** Asked for at every use: the user may change it while the page is open. */
export function reducedMotion(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
