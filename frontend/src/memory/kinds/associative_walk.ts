/**
 * A read of an associative memory carried back. Per head from u = query: the contribution of s is `(u·k_s)(w_s ⊙ v_s)`, then
 * `u ← α_s ⊙ (u − (b_s ⊙ k_s)(k_s·u))`; what is left reads the memory as it was. A step turns u, so what a block leaves is a matrix
 * [key, key] a head.
 */

import type { Reader, Shares, Walk } from "./base";
import type { Turn } from "./turning";

/** What a step records, of all heads. */
export interface Recorded {
  readonly keys: Reader;
  readonly retention: Reader;
  readonly erase: Reader;
  readonly gate: Reader;
  readonly values: Reader;
  /** Rows of the key axis. */
  readonly size: number;
  readonly width: number;
}

export class AssociativeWalk implements Walk {
  /** `carrier` [key]: the query, less what has been gone back over, by the square of the length of `vector`, what it finds [width]. */
  constructor(
    private readonly log: Recorded,
    private readonly head: number,
    private readonly carrier: Float64Array,
    private readonly vector: ArrayLike<number>,
  ) {}

  /** Adds to `out`, since several heads may be sought side by side. */
  through(last: number, first: number, out: Shares): boolean {
    const { log, carrier, vector, head } = this;
    const { size, width, keys, retention, erase, gate, values } = log;
    const from = head * size;
    for (let s = last; s >= first; s--) {
      const [k, a, b, w, v] = [keys.at(s), retention.at(s), erase.at(s), gate.at(s), values.at(s)];
      let match = 0;
      for (let i = 0; i < size; i++) match += carrier[i]! * k[from + i]!;
      let along = 0;
      for (let j = 0, at = head * width; j < width; j++, at++) along += w[at]! * v[at]! * vector[j]!;
      out[s + 1]! += match * along;
      for (let i = 0, at = from; i < size; i++, at++) {
        carrier[i] = a[at]! * (carrier[i]! - b[at]! * k[at]! * match);
      }
    }
    return true; // what is turned away may be turned back
  }

  over(left: Float32Array): boolean {
    const { carrier, head } = this;
    const { size } = this.log;
    const before = carrier.slice();
    carrier.fill(0);
    for (let i = 0, at = head * size * size; i < size; i++) {
      for (let j = 0; j < size; j++, at++) carrier[j]! += before[i]! * left[at]!;
    }
    return true;
  }

  standing(state: Float32Array): number {
    const { carrier, vector, head } = this;
    const { size, width } = this.log;
    let sum = 0;
    for (let i = 0; i < size; i++) {
      const row = (head * size + i) * width;
      for (let j = 0; j < width; j++) sum += carrier[i]! * state[row + j]! * vector[j]!;
    }
    return sum;
  }

  copy(): AssociativeWalk {
    return new AssociativeWalk(this.log, this.head, this.carrier.slice(), this.vector);
  }
}

/** What steps first … last leave [head, key, key]: u → u · it. */
export function leftTurning(turns: readonly Turn[], first: number, last: number): Float32Array<ArrayBuffer> {
  const { size } = turns[0]!;
  const left = new Float32Array(turns.length * size * size);
  turns.forEach((turn, head) => {
    const product = new Float64Array(size * size);
    for (let i = 0; i < size; i++) product[i * size + i] = 1;
    for (let s = last; s >= first; s--) turn.compose(s, product);
    left.set(product, head * size * size);
  });
  return left;
}

/** Of two blocks, one right after the other: back over the later one first. */
export function joinedTurning(earlier: Float32Array, later: Float32Array, size: number): Float32Array<ArrayBuffer> {
  const left = new Float32Array(later.length);
  for (let head = 0; head < later.length; head += size * size) {
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        let sum = 0;
        for (let k = 0; k < size; k++) sum += later[head + i * size + k]! * earlier[head + k * size + j]!;
        left[head + i * size + j] = sum;
      }
    }
  }
  return left;
}
