/**
 * States of a bank, rebuilt from the log (docs/format.md, "What the reader derives"). All numbers that come out are
 * those after step t; matrices are row-major [slot, width].
 *
 *   M memory · w^w write weights · w^r read weights · e erase · v write vectors · f free gates · ψ retention
 *   u usage · L links · p precedence · c cell          (Graves 2014 §3, Graves 2016 Methods)
 *   S associative memory · k key · q query · α retention · b erase · w write gate     (Yang et al. 2024, arXiv 2406.06484)
 *
 * `bank` null is the model's default bank: the first, for attention that of the last layer.
 */
import type { BankKind, BankSpec } from "../wire/manifest";
import { attentionRow } from "./attention";
import { LedgerError } from "./errors";
import { associationLaw, cellLaw, linksLaw, memoryLaw, retentionInto, usageLaw } from "./laws";
import type { ModelLog } from "./model_log";
import { Replay } from "./replay";
import type { Law } from "./replay";

export { attentionRow, attentionWeight } from "./attention";
export { retentionInto } from "./laws";

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

/** State [unit] of a cell or a recurrent bank after step t: c_t, or h_t as it was read. */
export function unitsAt(model: ModelLog, bank: string | null, t: number): Float32Array {
  const spec = model.bank(bank);
  return spec.kind === "recurrent" ? model.need(spec.name, "read_vectors").at(t) : cellAt(model, spec.name, t);
}

/** Memory S_t [head · key · width] of an associative bank, after step t's write. */
export function associationAt(model: ModelLog, bank: string | null, t: number): Float32Array {
  return Float32Array.from(associationState(model, bank, t));
}

/** Whether step t of a gated append bank made a slot, and whether it read; both true of every other bank. */
export function actedAt(model: ModelLog, bank: BankSpec, t: number): { write: boolean; read: boolean } {
  if (!bank.gated) return { write: true, read: true };
  const gate = (name: string): boolean => model.need(bank.name, name).at(t)[0]! > 0;
  return { write: gate("write_gate"), read: gate("read_gate") };
}

/** Retention ψ_t [slot]: how much of each slot the free gates do not release. */
export function retentionAt(model: ModelLog, bank: string | null, t: number): Float32Array {
  const spec = need(model, bank, "matrix");
  if (!spec.usage && !spec.deallocation) throw lacks(model, spec, "free gates");
  const out = new Float64Array(spec.slots ?? 0);
  retentionInto(model, spec, t, out);
  return Float32Array.from(out);
}

/**
 * Where head `head` wrote at step t, 0 … 1: [slot]; for a cell the input gate [unit], for a recurrent state |ρ ⊙ d|, at most 1
 * [unit]; for attention one-hot [t + 1]; for an associative memory the size of its key [key].
 */
export function writeRow(model: ModelLog, bank: string | null, head: number, t: number): Float32Array {
  const spec = model.bank(bank);
  if (spec.kind === "matrix") return headRow(model, spec, "write_weights", head, t);
  if (spec.kind === "cell") return model.need(spec.name, "input_gate").at(t);
  if (spec.kind === "recurrent") {
    const slopes = model.need(spec.name, "slopes").at(t);
    return model
      .need(spec.name, "write_vectors")
      .at(t)
      .map((d, u) => Math.min(1, Math.abs(slopes[u]! * d)));
  }
  if (spec.kind === "associative") return direction(headRow(model, spec, "keys", head, t));
  const row = new Float32Array(t + 1);
  row[t] = actedAt(model, spec, t).write ? 1 : 0;
  return row;
}

/**
 * Where head `head` read at step t, 0 … 1: [slot]; for a cell the output gate [unit] (1 where the cell itself is read, as a
 * recurrent state is); for attention the softmax row [t + 1]; for an associative memory the size of its query [key].
 */
export function readRow(model: ModelLog, bank: string | null, head: number, t: number): Float32Array {
  const spec = model.bank(bank);
  if (spec.kind === "matrix") return headRow(model, spec, "read_weights", head, t);
  if (spec.kind === "associative") return direction(headRow(model, spec, "queries", head, t));
  if (spec.kind === "append") return attentionRow(model, spec.name, head, t);
  if (spec.kind === "recurrent" || spec.direct) return new Float32Array(spec.width).fill(1);
  return model.need(spec.name, "output_gate").at(t);
}

/** Sizes of the components of a vector of length 1 along `values`; all 0 for a zero vector. */
function direction(values: Float32Array): Float32Array {
  let square = 0;
  for (const v of values) square += v * v;
  const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
  return values.map((v) => Math.abs(v) * scale);
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

/** associationAt in float64, for the ledger: a view that later calls overwrite. */
export function associationState(model: ModelLog, bank: string | null, t: number): Float64Array {
  return replay(model, need(model, bank, "associative"), "association", associationLaw).at(t);
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
  throw new LedgerError(
    "wrong-kind",
    `Model ${model.spec.id}: wanted a bank of kind ${kind}, ${bank.name} is of kind ${bank.kind}.`,
  );
}

/** A row [slot] of one head. */
function headRow(model: ModelLog, bank: BankSpec, name: string, head: number, t: number): Float32Array {
  const slots = bank.slots ?? 0;
  const all = model.need(bank.name, name).at(t);
  if (head >= 0 && (head + 1) * slots <= all.length) return all.subarray(head * slots, (head + 1) * slots);
  throw new LedgerError("no-head", `Bank ${bank.name}: wanted head ${head}, it has ${all.length / slots}.`);
}

function lacks(model: ModelLog, bank: BankSpec, what: string): LedgerError {
  return new LedgerError("no-such-state", `Model ${model.spec.id}: bank ${bank.name} keeps no ${what}.`);
}

function copy(state: Float64Array, out: Float32Array = new Float32Array(state.length)): Float32Array {
  out.set(state);
  return out;
}
