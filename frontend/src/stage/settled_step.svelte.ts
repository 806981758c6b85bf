/**
 * The playhead's step, slowly enough to read: text and numbers beside the stage follow every step up to a readable speed,
 * and some seven times a second when it plays faster. A step that is on its way for less than that is waited for: of a long run every
 * step that a drag comes to has to be fetched, and words that come and go with each are read by nobody.
 */

import { Frame } from "../ui/canvas";
import type { Session } from "../recording/session.svelte";

const EVERY = 140;
const READABLE_SPEED = 4; // steps per second

export class SettledStep {
  t = $state(0);
  answers = $state(0);
  /** That step is not there. */
  late = $state(false);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly frame = new Frame(() => this.settle());

  constructor(
    private readonly session: Session,
    /** Answers of the ledger so far. */
    private readonly heard: () => number,
    private readonly there: (t: number) => boolean = () => true,
  ) {
    this.t = session.cursor.t;
    this.late = !there(this.t);
  }

  /** Something has changed; reads what it depends on, so that an effect may call it. */
  follow(): void {
    void [this.session.cursor.t, this.heard(), this.session.grown];
    if (!this.session.playing || this.session.cursor.speed <= READABLE_SPEED) {
      this.frame.mark(); // once a frame, however many answers arrive
    } else this.timer ??= setTimeout(() => this.settle(true), EVERY);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.frame.stop();
  }

  /** `waited`: long enough for a step that is not there. */
  private settle(waited = false): void {
    const { t } = this.session.cursor;
    const late = !this.there(t);
    if (late && !waited && t !== this.t) {
      this.timer ??= setTimeout(() => this.settle(true), EVERY);
      return;
    }
    clearTimeout(this.timer);
    this.timer = undefined;
    this.t = t;
    this.late = late;
    this.answers = this.heard() + this.session.grown;
  }
}
