/**
 * A cell of units with gates (LSTM, GRU):
 *
 *     c_t = f ⊙ c_{t-1} + i ⊙ g        h = o ⊙ tanh(c_t), or c_t itself where the cell is direct (GRU)
 */
import type { BankSpec } from "../../wire/manifest";
import { Replay, type Law } from "../replay";
import type { BankLog, Blocks, Held, Kind, Reader, Shares, SlotLife } from "./base";
import { heldFading, PRUNE, type Fading } from "./fading";
import { blocksFading } from "./fading_blocks";
import { ACTED, allWithin, copied, dot, hasState, initialOf, lifeOf, stateOf } from "./reading";
import {
  checkUnits,
  unitCarrier,
  unitOccupancy,
  unitReadShares,
  unitSlotShares,
  type Carry,
  type UnitMemory,
} from "./units";

export class CellMemory implements UnitMemory {
  readonly addressed = false;
  readonly evenWrites = false;
  readonly direct: boolean;
  private readonly forget: Reader;
  private readonly input: Reader;
  private readonly candidates: Reader;
  /** Null where the cell itself is read. */
  private readonly output: Reader | null;
  private readonly hidden: Reader;
  private readonly state: Replay;
  readonly held: Held;
  readonly blocks: Blocks;

  constructor(
    private readonly log: BankLog,
    readonly bank: BankSpec,
  ) {
    const { name } = bank;
    this.direct = bank.direct;
    this.forget = log.need(name, "forget_gate");
    this.input = log.need(name, "input_gate");
    this.candidates = log.need(name, "write_vectors");
    this.output = bank.direct ? null : log.need(name, "output_gate");
    this.hidden = log.need(name, "read_vectors");
    this.state = new Replay(log, this.law());
    const fades = this.fades();
    this.held = heldFading(fades);
    this.blocks = blocksFading(
      fades,
      "cell",
      (head, t) => unitCarrier(bank, head, this.reads(t), this.gain(t)),
      (...steps) => this.back(...steps),
    );
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

  /** c_t [unit]. */
  content(t: number, out?: Float32Array): Float32Array {
    return copied(this.state.at(t), out);
  }

  signature(t: number): ArrayLike<number> {
    return this.state.at(t);
  }

  /** `i ⊙ g` [unit]. */
  written(t: number): Float32Array {
    const input = this.input.at(t);
    return this.candidates.at(t).map((g, u) => g * input[u]!);
  }

  /** Input gate [unit]. */
  writeRow(_head: number, t: number): Float32Array {
    return this.input.at(t);
  }

  /** Output gate [unit]; 1 where the cell itself is read. */
  readRow(_head: number, t: number): Float32Array {
    return this.output ? this.output.at(t) : new Float32Array(this.bank.width).fill(1);
  }

  /** h [unit]. */
  reads(t: number): Float32Array {
    return this.hidden.at(t);
  }

  readShares(head: number, t: number): Shares {
    return unitReadShares(this.bank, head, this.reads(t), this.gain(t), t, this.carry);
  }

  slotShares(slot: number, t: number): Shares {
    return unitSlotShares(this.bank, slot, this.state.at(t), t, this.carry);
  }

  /** Input gate, output gate (1 where the cell itself is read), 1 − forget gate. */
  life(slot: number, until: number): SlotLife {
    const life = lifeOf(until);
    for (let t = 0; t < until; t++) {
      if (!this.log.hasStep(t)) continue;
      life.write[t] = this.input.at(t)[slot]!;
      life.read[t] = this.output ? this.output.at(t)[slot]! : 1;
      life.erase[t] = 1 - this.forget.at(t)[slot]!;
    }
    return life;
  }

  /** Mean |tanh c|: how far the units are from their resting value; mean |c| where the cell itself is read. */
  occupancy(t: number): number {
    return unitOccupancy(this.content(t), this.direct ? undefined : Math.tanh);
  }

  /** What lets a cell out: the secant `κ = o ⊙ tanh(c) / c` (→ o at c = 0); null where the cell itself is read. */
  private gain(t: number): Float64Array | null {
    if (!this.output) return null;
    const output = this.output.at(t);
    return this.state.at(t).map((c, u) => output[u]! * (c === 0 ? 1 : Math.tanh(c) / c));
  }

  private readonly carry: Carry = (carrier, t) => {
    const out = new Float64Array(t + 2);
    if (this.back(carrier, t, 0, out)) out[0] = dot(carrier, initialOf(this.log, this.bank.name, "cell"));
    return out;
  };

  /** Share of s = u · (i_s ⊙ g_s), then u ← u ⊙ f_s. */
  private back(carrier: Float64Array, last: number, first: number, out: Shares): boolean {
    const { forget, input, candidates } = this;
    const units = carrier.length;
    for (let s = last; s >= first; s--) {
      const f = forget.at(s);
      const i = input.at(s);
      const g = candidates.at(s);
      let share = 0;
      for (let u = 0; u < units; u++) {
        share += carrier[u]! * i[u]! * g[u]!;
        carrier[u]! *= f[u]!;
      }
      out[s + 1] = share;
      if (s % 64 === 0 && allWithin(carrier, PRUNE)) return false;
    }
    return true;
  }

  private law(): Law {
    const { forget, input, candidates, bank } = this;
    return {
      size: bank.width,
      start: (keyframe, state) => state.set(stateOf(keyframe, bank.name, "cell")),
      advance(t, cell) {
        const f = forget.at(t);
        const i = input.at(t);
        const g = candidates.at(t);
        for (let u = 0; u < cell.length; u++) cell[u] = f[u]! * cell[u]! + i[u]! * g[u]!;
      },
    };
  }

  /** `A_s = i_s ⊙ g_s`, `decay_k = f_k`. */
  private fades(): Fading {
    const { forget, input, candidates, bank } = this;
    const squares = new Float64Array(bank.width);
    return {
      rows: bank.width,
      width: 1,
      squares(s) {
        const i = input.at(s);
        const g = candidates.at(s);
        for (let u = 0; u < squares.length; u++) squares[u] = (i[u]! * g[u]!) ** 2;
        return squares;
      },
      decays: [
        {
          mechanism: "faded",
          apply(k, values) {
            const f = forget.at(k);
            for (let u = 0; u < values.length; u++) values[u]! *= f[u]!;
          },
        },
      ],
    };
  }
}

export const cell = {
  name: "cell",
  extras: ["direct"],
  layered: false,
  keyframed: true,
  local: true,
  filled: "mean |tanh c| of a cell state (|c| where the cell itself is read)",
  check: checkUnits,

  frame({ width, direct }) {
    const units = [width];
    const gates = { forget_gate: units, input_gate: units, write_vectors: units, read_vectors: units };
    return direct ? gates : { ...gates, output_gate: units };
  },

  keyframe: ({ width }) => ({ cell: [width] }),
  open: (log: BankLog, bank: BankSpec) => new CellMemory(log, bank),
} as const satisfies Kind;
