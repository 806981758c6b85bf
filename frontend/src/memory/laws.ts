/** How the state of each kind of bank starts and moves on: one equation each (docs/format.md). */
import { KEYFRAME_EVERY } from "../wire/manifest";
import type { BankSpec } from "../wire/manifest";
import { LedgerError } from "./errors";
import type { Keyframe, ModelLog } from "./model_log";
import type { Law } from "./replay";

/** `ψ_t = Π_h (1 − f_h w^{r,h}_{t−1})` into `out` [slot]. */
export function retentionInto(model: ModelLog, bank: BankSpec, t: number, out: Float64Array): void {
  const free = model.need(bank.name, "free_gates").at(t);
  const before = weightsBefore(model, bank, "read_weights", t);
  const slots = out.length;
  out.fill(1);
  for (let h = 0; h < free.length; h++) {
    const f = free[h]!;
    for (let i = 0; i < slots; i++) out[i]! *= 1 - f * before[h * slots + i]!;
  }
}

/** `M_t = M_{t-1} ⊙ ψ_t ⊙ Π_h(1 − w_h e_hᵀ) + Σ_h w_h v_hᵀ`; ψ only where the bank wipes freed slots. */
export function memoryLaw(model: ModelLog, bank: BankSpec): Law {
  const { name, width, writeHeads, deallocation } = bank;
  const slots = bank.slots ?? 0;
  const weights = model.need(name, "write_weights");
  const erases = model.need(name, "erase");
  const vectors = model.need(name, "write_vectors");
  const retention = deallocation ? new Float64Array(slots) : null;
  return {
    size: slots * width,
    start: (keyframe, state) => state.set(stateOf(keyframe, name, "memory")),
    advance(t, memory) {
      const w = weights.at(t);
      const e = erases.at(t);
      const v = vectors.at(t);
      if (retention) retentionInto(model, bank, t, retention);
      for (let i = 0, row = 0; i < slots; i++, row += width) {
        const kept = retention ? retention[i]! : 1;
        if (kept !== 1) for (let j = 0; j < width; j++) memory[row + j]! *= kept;
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
export function usageLaw(model: ModelLog, bank: BankSpec): Law {
  const slots = bank.slots ?? 0;
  const retention = new Float64Array(slots);
  return {
    size: slots,
    start: (keyframe, state) => state.set(stateOf(keyframe, bank.name, "usage")),
    advance(t, usage) {
      retentionInto(model, bank, t, retention);
      const before = weightsBefore(model, bank, "write_weights", t);
      for (let i = 0; i < slots; i++) {
        let untouched = 1;
        for (let h = 0; h < bank.writeHeads; h++) untouched *= 1 - before[h * slots + i]!;
        const u = usage[i]!;
        usage[i] = (u + (1 - untouched) * (1 - u)) * retention[i]!;
      }
    },
  };
}

/** `L_t[i,j] = (1 − w_i − w_j) L_{t−1}[i,j] + w_i p_{t−1}[j]`, diagonal 0; then `p_t = (1 − Σw) p_{t−1} + w`. L, then p. */
export function linksLaw(model: ModelLog, bank: BankSpec): Law {
  const slots = bank.slots ?? 0;
  const weights = model.need(bank.name, "write_weights");
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

/** `c_t = f ⊙ c_{t−1} + i ⊙ g` (LSTM; g are the recorded write vectors). */
export function cellLaw(model: ModelLog, bank: BankSpec): Law {
  const forget = model.need(bank.name, "forget_gate");
  const input = model.need(bank.name, "input_gate");
  const candidates = model.need(bank.name, "write_vectors");
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

/** `S_t = (I − k (b⊙k)ᵀ) Diag(α) S_{t−1} + k (w⊙v)ᵀ` per head. */
export function associationLaw(model: ModelLog, bank: BankSpec): Law {
  const { name, width, readHeads } = bank;
  const size = bank.slots ?? 0;
  const names = ["keys", "retention", "erase", "write_gate", "write_vectors"];
  const readers = names.map((tensor) => model.need(name, tensor));
  const found = new Float64Array(width);
  return {
    size: readHeads * size * width,
    start: (keyframe, state) => state.set(stateOf(keyframe, name, "memory")),
    advance(t, state) {
      const [k, a, b, w, v] = readers.map((reader) => reader.at(t));
      for (let h = 0; h < readHeads; h++) {
        found.fill(0);
        for (let i = 0; i < size; i++) {
          const row = (h * size + i) * width;
          const sought = b![h * size + i]! * k![h * size + i]!;
          for (let j = 0; j < width; j++) {
            state[row + j]! *= a![h * size + i]!;
            found[j]! += sought * state[row + j]!;
          }
        }
        for (let i = 0; i < size; i++) {
          const row = (h * size + i) * width;
          const key = k![h * size + i]!;
          if (key === 0) continue;
          for (let j = 0; j < width; j++) {
            state[row + j]! += key * (w![h * width + j]! * v![h * width + j]! - found[j]!);
          }
        }
      }
    },
  };
}

/** Weights of the step before t: recorded by its frame, before a chunk's first step by the keyframe. */
function weightsBefore(model: ModelLog, bank: BankSpec, name: string, t: number): Float32Array {
  if (t % KEYFRAME_EVERY !== 0 || model.hasStep(t - 1)) return model.need(bank.name, name).at(t - 1);
  const recorded = model.keyframe(t / KEYFRAME_EVERY)?.f32(bank.name, name);
  if (recorded) return recorded;
  throw new LedgerError("not-held", `Model ${model.spec.id}: the ${name} before step ${t} are not held.`, `step ${t}`);
}

function stateOf(keyframe: Keyframe, bank: string, name: string): Float32Array {
  const found = keyframe.f32(bank, name);
  if (found) return found;
  throw new LedgerError("no-tensor", `The keyframe of bank ${bank} has no ${name}.`);
}
