/** What the bridge says: the correspondence, the rungs of the ladder, the ways to stand on it. */

import { num, percent } from "../draw/ink/format";
import type { Crossing, Rung } from "./permalink";
import { REST, sameCrossing } from "./permalink";
import { SEEN, type Compared } from "./compare";

export const SOURCE = {
  label: "Tang & Xie 2026, Transformers are Stateless Differentiable Neural Computers, arXiv 2603.19272",
  address: "https://arxiv.org/abs/2603.19272",
} as const;

/** From which difference on two outputs are said to be seen apart, see `departure`. */
export const SEEN_PART = `more than ${percent(SEEN)} of the largest output`;
export const SEEN_SAYS = `Seen: some output differs by ${SEEN_PART} of the Transformer in this run.`;

/** What is compared of the interface vector where the stateless DNC runs in the memory of Graves 2016. */
export const EMITTED_THERE = "Keys and values as written; this memory records no read keys.";

/**
 * Where a run stands, as against what is asked for now: "stores", "Graves 2016, 12 slots, links 0.10"; with the checkpoint and the
 * episode where those are others.
 */
export function standing(of: Crossing, now: Crossing): string {
  const parts = [of.memory === "stores" ? "stores" : "Graves 2016"];
  if (of.model !== now.model) parts.unshift(of.model);
  if (of.seed !== now.seed) parts.push(`seed ${of.seed}`);
  if (of.slots !== null) parts.push(`${of.slots} slots`);
  for (const { rung, label } of LADDER)
    if (rung !== "slots" && of[rung] > 0) parts.push(`${label.toLowerCase()} ${num(of[rung])}`);
  return parts.join(", ");
}

/** What the numbers on the page are of, where that is not what is asked for any more; null: they are of it. */
export function lateStanding(shown: Crossing | null, now: Crossing): string | null {
  return shown === null || sameCrossing(shown, now) ? null : standing(shown, now);
}

/** A part of both pictures. */
export type Part = "values" | "keys" | "heads" | "residual" | "interface" | "mask" | "strength";

export interface Match {
  readonly part: Part;
  readonly transformer: string;
  readonly dnc: string;
  readonly says: string;
  /** What of the run shows it; null: the correspondence has no numbers of its own. */
  readonly compared: Compared | "rows" | "strength" | null;
}

export const MATCHES: readonly Match[] = [
  {
    part: "interface",
    transformer: "W_QKV",
    dnc: "interface vector ξ",
    says: "It says what to ask and what to write.",
    compared: "emitted",
  },
  {
    part: "keys",
    transformer: "keys",
    dnc: "row addresses",
    says: "A row is found by its key, not by its place.",
    compared: "keys",
  },
  {
    part: "values",
    transformer: "values",
    dnc: "row contents",
    says: "Written once, never changed, never erased.",
    compared: "values",
  },
  {
    part: "mask",
    transformer: "causal mask",
    dnc: "slots written so far",
    says: "The future has no rows to read yet.",
    compared: "rows",
  },
  {
    part: "strength",
    transformer: "1/√d",
    dnc: "read strength",
    says: "How sharply a key picks its rows.",
    compared: "strength",
  },
  {
    part: "heads",
    transformer: "attention heads",
    dnc: "read heads",
    says: "Several read the one memory at once.",
    compared: "reads",
  },
  {
    part: "residual",
    transformer: "residual",
    dnc: "controller's skip",
    says: "What passes the memory by.",
    compared: null,
  },
];

export interface RungWords {
  readonly rung: Rung | "slots";
  readonly label: string;
  readonly equation: string;
  readonly says: string;
  readonly look: string;
  readonly step: number;
}

export const LADDER: readonly RungWords[] = [
  {
    rung: "slots",
    label: "Slots",
    equation: "N",
    says: "How many rows there are; a Transformer has one for every step.",
    look: "When all are in use, nothing is allocated and writing stops.",
    step: 1,
  },
  {
    rung: "overwrite",
    label: "Overwrite",
    equation: "gᵃ = 1 − overwrite",
    says: "Part of every write goes to the most similar row instead of the next unused one.",
    look: "Writes spread over old rows and blur them.",
    step: 0.01,
  },
  {
    rung: "erase",
    label: "Erase",
    equation: "e = erase",
    says: "How much of a row is wiped before it is written.",
    look: "Alone nothing: a fresh row is empty. With overwrite, or freed slots, rows are replaced, not added to.",
    step: 0.01,
  },
  {
    rung: "free",
    label: "Free gates",
    equation: "f = free",
    says: "Rows that were just read may be written again.",
    look: "It shows once slots are scarce; at 1 the first row is written over and over.",
    step: 0.01,
  },
  {
    rung: "links",
    label: "Links",
    equation: "π = (links/2, 1 − links, links/2)",
    says: "Part of every read goes to what was written just before and just after.",
    look: "Reads smear to neighbours in time.",
    step: 0.01,
  },
  {
    rung: "recurrence",
    label: "Recurrence",
    equation: "χ = x + recurrence · W r₋₁",
    says: "The controller hears its last reads: it has a state again.",
    look: "From step 1 on everything depends on it.",
    step: 0.01,
  },
];

export const MEMORY = {
  label: "Memory",
  stores: "One new row a step, never changed: the Transformer's own stores. Every bit agrees.",
  graves:
    "The unmodified memory of Graves 2016: cosine, usage, allocation, links. At rest it differs by rounding alone; each rung below turns on what a Transformer lacks.",
} as const;

export interface Preset {
  readonly label: string;
  readonly says: string;
  readonly set: Pick<Crossing, "memory" | "slots" | Rung>;
}

/** Ways to stand on the ladder in a run of so many steps. */
export function presets(steps: number): readonly Preset[] {
  const half = Math.ceil(steps / 2);
  const graves = { memory: "graves" as const, ...REST };
  return [
    { label: "Transformer", says: "Write-once stores, nothing turned on.", set: { memory: "stores", ...REST } },
    { label: "Genuine memory", says: "The memory of Graves 2016 with everything at rest.", set: graves },
    {
      label: "Half the slots",
      says: `${half} slots for ${steps} steps: writing stops.`,
      set: { ...graves, slots: half },
    },
    {
      label: "… with free gates",
      says: "Rows that were read are written again.",
      set: { ...graves, slots: half, free: 0.5 },
    },
    {
      label: "… and erase",
      says: "Rows are wiped before they are written again.",
      set: { ...graves, slots: half, free: 0.5, erase: 1 },
    },
    {
      label: "All of a DNC",
      says: "Every mechanism at once.",
      set: { memory: "graves", slots: half, free: 0.5, erase: 1, overwrite: 0.1, links: 0.1, recurrence: 0.05 },
    },
  ];
}

/** A small number in parts: 1.3 × 10^−5 as mantissa and exponent; plain where it needs none. */
export function scientific(value: number): { mantissa: string; exponent: string | null } {
  if (value === 0) return { mantissa: "0", exponent: null };
  const size = Math.abs(value);
  if (size >= 0.001 && size < 10_000) {
    const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.01 ? 3 : 4;
    return { mantissa: value.toFixed(digits), exponent: null };
  }
  const [mantissa = "", exponent = ""] = value.toExponential(1).split("e");
  return { mantissa, exponent: exponent.replace("-", "−").replace("+", "") };
}

/** The same to be heard. */
export function spokenNumber(value: number): string {
  const { mantissa, exponent } = scientific(value);
  return exponent === null ? mantissa : `${mantissa} times ten to the ${exponent}`;
}
