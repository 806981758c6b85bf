/**
 * The playhead's step, slowly enough to read: text and numbers beside the stage follow every step up to a readable speed,
 * and some seven times a second when it plays faster.
 */

import { Frame } from "../ui/canvas";
import type { Session } from "../recording/session.svelte";

const EVERY = 140;
const READABLE_SPEED = 4; // steps per second

export class SettledStep {
  t = $state(0);
  answers = $state(0);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly frame = new Frame(() => this.settle());

  constructor(
    private readonly session: Session,
    /** Answers of the ledger so far. */
    private readonly heard: () => number,
  ) {
    this.t = session.cursor.t;
  }

  /** Something has changed; reads what it depends on, so that an effect may call it. */
  follow(): void {
    void [this.session.cursor.t, this.heard(), this.session.grown];
    if (!this.session.playing || this.session.cursor.speed <= READABLE_SPEED) {
      this.frame.mark(); // once a frame, however many answers arrive
    } else this.timer ??= setTimeout(() => this.settle(), EVERY);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.frame.stop();
  }

  private settle(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.t = this.session.cursor.t;
    this.answers = this.heard() + this.session.grown;
  }
}
