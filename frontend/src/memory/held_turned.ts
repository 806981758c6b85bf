/**
 * What is left of a write in banks whose updates turn what they hold (held.ts says what the numbers mean).
 *
 * Both kinds are linear maps of vectors: a recurrent step takes the state x to diag(ρ)(W x); an associative step takes every
 * column x of a head's memory to (I − k (b⊙k)ᵀ) Diag(α) x. A write is one such vector per head, with a weight: of a recurrent
 * state ρ_s ⊙ d_s, weight 1; of an associative memory the key k_s, weighed by the square of what was stored under it.
 */
import type { BankSpec } from "../wire/manifest";
import type { ModelLog } from "./model_log";
import { initialOf } from "./shares_kinds";

/** The law of one head of a bank, for vectors of `size` numbers. */
interface Turn {
  readonly size: number;
  /** What step s wrote, into `out`; returns its weight. */
  written(s: number, out: Float64Array): number;
  /** x ← the map of step k. */
  forward(k: number, x: Float64Array): void;
  /** P ← P · (the map of step k), for a matrix P [size, size]. */
  compose(k: number, matrix: Float64Array): void;
}

function turnsOf(model: ModelLog, bank: BankSpec): Turn[] {
  return bank.kind === "recurrent"
    ? [recurrentTurn(model, bank)]
    : Array.from({ length: bank.readHeads }, (_, head) => associativeTurn(model, bank, head));
}

function recurrentTurn(model: ModelLog, bank: BankSpec): Turn {
  const { name, width: size } = bank;
  const slopes = model.need(name, "slopes");
  const vectors = model.need(name, "write_vectors");
  const weights = initialOf(model, name, "recurrent_weights");
  const scratch = new Float64Array(size);
  return {
    size,
    written(s, out) {
      const rho = slopes.at(s);
      const d = vectors.at(s);
      for (let u = 0; u < size; u++) out[u] = rho[u]! * d[u]!;
      return 1;
    },
    forward(k, x) {
      const rho = slopes.at(k);
      for (let u = 0; u < size; u++) {
        let sum = 0;
        for (let from = 0; from < size; from++) sum += weights[u * size + from]! * x[from]!;
        scratch[u] = rho[u]! * sum;
      }
      x.set(scratch);
    },
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
  };
}

function associativeTurn(model: ModelLog, bank: BankSpec, head: number): Turn {
  const { name, width } = bank;
  const size = bank.slots ?? 0;
  const row = (tensor: string, s: number, numbers: number): Float32Array =>
    model
      .need(name, tensor)
      .at(s)
      .subarray(head * numbers, (head + 1) * numbers);
  return {
    size,
    written(s, out) {
      out.set(row("keys", s, size));
      const gate = row("write_gate", s, width);
      return row("write_vectors", s, width).reduce((sum, v, j) => sum + (gate[j]! * v) ** 2, 0);
    },
    forward(k, x) {
      const [key, kept, erase] = [row("keys", k, size), row("retention", k, size), row("erase", k, size)];
      let found = 0;
      for (let i = 0; i < size; i++) {
        x[i]! *= kept[i]!;
        found += erase[i]! * key[i]! * x[i]!;
      }
      for (let i = 0; i < size; i++) x[i]! -= key[i]! * found;
    },
    compose(k, matrix) {
      const [key, kept, erase] = [row("keys", k, size), row("retention", k, size), row("erase", k, size)];
      for (let at = 0; at < size * size; at += size) {
        let match = 0;
        for (let i = 0; i < size; i++) match += matrix[at + i]! * key[i]!;
        for (let i = 0; i < size; i++) matrix[at + i] = kept[i]! * (matrix[at + i]! - match * erase[i]! * key[i]!);
      }
    },
  };
}

/** held(s, t) split over units or key rows. */
export function turnedSlots(model: ModelLog, bank: BankSpec, s: number, t: number): Float64Array<ArrayBuffer> {
  const turns = turnsOf(model, bank);
  const out = new Float64Array(turns[0]!.size);
  if (s < 0 || s > t) return out;
  let total = 0;
  for (const turn of turns) {
    const x = new Float64Array(turn.size);
    const weight = turn.written(s, x);
    const first = x.slice();
    for (let k = s + 1; k <= t; k++) turn.forward(k, x);
    for (let i = 0; i < turn.size; i++) {
      out[i]! += weight * first[i]! * x[i]!;
      total += weight * first[i]! * first[i]!;
    }
  }
  return total > 0 ? out.map((part) => part / total) : out.fill(0);
}

/** held(s, t) of every s = 0 … t: costs t · size³ for a recurrent state, t · size² for each head of an associative memory. */
export function turnedRow(model: ModelLog, bank: BankSpec, t: number): Float64Array<ArrayBuffer> {
  const left = new Float64Array(t + 1);
  const total = new Float64Array(t + 1);
  for (const turn of turnsOf(model, bank)) {
    const { size } = turn;
    const product = new Float64Array(size * size);
    for (let i = 0; i < size; i++) product[i * size + i] = 1;
    const x = new Float64Array(size);
    for (let s = t; s >= 0; s--) {
      const weight = turn.written(s, x);
      for (let i = 0; i < size; i++) {
        let now = 0;
        for (let j = 0; j < size; j++) now += product[i * size + j]! * x[j]!;
        left[s]! += weight * x[i]! * now;
        total[s]! += weight * x[i]! * x[i]!;
      }
      turn.compose(s, product);
    }
  }
  return left.map((part, s) => (total[s]! > 0 ? part / total[s]! : 0));
}

/** ‖A_s‖. */
export function turnedWrite(model: ModelLog, bank: BankSpec, s: number): number {
  let square = 0;
  for (const turn of turnsOf(model, bank)) {
    const x = new Float64Array(turn.size);
    const weight = turn.written(s, x);
    square += weight * x.reduce((sum, v) => sum + v * v, 0);
  }
  return Math.sqrt(square);
}
