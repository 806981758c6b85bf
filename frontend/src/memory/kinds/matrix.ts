/**
 * A matrix of slots that heads address by weights (NTM, DNC; Graves 2014 §3, Graves 2016 Methods):
 *
 *     M_t = M_{t-1} ⊙ ψ_t ⊙ Π_h(1 − w_h e_hᵀ) + Σ_h w_h v_hᵀ        r = M_tᵀ w^r
 */
import { fail } from "../../wire/json";
import type { BankSpec } from "../../wire/manifest";
import { Replay } from "../replay";
import type { BankLog, Blocks, Held, Kind, Memory, Reader, Shapes, Shares, SlotLife } from "./base";
import { heldFading, type Decay, type Fading } from "./fading";
import { blocksFading } from "./fading_blocks";
import { fill, Filling } from "./filling";
import { contentLaw, linksLaw, retentionOf, usageLaw, type Retention } from "./matrix_laws";
import { matrixBack, matrixCarrier, matrixShares } from "./matrix_shares";
import { ACTED, checkReadHead, checkSlot, copied, hasState, lifeOf, ofHead, sumOf } from "./reading";
import { twinPart } from "./twins";

export class MatrixMemory implements Memory {
  readonly addressed = true;
  readonly evenWrites = false;
  readonly links?: (t: number) => Float32Array;
  /** ψ of banks that free slots. */
  private readonly retention: Retention | null;
  /** ψ where it enters the content too. */
  private readonly wiped: Retention | null;
  /** Made when they are asked for: a state that nobody looks at costs nothing. */
  private rebuilt: Replay | null = null;
  private usageReplay: Replay | null = null;
  private readonly touched: Filling;
  private readonly writes: Reader;
  private readonly erases: Reader;
  private readonly addresses: Reader;
  private readonly recorded: Reader | null;
  readonly held: Held;
  readonly blocks: Blocks;
  private readonly size: number;

  constructor(
    private readonly log: BankLog,
    readonly bank: BankSpec,
  ) {
    const { name } = bank;
    const slots = (this.size = bank.slots ?? 0);
    this.writes = log.need(name, "write_weights");
    this.erases = log.need(name, "erase");
    this.addresses = log.need(name, "read_weights");
    this.recorded = log.f32(name, "read_vectors");
    this.retention = bank.usage || bank.deallocation ? retentionOf(log, bank) : null;
    this.wiped = bank.deallocation ? this.retention : null;
    this.touched = this.filling();
    const fading = fadingOf(log, bank, this.wiped);
    this.held = heldFading(fading);
    const back = matrixBack(log, bank, this.wiped);
    const start = (head: number, t: number): Float64Array | null => {
      const read = this.readOf(head, t);
      return matrixCarrier(this.readRow(head, t), read);
    };
    this.blocks = blocksFading(fading, "memory", start, back);
    if (bank.links) {
      let replay: Replay | null = null;
      this.links = (t) => copied((replay ??= new Replay(log, linksLaw(log, bank))).at(t).subarray(0, slots * slots));
    }
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

  /** M_t [slot · width]. */
  content(t: number, out?: Float32Array): Float32Array {
    return copied(this.state(t), out);
  }

  signature(t: number): ArrayLike<number> {
    return this.state(t);
  }

  /** Usage u_t [slot] of a bank that keeps one (DNC), as a view that later calls overwrite; null where none is kept. */
  usage(t: number): Float64Array | null {
    if (!this.bank.usage) return null;
    this.usageReplay ??= new Replay(this.log, usageLaw(this.log, this.bank, this.retention!));
    return this.usageReplay.at(t);
  }

  /** M_t in float64: a view that later calls overwrite. */
  private state(t: number): Float64Array {
    this.rebuilt ??= new Replay(this.log, contentLaw(this.log, this.bank, this.wiped));
    return this.rebuilt.at(t);
  }

  writeRow(head: number, t: number): Float32Array {
    return ofHead(this.bank, this.writes.at(t), head, this.size);
  }

  readRow(head: number, t: number): Float32Array {
    return ofHead(this.bank, this.addresses.at(t), head, this.size);
  }

  /** As recorded, or `M_tᵀ w^r` of each head. */
  reads(t: number): Float32Array {
    if (this.recorded) return this.recorded.at(t);
    const { readHeads, width } = this.bank;
    const memory = this.state(t);
    const out = new Float32Array(readHeads * width);
    const sum = new Float64Array(width);
    for (let head = 0; head < readHeads; head++) {
      const weights = this.readRow(head, t);
      sum.fill(0);
      for (let i = 0; i < weights.length; i++) {
        const w = weights[i]!;
        if (w === 0) continue;
        for (let j = 0; j < width; j++) sum[j]! += w * memory[i * width + j]!;
      }
      out.set(sum, head * width);
    }
    return out;
  }

  readShares(head: number, t: number): Shares {
    const read = this.readOf(head, t);
    return matrixShares(this.log, this.bank, this.readRow(head, t), read, t, this.wiped);
  }

  private readOf(head: number, t: number): Float32Array {
    checkReadHead(this.bank, head);
    return ofHead(this.bank, this.reads(t), head, this.bank.width);
  }

  /** The same ledger with a one-hot read weighting. */
  slotShares(slot: number, t: number): Shares {
    checkSlot(this.bank, slot, this.size);
    const { width } = this.bank;
    const weights = new Float32Array(this.size);
    weights[slot] = 1;
    const content = this.state(t).slice(slot * width, (slot + 1) * width);
    return matrixShares(this.log, this.bank, weights, content, t, this.wiped);
  }

  /** Written, read: the largest weight of any head. Erased: 1 − mean_j Π_h (1 − w_h e_h[j]), free gates aside. */
  life(slot: number, until: number): SlotLife {
    const { width, writeHeads, readHeads } = this.bank;
    const slots = this.size;
    const life = lifeOf(until);
    for (let t = 0; t < until; t++) {
      if (!this.log.hasStep(t)) continue;
      const w = this.writes.at(t);
      const r = this.addresses.at(t);
      const e = this.erases.at(t);
      let written = 0;
      let read = 0;
      for (let h = 0; h < writeHeads; h++) written = Math.max(written, w[h * slots + slot]!);
      for (let h = 0; h < readHeads; h++) read = Math.max(read, r[h * slots + slot]!);
      let retained = 0;
      for (let j = 0; j < width; j++) {
        let factor = 1;
        for (let h = 0; h < writeHeads; h++) factor *= 1 - w[h * slots + slot]! * e[h * width + j]!;
        retained += factor;
      }
      life.write[t] = written;
      life.read[t] = read;
      life.erase[t] = 1 - retained / width;
    }
    return life;
  }

  /** Mean usage; of a bank that keeps none what the DNC's would be, with nothing ever freed. */
  occupancy(t: number): number {
    const usage = this.usage(t);
    return usage ? sumOf(usage) / usage.length : this.touched.at(t);
  }

  twins(alike: number): (t: number) => number {
    const written = this.filling();
    return (t) => twinPart(this.state(t), written.slots(t), this.size, this.bank.width, alike);
  }

  private filling(): Filling {
    const { size } = this;
    return new Filling(size, (t, used) => {
      const w = this.writes.at(t);
      for (let i = 0; i < size; i++) for (let h = 0; h < this.bank.writeHeads; h++) fill(used, i, w[h * size + i]!);
    });
  }
}

/** `A_s[i, j] = Σ_h w_{s,h}[i] v_{s,h}[j]`, `decay_k = ψ_k Π_h (1 − w_h e_hᵀ)`. */
function fadingOf(log: BankLog, bank: BankSpec, retention: Retention | null): Fading {
  const { name, width, writeHeads } = bank;
  const rows = bank.slots ?? 0;
  const weights = log.need(name, "write_weights");
  const erases = log.need(name, "erase");
  const vectors = log.need(name, "write_vectors");
  let squares: Float64Array<ArrayBuffer> | null = null;
  const erased: Decay = {
    mechanism: "overwritten",
    apply(k, values) {
      const w = weights.at(k);
      const e = erases.at(k);
      for (let i = 0; i < rows; i++) {
        const row = i * width;
        for (let h = 0; h < writeHeads; h++) {
          const wi = w[h * rows + i]!;
          if (wi !== 0) for (let j = 0; j < width; j++) values[row + j]! *= 1 - wi * e[h * width + j]!;
        }
      }
    },
  };
  return {
    rows,
    width,
    squares(s) {
      squares ??= new Float64Array(rows * width);
      const w = weights.at(s);
      const v = vectors.at(s);
      for (let i = 0, at = 0; i < rows; i++) {
        for (let j = 0; j < width; j++, at++) {
          let sum = 0;
          for (let h = 0; h < writeHeads; h++) sum += w[h * rows + i]! * v[h * width + j]!;
          squares[at] = sum * sum;
        }
      }
      return squares;
    },
    decays: retention ? [freed(retention, width), erased] : [erased],
  };
}

/** Freed slots are wiped before the step writes: `values ⊙= ψ_k`. */
function freed(retention: Retention, width: number): Decay {
  return {
    mechanism: "freed",
    apply(k, values) {
      retention.at(k);
      for (let i = 0, at = 0; i < retention.values.length; i++) {
        const psi = retention.values[i]!;
        for (let j = 0; j < width; j++, at++) values[at]! *= psi;
      }
    },
  };
}

export const matrix = {
  name: "matrix",
  extras: ["usage", "links", "deallocation"],
  layered: false,
  keyframed: true,
  local: true,
  filled: "mean usage of the slots",

  check(bank, path) {
    if (!bank.slots) fail(`${path}.slots`, `wanted the number of slots of a bank of kind ${bank.kind}`, bank.slots);
    if (bank.links && bank.writeHeads !== 1) {
      fail(`${path}.links`, "links are defined for one write head (Graves 2016, eq. 14)", bank.writeHeads);
    }
  },

  frame({ usage, deallocation, width, writeHeads, readHeads, slots }) {
    const rows = slots ?? 0;
    const shapes: Shapes = {
      write_weights: [writeHeads, rows],
      erase: [writeHeads, width],
      write_vectors: [writeHeads, width],
      read_weights: [readHeads, rows],
    };
    return usage || deallocation ? { ...shapes, free_gates: [readHeads] } : shapes;
  },

  keyframe({ usage, deallocation, links, width, writeHeads, readHeads, slots }) {
    const rows = slots ?? 0;
    return {
      memory: [rows, width],
      ...(usage && { usage: [rows], write_weights: [writeHeads, rows] }),
      ...((usage || deallocation) && { read_weights: [readHeads, rows] }),
      ...(links && { links: [rows, rows], precedence: [rows] }),
    };
  },

  open: (log: BankLog, bank: BankSpec) => new MatrixMemory(log, bank),
} as const satisfies Kind;
