/** Blocks of steps of a memory that fades element by element: what they leave is the product of the decays, number by number. */

import type { Blocks, Shares, Walk } from "./base";
import { leftOf, PRUNE, type Fading } from "./fading";
import { dot } from "./reading";

/** Back through steps last … first as `Walk.through` says, with this carrier. */
export type Back = (carrier: Float64Array, last: number, first: number, out: Shares) => boolean;

export class FadingWalk implements Walk {
  constructor(
    private readonly carrier: Float64Array,
    private readonly back: Back,
  ) {}

  through(last: number, first: number, out: Shares): boolean {
    return this.back(this.carrier, last, first, out);
  }

  over(left: Float32Array): boolean {
    const { carrier } = this;
    let most = 0;
    for (let at = 0; at < carrier.length; at++) {
      const value = (carrier[at]! *= left[at]!);
      if (value > most) most = value;
      else if (-value > most) most = -value;
    }
    return most >= PRUNE;
  }

  standing(state: Float32Array): number {
    return dot(this.carrier, state);
  }

  copy(): FadingWalk {
    return new FadingWalk(this.carrier.slice(), this.back);
  }
}

export function blocksFading(
  fading: Fading,
  state: string,
  start: (head: number, t: number) => Float64Array | null,
  back: Back,
): Blocks {
  return {
    state,
    left: (first, last) => leftOf(fading, first, last),
    joined: (earlier, later) => Float32Array.from(earlier, (left, at) => left * later[at]!),
    walk(head, t) {
      const carrier = start(head, t);
      return carrier && new FadingWalk(carrier, back);
    },
  };
}
