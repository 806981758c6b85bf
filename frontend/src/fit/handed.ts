/** A signal, and what it is to be fitted for, that another page hands to this one: taken once. */

import type { FitSignal } from "./link";

interface Held {
  readonly signal: FitSignal | null;
  readonly task: string;
}

class Handed {
  private held: Held | null = null;

  /** `signal` null: the task alone. */
  give(signal: FitSignal | null, task: string): void {
    this.held = { signal, task };
  }

  take(): Held | null {
    const { held } = this;
    this.held = null;
    return held;
  }
}

export const handed = new Handed();
