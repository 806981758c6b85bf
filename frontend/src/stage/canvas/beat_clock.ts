/** Runs the four beats of a step: starts when now moves on by one slowly enough to watch, and knows how far it is. */

import { BEATS_UP_TO, beatsTime, type Beat } from "../../draw/lane/beats";
import type { Lane } from "../../draw/lane/lane";

export interface Motion {
  t: number;
  playing: boolean;
  /** Steps per second. */
  speed: number;
  /** Motion is not wanted. */
  still: boolean;
}

export class BeatClock {
  private at: number | null = null;
  private started = 0;
  private lasts = 0;
  private lanes = new Map<number, Beat>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Tells where now is; `shown` are the lanes whose cut is on the page. */
  follow({ t, playing, speed, still }: Motion, shown: readonly Lane[]): void {
    const before = this.at;
    if (before === t) return;
    this.at = t;
    this.lanes.clear();
    if (still || before === null || t !== before + 1 || (playing && speed > BEATS_UP_TO)) return;
    for (const lane of shown) {
      if (lane.has(before) && lane.has(t))
        this.lanes.set(lane.stream, { before: lane.picture(before), after: lane.picture(t) });
    }
    this.started = this.now();
    this.lasts = beatsTime(playing, speed);
  }

  /** The step in progress; null when nothing moves. */
  beats(): { part: number; lanes: ReadonlyMap<number, Beat> } | null {
    if (!this.lanes.size) return null;
    const part = (this.now() - this.started) / this.lasts;
    if (part >= 1) {
      this.lanes.clear();
      return null;
    }
    return { part: Math.max(0, part), lanes: this.lanes };
  }

  /** The picture has changed for another reason (another bank, a new size): show it as it is. */
  skip(): void {
    this.lanes.clear();
  }
}
