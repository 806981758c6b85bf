/** How the first card plays: quickly to the question, slowly through its answer, and to rest where the answer is seen best. */

import { questionAt } from "../analysis/question";
import type { TaskEvent } from "../wire/manifest";

/** Steps per second before the answer, and through it. */
const FAST = 24;
const SLOW = 8;
/** Steps seen before what is stored. */
const LEAD = 10;

export class Showing {
  /** Where it is, in steps and parts of one. */
  at = 0;
  private stop: number;
  private readonly first: number;
  private readonly slow: number;

  constructor(
    events: readonly TaskEvent[],
    /** Steps there will be. */
    steps: number,
    /** The step that shows the answer best; null: not known. */
    poster: number | null = null,
  ) {
    const question = questionAt(events, 0);
    this.first = question ? Math.max(0, question.store[0] - LEAD) : 0;
    this.slow = question ? question.recall[0] : steps;
    // Two thirds into the answer there is something to see.
    this.stop = question
      ? Math.round(question.recall[0] + (2 / 3) * (question.recall[1] - question.recall[0]))
      : steps - 1;
    if (poster !== null) this.stop = poster;
    this.at = this.first;
  }

  /** The step shown. */
  get step(): number {
    return Math.floor(this.at);
  }

  /** Come to rest. */
  get over(): boolean {
    return this.at >= this.stop;
  }

  /** The best moment has become known, which moves the end unless that is past. */
  restAt(poster: number): void {
    if (!this.over || poster > this.stop) this.stop = Math.max(poster, this.step);
  }

  /** `seconds` later; no further than the steps held. */
  advance(seconds: number, held: number): void {
    const rate = this.at >= this.slow ? SLOW : FAST;
    this.at = Math.max(this.at, Math.min(this.at + seconds * rate, this.stop, held - 1));
  }

  again(): void {
    this.at = this.first;
  }

  /** The end at once, for who wants no motion. */
  finish(): void {
    this.at = this.stop;
  }
}
