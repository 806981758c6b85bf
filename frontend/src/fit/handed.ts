/** A signal that another page hands to this one: taken once. */

import type { FitSignal } from "./link";

class Handed {
  private signal: FitSignal | null = null;

  give(signal: FitSignal): void {
    this.signal = signal;
  }

  take(): FitSignal | null {
    const { signal } = this;
    this.signal = null;
    return signal;
  }
}

export const handed = new Handed();
