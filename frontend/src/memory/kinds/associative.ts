/**
 * A memory that associates keys with values, a matrix per head (DeltaNet and its kin; Yang et al. 2024, arXiv 2406.06484):
 *
 *     S_t = (I − k (b⊙k)ᵀ) Diag(α) S_{t-1} + k (w⊙v)ᵀ        r = S_tᵀ q
 *
 * Keys may have any length: k times c and w divided by c write the same, so wherever a length matters it is ‖k‖ w that counts. With
 * b = 0 nothing is overwritten and only α forgets (Mamba-2, mLSTM).
 */
import { fail } from "../../wire/json";
import type { BankSpec } from "../../wire/manifest";
import { Replay, type Law } from "../replay";
import { AssociativeWalk, joinedTurning, leftTurning } from "./associative_walk";
import type { BankLog, Blocks, Held, Kind, Memory, Reader, Shares, SlotLife } from "./base";
import { fill, Filling } from "./filling";
import { ACTED, checkReadHead, checkSlot, copied, dot, hasState, initialOf, lifeOf, ofHead, stateOf } from "./reading";
import { heldTurning, type Turn } from "./turning";

/** What one head finds with a query [key]: vector [width] = S_tᵀ query. */
interface Sought {
  readonly head: number;
  readonly query: ArrayLike<number>;
  readonly vector: ArrayLike<number>;
}

export class AssociativeMemory implements Memory {
  readonly addressed = false;
  readonly evenWrites = false;
  private readonly queries: Reader;
  private readonly keys: Reader;
  private readonly retention: Reader;
  private readonly erase: Reader;
  private readonly gate: Reader;
  private readonly values: Reader;
  private readonly found: Reader;
  private readonly state: Replay;
  readonly held: Held;
  readonly blocks: Blocks;
  private readonly touched: Filling;
  /** Rows of the key axis. */
  private readonly size: number;

  constructor(
    private readonly log: BankLog,
    readonly bank: BankSpec,
  ) {
    const { name, readHeads } = bank;
    this.size = bank.slots ?? 0;
    this.queries = log.need(name, "queries");
    this.keys = log.need(name, "keys");
    this.retention = log.need(name, "retention");
    this.erase = log.need(name, "erase");
    this.gate = log.need(name, "write_gate");
    this.values = log.need(name, "write_vectors");
    this.found = log.need(name, "read_vectors");
    this.state = new Replay(log, this.law());
    const turns = Array.from({ length: readHeads }, (_, head) => this.turn(head));
    this.held = heldTurning(["faded", "overwritten"], () => turns);
    this.blocks = {
      state: "memory",
      left: (first, last) => leftTurning(turns, first, last),
      joined: (earlier, later) => joinedTurning(earlier, later, this.size),
      walk: (head, t) => this.walks([this.soughtBy(head, t)])[0] ?? null,
    };
    this.touched = new Filling(readHeads * this.size, (t, used) => this.touch(t, used));
  }

  slots(): number {
    return this.size;
  }

  has(t: number): boolean {
    return hasState(this.log, t);
  }

  acted(): typeof ACTED {
    return ACTED;
  }

  /** S_t [head · key · width]. */
  content(t: number, out?: Float32Array): Float32Array {
    return copied(this.state.at(t), out);
  }

  /** What is read: the content has a matrix per head, and most of it is not looked at. */
  signature(t: number): ArrayLike<number> {
    return this.found.at(t);
  }

  /** Size of the key on each row, of a key of length 1 [key]. */
  writeRow(head: number, t: number): Float32Array {
    return direction(ofHead(this.bank, this.keys.at(t), head, this.size));
  }

  /** Size of the query on each row, of a query of length 1 [key]. */
  readRow(head: number, t: number): Float32Array {
    return direction(ofHead(this.bank, this.queries.at(t), head, this.size));
  }

  reads(t: number): Float32Array {
    return this.found.at(t);
  }

  readShares(head: number, t: number): Shares {
    return this.shares([this.soughtBy(head, t)], t);
  }

  private soughtBy(head: number, t: number): Sought {
    checkReadHead(this.bank, head);
    const query = ofHead(this.bank, this.queries.at(t), head, this.size);
    return { head, query, vector: ofHead(this.bank, this.found.at(t), head, this.bank.width) };
  }

  /** Of a row of the key axis, over all heads. */
  slotShares(slot: number, t: number): Shares {
    checkSlot(this.bank, slot, this.size);
    const { readHeads, width } = this.bank;
    const query = new Float32Array(this.size);
    query[slot] = 1;
    const state = this.state.at(t).slice();
    const rows = Array.from({ length: readHeads }, (_, head): Sought => {
      const row = (head * this.size + slot) * width;
      return { head, query, vector: state.subarray(row, row + width) };
    });
    return this.shares(rows, t);
  }

  /**
   * Written, read: the largest size of any head's key and query here, of vectors of length 1. Erased: 1 − the least part α (1 − b k²) of
   * the row's own content that any head keeps, at most 1.
   */
  life(slot: number, until: number): SlotLife {
    const { readHeads } = this.bank;
    const life = lifeOf(until);
    for (let t = 0; t < until; t++) {
      if (!this.log.hasStep(t)) continue;
      const [k, a, b] = [this.keys.at(t), this.retention.at(t), this.erase.at(t)];
      for (let h = 0; h < readHeads; h++) {
        const at = h * this.size + slot;
        life.write[t] = Math.max(life.write[t]!, this.writeRow(h, t)[slot]!);
        life.read[t] = Math.max(life.read[t]!, this.readRow(h, t)[slot]!);
        life.erase[t] = Math.min(1, Math.max(life.erase[t]!, 1 - a[at]! * (1 - b[at]! * k[at]! ** 2)));
      }
    }
    return life;
  }

  /** Mean over the rows of every head of a usage that fades and fills: u ← α u, then u ← u + strength · k̂² (1 − u), k̂ = k / ‖k‖. */
  occupancy(t: number): number {
    return this.touched.at(t);
  }

  /** How much of its value a head stores under its key: mean_j min(1, ‖k‖ |w_j|), 0 … 1. */
  private strength(head: number, length: number, gates: Float32Array): number {
    const { width } = this.bank;
    let sum = 0;
    for (let j = head * width; j < (head + 1) * width; j++) sum += Math.min(1, length * Math.abs(gates[j]!));
    return sum / width;
  }

  private touch(t: number, used: Float64Array): void {
    const { size } = this;
    const retained = this.retention.at(t);
    const gates = this.gate.at(t);
    const keys = this.keys.at(t);
    for (let h = 0; h < this.bank.readHeads; h++) {
      const from = h * size;
      let square = 0;
      for (let i = 0; i < size; i++) square += keys[from + i]! ** 2;
      const part = square > 0 ? this.strength(h, Math.sqrt(square), gates) / square : 0;
      for (let at = from; at < from + size; at++) {
        used[at]! *= retained[at]!;
        fill(used, at, part * keys[at]! ** 2);
      }
    }
  }

  /** Shares of the writes in the vectors sought, side by side. */
  private shares(sought: readonly Sought[], t: number): Shares {
    const out = new Float64Array(t + 2);
    for (const walk of this.walks(sought)) {
      walk.through(t, 0, out);
      out[0]! += walk.standing(initialOf(this.log, this.bank.name, "memory"));
    }
    return out;
  }

  /** A walk for each; none where nothing is found. */
  private walks(sought: readonly Sought[]): AssociativeWalk[] {
    const norm = sought.reduce((sum, { vector }) => sum + dot(vector, vector), 0);
    if (!Number.isFinite(1 / norm)) return [];
    const { size, keys, retention, erase, gate, values } = this;
    const recorded = { size, width: this.bank.width, keys, retention, erase, gate, values };
    return sought.map(({ head, query, vector }) => {
      const carrier = Float64Array.from({ length: size }, (_, i) => query[i]! / norm);
      return new AssociativeWalk(recorded, head, carrier, vector);
    });
  }

  private law(): Law {
    const { keys, retention, erase, gate, values, size } = this;
    const { name, width, readHeads } = this.bank;
    const found = new Float64Array(width);
    return {
      size: readHeads * size * width,
      start: (keyframe, state) => state.set(stateOf(keyframe, name, "memory")),
      advance(t, state) {
        const [k, a, b, w, v] = [keys.at(t), retention.at(t), erase.at(t), gate.at(t), values.at(t)];
        for (let h = 0; h < readHeads; h++) {
          found.fill(0);
          for (let i = 0; i < size; i++) {
            const row = (h * size + i) * width;
            const sought = b[h * size + i]! * k[h * size + i]!;
            for (let j = 0; j < width; j++) {
              state[row + j]! *= a[h * size + i]!;
              found[j]! += sought * state[row + j]!;
            }
          }
          for (let i = 0; i < size; i++) {
            const row = (h * size + i) * width;
            const key = k[h * size + i]!;
            if (key === 0) continue;
            for (let j = 0; j < width; j++) {
              state[row + j]! += key * (w[h * width + j]! * v[h * width + j]! - found[j]!);
            }
          }
        }
      },
    };
  }

  /**
   * A write is the key k_s, weighed by the square ‖w_s ⊙ v_s‖² of what was stored under it; a step takes every column x of a head's
   * memory to (I − k (b⊙k)ᵀ) Diag(α) x.
   */
  private turn(head: number): Turn {
    const { keys, retention, erase, gate, values, size } = this;
    const { width } = this.bank;
    const row = (reader: Reader, t: number): Float32Array => reader.at(t).subarray(head * size, (head + 1) * size);
    return {
      size,
      written(s, out) {
        out.set(row(keys, s));
        const [w, v] = [gate.at(s), values.at(s)];
        let weight = 0;
        for (let j = head * width; j < (head + 1) * width; j++) weight += (w[j]! * v[j]!) ** 2;
        return weight;
      },
      maps: [
        (k, x) => {
          const retained = row(retention, k);
          for (let i = 0; i < size; i++) x[i]! *= retained[i]!;
        },
        (k, x) => {
          const [key, b] = [row(keys, k), row(erase, k)];
          let found = 0;
          for (let i = 0; i < size; i++) found += b[i]! * key[i]! * x[i]!;
          for (let i = 0; i < size; i++) x[i]! -= key[i]! * found;
        },
      ],
      compose(k, matrix) {
        const [key, retained, b] = [row(keys, k), row(retention, k), row(erase, k)];
        for (let at = 0; at < size * size; at += size) {
          let match = 0;
          for (let i = 0; i < size; i++) match += matrix[at + i]! * key[i]!;
          for (let i = 0; i < size; i++) matrix[at + i] = retained[i]! * (matrix[at + i]! - match * b[i]! * key[i]!);
        }
      },
    };
  }
}

/** Sizes of the components of a vector of length 1 along `values`; all 0 for a zero vector. */
function direction(values: Float32Array): Float32Array {
  const square = dot(values, values);
  const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
  return values.map((v) => Math.abs(v) * scale);
}

export const associative = {
  name: "associative",
  extras: [],
  layered: true,
  keyframed: true,
  local: true,
  filled: "mean usage of the key rows of an associative memory",

  check({ kind, slots, writeHeads, readHeads }, path) {
    if (!slots) fail(`${path}.slots`, `wanted the number of slots of a bank of kind ${kind}`, slots);
    if (writeHeads !== readHeads) {
      fail(path, "wanted as many write as read heads for an associative memory", `${writeHeads}, ${readHeads}`);
    }
  },

  frame({ slots, width, readHeads }) {
    const [keyed, read] = [
      [readHeads, slots ?? 0],
      [readHeads, width],
    ];
    const keys = { queries: keyed, keys: keyed, retention: keyed, erase: keyed };
    return { ...keys, write_vectors: read, write_gate: read, read_vectors: read };
  },

  keyframe: ({ slots, width, readHeads }) => ({ memory: [readHeads, slots ?? 0, width] }),
  open: (log: BankLog, bank: BankSpec) => new AssociativeMemory(log, bank),
} as const satisfies Kind;
