/**
 * Now, at a pace that can be read: words and numbers beside the stage follow every step when it is calm, and some seven
 * times a second when it plays faster than anyone reads.
 */

import { Frame } from "../ui/canvas";
import type { Session } from "../recording/session.svelte";

const EVERY = 140;
const CALM = 4; // steps per second

export class Calm {
  t = $state(0);
  answers = $state(0);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly soon = new Frame(() => this.settle());

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
    if (!this.session.playing || this.session.cursor.speed <= CALM) {
      this.soon.mark(); // once a frame, however many answers arrive
    } else this.timer ??= setTimeout(() => this.settle(), EVERY);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.soon.stop();
  }

  private settle(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.t = this.session.cursor.t;
    this.answers = this.heard() + this.session.grown;
  }
}
