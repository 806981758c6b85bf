/**
 * A recurrent state without gates (Elman 1990). With the secant slope ρ = tanh(a) / a the step is linear:
 *
 *     h_t = tanh(a_t) = ρ_t ⊙ (W h_{t-1} + d_t)        d_t = U x_t + all biases
 */
import type { BankSpec } from "../../wire/manifest";
import type { BankLog, Kind, Reader, Shares, SlotLife } from "./base";
import { ACTED, dot, hasState, initialOf, lifeOf } from "./reading";
import { heldTurning, type Turn } from "./turning";
import { checkUnits, unitOccupancy, unitReadShares, unitSlotShares, type Carry, type UnitMemory } from "./units";

export class RecurrentMemory implements UnitMemory {
  readonly addressed = false;
  readonly evenWrites = false;
  readonly held = heldTurning(["faded"], () => this.turns());
  private readonly slopes: Reader;
  private readonly drives: Reader;
  private readonly hidden: Reader;

  constructor(
    private readonly log: BankLog,
    readonly bank: BankSpec,
  ) {
    this.slopes = log.need(bank.name, "slopes");
    this.drives = log.need(bank.name, "write_vectors");
    this.hidden = log.need(bank.name, "read_vectors");
  }

  slots(): number {
    return this.bank.width;
  }

  has(t: number): boolean {
    return hasState(this.log, t);
  }

  acted(): typeof ACTED {
    return ACTED;
  }

  /** h_t [unit] as it was read: rebuilding it over many steps would amplify rounding in a network that expands. */
  content(t: number, out?: Float32Array): Float32Array {
    if (!out) return this.hidden.at(t);
    out.set(this.hidden.at(t));
    return out;
  }

  signature(t: number): ArrayLike<number> {
    return this.hidden.at(t);
  }

  /** `ρ ⊙ d` [unit]. */
  written(t: number): Float32Array {
    const slopes = this.slopes.at(t);
    return this.drives.at(t).map((d, u) => d * slopes[u]!);
  }

  /** |ρ ⊙ d|, at most 1 [unit]. */
  writeRow(_head: number, t: number): Float32Array {
    return this.written(t).map((x) => Math.min(1, Math.abs(x)));
  }

  /** 1 [unit]: the state itself is read. */
  readRow(): Float32Array {
    return new Float32Array(this.bank.width).fill(1);
  }

  reads(t: number): Float32Array {
    return this.hidden.at(t);
  }

  readShares(head: number, t: number): Shares {
    return unitReadShares(this.bank, head, this.reads(t), null, t, this.carry);
  }

  slotShares(slot: number, t: number): Shares {
    return unitSlotShares(this.bank, slot, this.hidden.at(t), t, this.carry);
  }

  /** |ρ d|, at most 1; read as a whole; never erased by a gate. */
  life(slot: number, until: number): SlotLife {
    const life = lifeOf(until);
    for (let t = 0; t < until; t++) {
      life.write[t] = Math.min(1, Math.abs(this.slopes.at(t)[slot]! * this.drives.at(t)[slot]!));
      life.read[t] = 1;
    }
    return life;
  }

  /** Mean |h|. */
  occupancy(t: number): number {
    return unitOccupancy(this.hidden.at(t));
  }

  /** u ← u ⊙ ρ_s, share of s = u · d_s, then u ← Wᵀ u. */
  private readonly carry: Carry = (carrier, t) => {
    const { slopes, drives } = this;
    const { name } = this.bank;
    const weights = initialOf(this.log, name, "recurrent_weights");
    const units = carrier.length;
    const out = new Float64Array(t + 2);
    const before = new Float64Array(units);
    for (let s = t; s >= 0; s--) {
      const rho = slopes.at(s);
      const d = drives.at(s);
      let share = 0;
      before.fill(0);
      for (let u = 0, row = 0; u < units; u++, row += units) {
        const x = carrier[u]! * rho[u]!;
        share += x * d[u]!;
        if (x !== 0) for (let from = 0; from < units; from++) before[from]! += x * weights[row + from]!;
      }
      out[s + 1] = share;
      carrier.set(before);
    }
    out[0] = dot(carrier, initialOf(this.log, name, "hidden"));
    return out;
  };

  /** A write is ρ_s ⊙ d_s, weight 1; a step takes x to diag(ρ)(W x). */
  private turns(): readonly Turn[] {
    const { slopes, drives } = this;
    const { name, width: size } = this.bank;
    const weights = initialOf(this.log, name, "recurrent_weights");
    const scratch = new Float64Array(size);
    return [
      {
        size,
        written(s, out) {
          const rho = slopes.at(s);
          const d = drives.at(s);
          for (let u = 0; u < size; u++) out[u] = rho[u]! * d[u]!;
          return 1;
        },
        maps: [
          (k, x) => {
            const rho = slopes.at(k);
            for (let u = 0; u < size; u++) {
              let sum = 0;
              for (let from = 0; from < size; from++) sum += weights[u * size + from]! * x[from]!;
              scratch[u] = rho[u]! * sum;
            }
            x.set(scratch);
          },
        ],
        compose(k, matrix) {
          const rho = slopes.at(k);
          for (let row = 0; row < size * size; row += size) {
            scratch.fill(0);
            for (let u = 0; u < size; u++) {
              const x = matrix[row + u]! * rho[u]!;
              for (let from = 0; from < size; from++) scratch[from]! += x * weights[u * size + from]!;
            }
            matrix.set(scratch, row);
          }
        },
      },
    ];
  }
}

export const recurrent = {
  name: "recurrent",
  extras: [],
  layered: false,
  keyframed: true,
  local: false,
  filled: "mean |h| of a recurrent state",
  check: checkUnits,

  frame({ width }) {
    const units = [width];
    return { write_vectors: units, slopes: units, read_vectors: units };
  },

  keyframe: ({ width }) => ({ hidden: [width], recurrent_weights: [width, width] }),
  open: (log: BankLog, bank: BankSpec) => new RecurrentMemory(log, bank),
} as const satisfies Kind;
