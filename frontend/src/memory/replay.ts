/**
 * Rebuilding a state at any step: the last keyframe plus the updates since, at most 64 of them.
 *
 * A few places are remembered per state, so that playing costs one update per step and the playhead, the pointer and a
 * pinned moment do not fight over one place. The state of a step is always its own chunk's keyframe plus updates,
 * whatever was asked before: the same question has the same answer to the last bit.
 */
import { KEYFRAME_EVERY } from "../wire/manifest";
import { LedgerError } from "./errors";
import type { BankLog, StateBefore } from "../memory/kinds/base";

/** How one kind of state starts and moves on. Numbers are float64 while they are carried. */
export interface Law {
  readonly size: number;
  /** Fill `state` with what held before the keyframe's step. */
  start(keyframe: StateBefore, state: Float64Array): void;
  /** Turn the state after step t − 1 into that after step t. */
  advance(t: number, state: Float64Array): void;
}

interface Place {
  /** Chunk whose keyframe this started from. */
  chunk: number;
  /** Last step applied; −1 before the place is used. */
  t: number;
  used: number;
  readonly state: Float64Array;
}

const PLACES = 4;

export class Replay {
  private readonly places: Place[] = [];
  private clock = 0;

  constructor(
    private readonly log: BankLog,
    private readonly law: Law,
  ) {}

  /** The state after step t: a view that later calls overwrite. Throws LedgerError where the log lacks it. */
  at(t: number): Float64Array {
    const chunk = this.origin(t);
    const nearest = this.nearest(chunk, t);
    let place: Place;
    if (nearest && t - nearest.t <= 1) {
      place = nearest; // playing: move on from where we are
    } else {
      place = this.oldest(nearest);
      if (nearest) {
        place.state.set(nearest.state);
        place.t = nearest.t;
      } else {
        const keyframe = this.log.keyframe(chunk);
        if (!keyframe) throw noState(this.log, t);
        this.law.start(keyframe, place.state);
        place.t = chunk * KEYFRAME_EVERY - 1;
      }
      place.chunk = chunk;
    }
    place.used = ++this.clock;
    while (place.t < t) {
      this.law.advance(place.t + 1, place.state);
      place.t++;
    }
    return place.state;
  }

  /** The chunk to start from: that of t, or, where its keyframe has not arrived, the latest one before with all steps. */
  private origin(t: number): number {
    if (!Number.isInteger(t) || t < 0) throw noState(this.log, t);
    const last = Math.floor(t / KEYFRAME_EVERY);
    for (let k = last; k >= 0; k--) {
      if (this.log.keyframe(k)) return k;
      if (!this.log.has(Math.max(0, (k - 1) * KEYFRAME_EVERY), k * KEYFRAME_EVERY)) break;
    }
    throw noState(this.log, t);
  }

  private nearest(chunk: number, t: number): Place | null {
    let best: Place | null = null;
    for (const place of this.places) {
      if (place.chunk === chunk && place.t <= t && (!best || place.t > best.t)) best = place;
    }
    return best;
  }

  /** A place to overwrite: a new one while there are few, else the one asked for longest ago; never `keep`. */
  private oldest(keep: Place | null): Place {
    if (this.places.length < PLACES) {
      const place = { chunk: -1, t: -1, used: 0, state: new Float64Array(this.law.size) };
      this.places.push(place);
      return place;
    }
    const others = this.places.filter((place) => place !== keep);
    const victim = others.reduce((a, b) => (b.used < a.used ? b : a));
    victim.chunk = -1; // if the law throws half-way, nobody finds this place
    return victim;
  }
}

function noState(log: BankLog, t: number): LedgerError {
  return new LedgerError(
    "not-held",
    `Model ${log.spec.id}: the state at step ${t} needs the keyframe before it and the steps since, which are not held.`,
    `step ${t}`,
    "Wait until they have been loaded.",
  );
}
