/** What the stage draws of a row of shares: arcs to the moments read, ages of what is read, the main source. */

export interface Arc {
  /** The moment the arc points at: the step with the largest share among those merged. */
  readonly step: number;
  /** Sum of the merged shares; negative where the writes cancel. */
  readonly share: number;
  /** Share of `step` alone: the most that one step has. */
  readonly peak: number;
  /** First and last step merged; both add to the sum. */
  readonly from: number;
  readonly to: number;
}

/** Steps at the ends of an arc that have less than this, and less than a tenth of its peak, are no part of its range. */
const MIN_END = 0.005;

export interface Arcs {
  /** Largest first. */
  readonly arcs: readonly Arc[];
  /** Share of what was in the memory before step 0. */
  readonly initial: number;
  /** All writes without an arc of their own. arcs + initial + remainder = 1 (all 0 where nothing was read). */
  readonly remainder: number;
}

export interface ArcOptions {
  /** Neighbours up to this many steps from a peak are drawn as one arc with it. */
  readonly merge?: number;
  /** Most arcs of one model. */
  readonly max?: number;
  /** An arc below this share is left to the remainder. */
  readonly least?: number;
}

/**
 * The peaks of a row of shares as arcs. Each step belongs to at most one arc, and nothing is lost: whatever gets no arc
 * is in `initial` and `remainder`.
 */
export function provenanceArcs(shares: ArrayLike<number>, { merge = 3, max = 6, least = 0.01 }: ArcOptions = {}): Arcs {
  const steps = Math.max(0, shares.length - 1);
  const initial = shares[0] ?? 0;
  let total = initial;
  const candidates: number[] = [];
  // A peak below this cannot reach `least` with all its neighbours, so it need not be sorted.
  const floor = least / (2 * merge + 1);
  for (let s = 0; s < steps; s++) {
    const share = shares[s + 1]!;
    total += share;
    if (Math.abs(share) >= floor) candidates.push(s);
  }
  candidates.sort((a, b) => Math.abs(shares[b + 1]!) - Math.abs(shares[a + 1]!) || a - b);

  const taken = new Uint8Array(steps);
  const arcs: Arc[] = [];
  for (const step of candidates) {
    if (taken[step]) continue;
    let from = step;
    let to = step;
    while (from > 0 && step - from < merge && !taken[from - 1]) from--;
    while (to < steps - 1 && to - step < merge && !taken[to + 1]) to++;
    taken.fill(1, from, to + 1);
    const peak = shares[step + 1]!;
    const least = Math.min(MIN_END, Math.abs(peak) / 10);
    while (from < step && Math.abs(shares[from + 1]!) < least) from++;
    while (to > step && Math.abs(shares[to + 1]!) < least) to--;
    let share = 0;
    for (let s = from; s <= to; s++) share += shares[s + 1]!;
    arcs.push({ step, share, peak, from, to });
  }
  arcs.sort((a, b) => Math.abs(b.share) - Math.abs(a.share) || a.step - b.step);
  const shown = arcs.filter((arc) => Math.abs(arc.share) >= least).slice(0, max);
  const drawn = shown.reduce((sum, arc) => sum + arc.share, 0);
  return { arcs: shown, initial, remainder: total - initial - drawn };
}

/** Sum of the shares of the writes of steps from … to, as far as there are such steps. */
export function shareWithin(shares: ArrayLike<number>, from: number, to: number): number {
  let sum = 0;
  for (let s = Math.max(0, from); s <= Math.min(shares.length - 2, to); s++) sum += shares[s + 1]!;
  return sum;
}

/**
 * The step that a read is said to come from: of those that have `least` of it together with the steps beside them the one with the
 * largest share of its own, as in an arc; null where no step has.
 */
export function sourceStep(shares: ArrayLike<number>, least: number): number | null {
  let best: { step: number; share: number; within: number } | null = null;
  const steps = shares.length - 1;
  for (let step = 0; step < steps; step++) {
    const share = shares[step + 1]!;
    // Called for every row of a long run: nothing is called for the many steps that have nothing.
    const within = (step > 0 ? shares[step]! : 0) + share + (step + 1 < steps ? shares[step + 2]! : 0);
    if (within < least) continue;
    if (!best || share > best.share || (share === best.share && within > best.within)) best = { step, share, within };
  }
  return best && best.step;
}

/** Where most of what is read comes from; null where nothing was read or it all is the initial content. */
export function mainSource(shares: ArrayLike<number>): Arc | null {
  return provenanceArcs(shares, { max: 1, least: 1e-6 }).arcs[0] ?? null;
}
