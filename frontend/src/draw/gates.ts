/** Gates of a step as dials: what a model decided, 0 … 1, with the sentence that defines each. */

import { attentionRow } from "../ledger/banks";
import type { ModelLog } from "../ledger/log";
import type { BankSpec } from "../wire/manifest";

export interface Dial {
  name: string;
  /** 0 … 1. */
  value: number;
  /** Write-like, erase-like (forget, free) or read-like. */
  ink: "w" | "e" | "r";
  /** Definition, one hover away. */
  says: string;
}

/** The dials of a bank at step t, at most four. */
export function dialsOf(model: ModelLog, bank: BankSpec, t: number): Dial[] {
  if (bank.kind === "cell") return cellDials(model, bank, t);
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
      says: "Input gate, mean over the cells: how much is written.",
    },
    {
      name: "forget",
      value: 1 - gate("forget_gate"),
      ink: "e",
      says: "1 − forget gate, mean over the cells: how much is forgotten.",
    },
    {
      name: "output",
      value: gate("output_gate"),
      ink: "r",
      says: "Output gate, mean over the cells: how much is read.",
    },
  ];
}

function attentionDials(model: ModelLog, bank: BankSpec, t: number): Dial[] {
  return Array.from({ length: Math.min(4, bank.readHeads) }, (_, h) => {
    const weights = attentionRow(model, bank.name, h, t);
    let entropy = 0;
    for (let s = 0; s <= t; s++) if (weights[s]! > 1e-9) entropy -= weights[s]! * Math.log(weights[s]!);
    return {
      name: `head ${h + 1}`,
      value: t > 0 ? 1 - entropy / Math.log(t + 1) : 1,
      ink: "r" as const,
      says: `Focus of head ${h + 1}: 1 − entropy of its read weights / ln(slots). 1 reads one slot, 0 reads all alike.`,
    };
  });
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
