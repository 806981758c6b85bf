/**
 * States of a bank, rebuilt from the log (docs/format.md, "What the reader derives"). All numbers that come out are
 * those after step t; matrices are row-major [slot, width].
 *
 *   M memory · w^w write weights · w^r read weights · e erase · v write vectors · f free gates · ψ retention
 *   u usage · L links · p precedence · c cell          (Graves 2014 §3, Graves 2016 Methods)
 *
 * `bank` null is the model's default bank: the first, for attention that of the last layer.
 */
import { KEYFRAME_EVERY } from "../wire/manifest";
import type { BankKind, BankSpec } from "../wire/manifest";
import { attentionRow } from "./attention";
import { LedgerError } from "./errors";
import type { Keyframe, ModelLog } from "./model_log";
import { Replay } from "./replay";
import type { Law } from "./replay";

export { attentionRow, attentionWeight } from "./attention";

/** Memory M_t [slot · width] of a matrix bank, after step t's write. */
export function memoryAt(model: ModelLog, bank: string | null, t: number, out?: Float32Array): Float32Array {
  return copy(memoryState(model, bank, t), out);
}

/** Usage u_t [slot] of a bank that keeps one (DNC). */
export function usageAt(model: ModelLog, bank: string | null, t: number, out?: Float32Array): Float32Array {
  const spec = need(model, bank, "matrix");
  if (!spec.usage) throw lacks(model, spec, "usage");
  return copy(replay(model, spec, "usage", usageLaw).at(t), out);
}

/** Links L_t [slot · slot] of a bank that keeps them (DNC): L[i, j] says how far slot i was written right after slot j. */
export function linksAt(model: ModelLog, bank: string | null, t: number, out?: Float32Array): Float32Array {
  const spec = need(model, bank, "matrix");
  if (!spec.links) throw lacks(model, spec, "links");
  const slots = spec.slots ?? 0;
  return copy(
    replay(model, spec, "links", linksLaw)
      .at(t)
      .subarray(0, slots * slots),
    out,
  );
}

/** Precedence p_t [slot] of a bank that keeps links: how far each slot was the last one written to. */
export function precedenceAt(model: ModelLog, bank: string | null, t: number, out?: Float32Array): Float32Array {
  const spec = need(model, bank, "matrix");
  if (!spec.links) throw lacks(model, spec, "links");
  const slots = spec.slots ?? 0;
  return copy(
    replay(model, spec, "links", linksLaw)
      .at(t)
      .subarray(slots * slots),
    out,
  );
}

/** Cell state c_t [unit]. */
export function cellAt(model: ModelLog, bank: string | null, t: number, out?: Float32Array): Float32Array {
  return copy(cellState(model, bank, t), out);
}

/** Retention ψ_t [slot]: how much of each slot the free gates do not release. */
export function retentionAt(model: ModelLog, bank: string | null, t: number): Float32Array {
  const spec = need(model, bank, "matrix");
  if (!spec.usage && !spec.deallocation) throw lacks(model, spec, "free gates");
  const out = new Float64Array(spec.slots ?? 0);
  retentionInto(model, spec, t, out);
  return Float32Array.from(out);
}

/** Where head `head` wrote at step t: [slot]; for a cell the input gate [unit]; for attention one-hot [t + 1]. */
export function writeRow(model: ModelLog, bank: string | null, head: number, t: number): Float32Array {
  const spec = model.bank(bank);
  if (spec.kind === "matrix") return headRow(model, spec, "write_weights", head, t);
  if (spec.kind === "cell") return model.need(spec.name, "input_gate").at(t);
  const row = new Float32Array(t + 1);
  row[t] = 1;
  return row;
}

/** Where head `head` read at step t: [slot]; for a cell the output gate [unit]; for attention the softmax row [t + 1]. */
export function readRow(model: ModelLog, bank: string | null, head: number, t: number): Float32Array {
  const spec = model.bank(bank);
  if (spec.kind === "matrix") return headRow(model, spec, "read_weights", head, t);
  if (spec.kind === "cell") return model.need(spec.name, "output_gate").at(t);
  return attentionRow(model, spec.name, head, t);
}

/**
 * What all read heads read at step t, side by side: [head · width], of a cell its hidden state [unit].
 * As recorded, or `M_tᵀ w^r` of each head where the log of a matrix implies it.
 */
export function readVectors(model: ModelLog, bank: string | null, t: number): Float32Array {
  const spec = model.bank(bank);
  const recorded = model.f32(spec.name, "read_vectors");
  if (recorded || spec.kind !== "matrix") return model.need(spec.name, "read_vectors").at(t);
  const memory = memoryState(model, spec.name, t);
  const out = new Float32Array(spec.readHeads * spec.width);
  const sum = new Float64Array(spec.width);
  for (let head = 0; head < spec.readHeads; head++) {
    const weights = readRow(model, spec.name, head, t);
    sum.fill(0);
    for (let i = 0; i < weights.length; i++) {
      const w = weights[i]!;
      if (w === 0) continue;
      for (let j = 0; j < spec.width; j++) sum[j]! += w * memory[i * spec.width + j]!;
    }
    out.set(sum, head * spec.width);
  }
  return out;
}

/** memoryAt in float64, for the ledger: a view that later calls overwrite. */
export function memoryState(model: ModelLog, bank: string | null, t: number): Float64Array {
  return replay(model, need(model, bank, "matrix"), "memory", memoryLaw).at(t);
}

/** cellAt in float64, for the ledger: a view that later calls overwrite. */
export function cellState(model: ModelLog, bank: string | null, t: number): Float64Array {
  return replay(model, need(model, bank, "cell"), "cell", cellLaw).at(t);
}

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

// --- the laws: one equation each ---

/** `M_t = M_{t-1} ⊙ ψ_t ⊙ Π_h(1 − w_h e_hᵀ) + Σ_h w_h v_hᵀ`; ψ only where the bank wipes freed slots. */
function memoryLaw(model: ModelLog, bank: BankSpec): Law {
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
function usageLaw(model: ModelLog, bank: BankSpec): Law {
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
function linksLaw(model: ModelLog, bank: BankSpec): Law {
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
function cellLaw(model: ModelLog, bank: BankSpec): Law {
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

// --- finding things ---

const replays = new WeakMap<ModelLog, Map<string, Replay>>();

function replay(model: ModelLog, bank: BankSpec, what: string, law: (model: ModelLog, bank: BankSpec) => Law): Replay {
  let known = replays.get(model);
  if (!known) replays.set(model, (known = new Map()));
  const key = `${what}/${bank.name}`;
  let found = known.get(key);
  if (!found) known.set(key, (found = new Replay(model, law(model, bank))));
  return found;
}

/** The bank, which must be of that kind. */
export function need(model: ModelLog, name: string | null, kind: BankKind): BankSpec {
  const bank = model.bank(name);
  if (bank.kind === kind) return bank;
  throw new LedgerError("wrong-kind", `Model ${model.spec.id}: wanted a ${kind} bank, ${bank.name} is ${bank.kind}.`);
}

/** A row [slot] of one head. */
function headRow(model: ModelLog, bank: BankSpec, name: string, head: number, t: number): Float32Array {
  const slots = bank.slots ?? 0;
  const all = model.need(bank.name, name).at(t);
  if (head >= 0 && (head + 1) * slots <= all.length) return all.subarray(head * slots, (head + 1) * slots);
  throw new LedgerError("no-head", `Bank ${bank.name}: wanted head ${head}, it has ${all.length / slots}.`);
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

function lacks(model: ModelLog, bank: BankSpec, what: string): LedgerError {
  return new LedgerError("no-such-state", `Model ${model.spec.id}: bank ${bank.name} keeps no ${what}.`);
}

function copy(state: Float64Array, out: Float32Array = new Float32Array(state.length)): Float32Array {
  out.set(state);
  return out;
}
