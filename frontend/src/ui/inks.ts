/** The inks of the lanes' actions, in words. */

export interface Ink {
  readonly name: string;
  readonly kind: "write" | "read" | "erase" | "held";
  /** What an amount of it means. */
  readonly says: string;
}

export const INKS: readonly Ink[] = [
  {
    name: "write",
    kind: "write",
    says: "Write weight, to the power 0.7. Weights below twice the uniform one get no ink.",
  },
  { name: "read", kind: "read", says: "Read weight, square root. Weights below twice the uniform one get no ink." },
  { name: "erase, free", kind: "erase", says: "What was erased from, or freed in, a slot that held something." },
  {
    name: "held",
    kind: "held",
    says: "The slot still holds what was written: usage (DNC), what erasing has left (NTM), |tanh c| (LSTM).",
  },
];
