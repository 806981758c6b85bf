/** Gates of a step as dials: what a model decided, 0 … 1, with the sentence that defines each. */

import { actedAt, attentionRow, unitsAt } from "../../memory/banks";
import type { ModelLog } from "../../memory/log";
import type { BankSpec } from "../../wire/manifest";
import { num } from "../ink/format";

export interface Dial {
  name: string;
  /** 0 … 1. */
  value: number;
  /** Write-like, erase-like (forget, free) or read-like. */
  ink: "w" | "e" | "r";
  /** What is written under the name instead of the value. */
  words?: string;
  /** Definition, one hover away. */
  says: string;
}

/** The dials of a bank at step t, at most four; `head`: of which head, where the bank shows one at a time. */
export function dialsOf(model: ModelLog, bank: BankSpec, t: number, head = 0): Dial[] {
  if (bank.kind === "cell") return bank.direct ? updateDials(model, bank, t) : cellDials(model, bank, t);
  if (bank.kind === "recurrent") return recurrentDials(model, bank, t);
  if (bank.kind === "associative") return associationDials(model, bank, t, head);
  if (bank.kind === "append") return attentionDials(model, bank, t);
  return bank.usage ? dncDials(model, bank, t) : ntmDials(model, bank, t);
}

function mean(values: Float32Array | undefined): number {
  if (!values?.length) return 0;
  let sum = 0;
  for (const v of values) sum += v;
  return sum / values.length;
}

function cellDials(model: ModelLog, bank: BankSpec, t: number): Dial[] {
  const gate = (name: string): number => mean(model.f32(bank.name, name)?.at(t));
  return [
    {
      name: "input",
      value: gate("input_gate"),
      ink: "w",
      says: "Input gate, mean over the cells: how much is written. Row above the lane: all steps, from the lowest to the highest.",
    },
    {
      name: "forget",
      value: 1 - gate("forget_gate"),
      ink: "e",
      says: "1 − forget gate, mean over the cells: how much is forgotten. Row above the lane: all steps, from the lowest to the highest.",
    },
    {
      name: "output",
      value: gate("output_gate"),
      ink: "r",
      says: "Output gate, mean over the cells: how much is read. Row above the lane: all steps, from the lowest to the highest.",
    },
  ];
}

function updateDials(model: ModelLog, bank: BankSpec, t: number): Dial[] {
  const dials: Dial[] = [
    {
      name: "update",
      value: mean(model.need(bank.name, "input_gate").at(t)),
      ink: "w",
      says: "Update gate 1 − z, mean over the units: how much of each unit is replaced. Bars above the lane: all steps.",
    },
  ];
  const reset = model.f32(bank.name, "reset_gate")?.at(t);
  if (!reset) return dials;
  const says = "Reset gate r, mean over the units: how much of the state before is heard when the new is made up.";
  return [...dials, { name: "reset", value: mean(reset), ink: "r", says }];
}

function recurrentDials(model: ModelLog, bank: BankSpec, t: number): Dial[] {
  const slopes = model.need(bank.name, "slopes").at(t);
  const drive = model.need(bank.name, "write_vectors").at(t);
  const state = unitsAt(model, bank.name, t);
  let [own, rest] = [0, 0];
  for (let u = 0; u < state.length; u++) {
    const put = slopes[u]! * drive[u]!;
    own += put * put;
    rest += (state[u]! - put) ** 2;
  }
  const total = Math.sqrt(own) + Math.sqrt(rest);
  return [
    {
      name: "input",
      value: total > 0 ? Math.sqrt(own) / total : 0,
      ink: "w",
      says: "Length of what this step's input puts into the state, beside what the recurrence brings: ‖ρd‖ / (‖ρd‖ + ‖h − ρd‖).",
    },
    {
      name: "slope",
      value: mean(slopes),
      ink: "r",
      says: "Slope ρ = tanh(a) / a, mean over the units: 1 passes what arrives, near 0 they are saturated. Bars above the lane: all steps.",
    },
  ];
}

function associationDials(model: ModelLog, bank: BankSpec, t: number, head: number): Dial[] {
  const gate = (name: string): number => {
    const all = model.need(bank.name, name).at(t);
    const n = all.length / bank.readHeads;
    return mean(all.subarray(head * n, (head + 1) * n));
  };
  const of = bank.readHeads > 1 ? ` of head ${head + 1}` : "";
  return [
    {
      name: "write",
      value: gate("write_gate"),
      ink: "w",
      says: `Write gate${of}, mean over its columns: how much of the value is stored under the key.`,
    },
    {
      name: "erase",
      value: gate("erase"),
      ink: "e",
      says: `Erase gate${of}, mean over its rows: how much of what the key held before is taken away.`,
    },
    {
      name: "forget",
      value: 1 - gate("retention"),
      ink: "e",
      says: `1 − retention α${of}, mean over its rows: how much of everything fades.`,
    },
  ];
}

/** Of a Universal Transformer also how long it pondered, as part of the depth it has. */
function attentionDials(model: ModelLog, bank: BankSpec, t: number): Dial[] {
  const ponder = model.f32(null, "ponder")?.at(t)[0];
  const dials: Dial[] = [];
  if (ponder !== undefined) {
    dials.push({
      name: "ponder",
      value: ponder / mostPonder(model),
      words: num(ponder),
      ink: "r",
      says: `Ponder time: ${num(ponder)} of at most ${num(mostPonder(model))} depth steps. Bars above the lane: all steps.`,
    });
  }
  const acted = actedAt(model, bank, t);
  for (let h = 0; h < Math.min(4 - dials.length, bank.readHeads); h++) {
    const says = `Focus of head ${h + 1}: 1 − entropy of its read weights / ln(slots). 1 reads one slot, 0 reads all alike or nothing.`;
    dials.push({ name: `head ${h + 1}`, value: acted.read ? focus(model, bank, t, h) : 0, ink: "r", says });
  }
  return dials;
}

/** Ponder time is the number of depth steps and, where halting is accumulated, a remainder up to 1. */
export function mostPonder(model: ModelLog): number {
  return (model.f32(null, "halting_weights")?.size ?? 0) + 1;
}

function focus(model: ModelLog, bank: BankSpec, t: number, head: number): number {
  const weights = attentionRow(model, bank.name, head, t);
  let [entropy, slots] = [0, 0];
  for (let s = 0; s <= t; s++) {
    if (weights[s]! > 0) slots++;
    if (weights[s]! > 1e-9) entropy -= weights[s]! * Math.log(weights[s]!);
  }
  return slots > 1 ? 1 - entropy / Math.log(slots) : slots;
}

function dncDials(model: ModelLog, bank: BankSpec, t: number): Dial[] {
  const gate = (name: string): number => mean(model.f32(bank.name, name)?.at(t));
  return [
    { name: "write", value: gate("write_gate"), ink: "w", says: "Write gate g^w: how much is written at all." },
    {
      name: "allocate",
      value: gate("allocation_gate"),
      ink: "w",
      says: "Allocation gate g^a: 1 writes to a free slot, 0 to the slot found by content.",
    },
    {
      name: "free",
      value: gate("free_gates"),
      ink: "e",
      says: "Free gate f, mean over the read heads: 1 releases the slot just read.",
    },
  ];
}

function ntmDials(model: ModelLog, bank: BankSpec, t: number): Dial[] {
  const gate = (name: string): number => mean(model.f32(bank.name, name)?.at(t));
  return [
    {
      name: "write g",
      value: gate("write_interpolation_gates"),
      ink: "w",
      says: "Write gate g: 1 addresses by content, 0 shifts the last address.",
    },
    {
      name: "read g",
      value: gate("read_interpolation_gates"),
      ink: "r",
      says: "Read gate g: 1 addresses by content, 0 shifts the last address.",
    },
    {
      name: "shift",
      value: moved(model, bank, t),
      ink: "r",
      says: "Read head: weight of the shifts other than 0, which move it to a neighbouring slot.",
    },
  ];
}

/** Mean over the read heads of 1 − weight of the shift by 0 (the middle of −1, 0, 1). */
function moved(model: ModelLog, bank: BankSpec, t: number): number {
  const reader = model.f32(bank.name, "read_shifts");
  if (!reader) return 0;
  const shifts = reader.at(t);
  const width = reader.shape[reader.shape.length - 1] ?? 1;
  const heads = shifts.length / width;
  let still = 0;
  for (let h = 0; h < heads; h++) still += shifts[h * width + Math.floor(width / 2)]!;
  return 1 - still / heads;
}
