/** How fast a run really grows, from what has arrived in the last seconds. */

const WINDOW = 3000;

export class GrowthRate {
  private readonly seen: { at: number; steps: number }[] = [];

  /** `now` in ms. */
  constructor(private readonly now: () => number) {}

  /** Notes that `steps` are there, and returns the seconds until there are `planned`; null where nothing has moved. */
  eta(steps: number, planned: number): number | null {
    const at = this.now();
    const last = this.seen.at(-1);
    if (!last || steps > last.steps) this.seen.push({ at, steps });
    while (this.seen.length > 1 && at - this.seen[0]!.at > WINDOW) this.seen.shift();
    const first = this.seen[0]!;
    const seconds = (at - first.at) / 1000;
    if (steps >= planned) return 0;
    if (steps <= first.steps || seconds < 0.2) return null;
    return ((planned - steps) * seconds) / (steps - first.steps);
  }
}
