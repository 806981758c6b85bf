/** How the states of a matrix bank start and move on: one equation each (docs/format.md). */
import { KEYFRAME_EVERY } from "../../wire/manifest";
import type { BankSpec } from "../../wire/manifest";
import { LedgerError } from "../errors";
import type { Law } from "../replay";
import type { BankLog, Reader } from "./base";
import { stateOf } from "./reading";

/** Retention ψ_t [slot]: how much of each slot the free gates of step t do not release. */
export interface Retention {
  readonly values: Float64Array;
  /** Makes `values` those of step t. */
  at(t: number): void;
}

/** `ψ_t = Π_h (1 − f_h w^{r,h}_{t−1})`. */
export function retentionOf(log: BankLog, bank: BankSpec): Retention {
  const slots = bank.slots ?? 0;
  const free = log.need(bank.name, "free_gates");
  const reads = log.need(bank.name, "read_weights");
  const values = new Float64Array(slots);
  return {
    values,
    at(t) {
      const f = free.at(t);
      const before = weightsBefore(log, bank, reads, "read_weights", t);
      values.fill(1);
      for (let h = 0; h < f.length; h++) {
        const gate = f[h]!;
        for (let i = 0; i < slots; i++) values[i]! *= 1 - gate * before[h * slots + i]!;
      }
    },
  };
}

/** `M_t = M_{t-1} ⊙ ψ_t ⊙ Π_h(1 − w_h e_hᵀ) + Σ_h w_h v_hᵀ`; ψ only where the bank wipes freed slots. */
export function contentLaw(log: BankLog, bank: BankSpec, retention: Retention | null): Law {
  const { name, width, writeHeads } = bank;
  const slots = bank.slots ?? 0;
  const weights = log.need(name, "write_weights");
  const erases = log.need(name, "erase");
  const vectors = log.need(name, "write_vectors");
  const psi = retention && retention.values; // by itself: a property read in the loop costs a third of the step
  return {
    size: slots * width,
    start: (keyframe, state) => state.set(stateOf(keyframe, name, "memory")),
    advance(t, memory) {
      const w = weights.at(t);
      const e = erases.at(t);
      const v = vectors.at(t);
      if (retention) retention.at(t);
      for (let i = 0, row = 0; i < slots; i++, row += width) {
        const retained = psi ? psi[i]! : 1;
        if (retained !== 1) for (let j = 0; j < width; j++) memory[row + j]! *= retained;
        for (let h = 0; h < writeHeads; h++) {
          const wi = w[h * slots + i]!;
          if (wi !== 0) for (let j = 0; j < width; j++) memory[row + j]! *= 1 - wi * e[h * width + j]!;
        }
        for (let h = 0; h < writeHeads; h++) {
          const wi = w[h * slots + i]!;
          if (wi !== 0) for (let j = 0; j < width; j++) memory[row + j]! += wi * v[h * width + j]!;
        }
      }
    },
  };
}

/** `u_t = (u_{t−1} + w_{t−1} − u_{t−1} ⊙ w_{t−1}) ⊙ ψ_t`; several write heads use a slot like one that did it all. */
export function usageLaw(log: BankLog, bank: BankSpec, retention: Retention): Law {
  const slots = bank.slots ?? 0;
  const writes = log.need(bank.name, "write_weights");
  const psi = retention.values;
  return {
    size: slots,
    start: (keyframe, state) => state.set(stateOf(keyframe, bank.name, "usage")),
    advance(t, usage) {
      retention.at(t);
      const before = weightsBefore(log, bank, writes, "write_weights", t);
      for (let i = 0; i < slots; i++) {
        let untouched = 1;
        for (let h = 0; h < bank.writeHeads; h++) untouched *= 1 - before[h * slots + i]!;
        const u = usage[i]!;
        usage[i] = (u + (1 - untouched) * (1 - u)) * psi[i]!;
      }
    },
  };
}

/** `L_t[i,j] = (1 − w_i − w_j) L_{t−1}[i,j] + w_i p_{t−1}[j]`, diagonal 0; then `p_t = (1 − Σw) p_{t−1} + w`. L, then p. */
export function linksLaw(log: BankLog, bank: BankSpec): Law {
  const slots = bank.slots ?? 0;
  const weights = log.need(bank.name, "write_weights");
  return {
    size: slots * slots + slots,
    start(keyframe, state) {
      state.set(stateOf(keyframe, bank.name, "links"));
      state.set(stateOf(keyframe, bank.name, "precedence"), slots * slots);
    },
    advance(t, state) {
      const w = weights.at(t);
      const precedence = state.subarray(slots * slots);
      let sum = 0;
      for (let i = 0, row = 0; i < slots; i++, row += slots) {
        const wi = w[i]!;
        sum += wi;
        for (let j = 0; j < slots; j++) {
          state[row + j] = (1 - wi - w[j]!) * state[row + j]! + wi * precedence[j]!;
        }
        state[row + i] = 0;
      }
      for (let i = 0; i < slots; i++) precedence[i] = (1 - sum) * precedence[i]! + w[i]!;
    },
  };
}

/** Weights of the step before t: recorded by its frame, before a chunk's first step by the keyframe. */
function weightsBefore(log: BankLog, bank: BankSpec, reader: Reader, name: string, t: number): Float32Array {
  if (t % KEYFRAME_EVERY !== 0 || log.hasStep(t - 1)) return reader.at(t - 1);
  const recorded = log.keyframe(t / KEYFRAME_EVERY)?.f32(bank.name, name);
  if (recorded) return recorded;
  throw new LedgerError("not-held", `Model ${log.spec.id}: the ${name} before step ${t} are not held.`, `step ${t}`);
}
