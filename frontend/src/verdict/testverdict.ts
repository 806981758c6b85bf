/** A verdict as the server gives it, for tests: the four models of the odd beat. */
import type { VerdictRow, Verdict } from "../wire/wire.gen";

export function ranked(model: string, change: Partial<VerdictRow> = {}): VerdictRow {
  return {
    model,
    label: model.toUpperCase(),
    error: 0.01,
    low: null,
    high: null,
    unit_error: 0.005,
    unit: "mV",
    right_share: 1,
    floats: 512,
    floats_grow: false,
    ms_per_step: 0.3,
    tied: false,
    cause: null,
    evidence: null,
    because: "",
    ...change,
  };
}

export const ODD_BEAT: Verdict = {
  question: "Who still has the odd beat?",
  when: "Stored at t = 25 to 48, asked back 30 steps later, from t = 79.",
  note: "One heartbeat: a rank, no band; one checkpoint a model. Milliseconds were measured when this was written.",
  poster: 97,
  store: [25, 49],
  recall: [79, 103],
  n: 1,
  chance: 1,
  baselines: [],
  ranking: [
    ranked("dnc", {
      label: "DNC",
      error: 0.008,
      right_share: 1.03,
      floats: 5592,
      ms_per_step: 0.36,
      because: "frees each slot as it replays it: 99% held at t = 79, 12% at t = 103",
    }),
    ranked("ntm", {
      label: "NTM",
      error: 0.012,
      unit_error: 0.007,
      right_share: 1.02,
      floats: 1628,
      ms_per_step: 0.32,
      because: "kept whole; the tape came round at t = 107, half is overwritten by t = 159",
    }),
    ranked("transformer", {
      label: "Transformer",
      error: 0.026,
      unit_error: 0.014,
      right_share: 0.76,
      floats: 59328,
      floats_grow: true,
      ms_per_step: 0.7,
      because: "nothing is lost; the read spreads to the neighbours of the right moment",
    }),
    ranked("lstm", {
      label: "LSTM",
      error: 0.109,
      unit_error: 0.059,
      right_share: 0.01,
      floats: 512,
      ms_per_step: 0.09,
      because: "reads its last steps; of the beat a blur is left, 33% of the write at t = 79",
    }),
  ],
  clauses: [
    { model: "dnc", step: 89, text: "frees each slot as it replays it" },
    { model: "dnc", step: 79, text: "99% held at t = 79" },
    { model: "dnc", step: 103, text: "12% at t = 103" },
    { model: "ntm", step: 107, text: "the tape came round at t = 107" },
    { model: "ntm", step: 159, text: "half is overwritten by t = 159" },
    { model: "transformer", step: 97, text: "the read spreads to the neighbours" },
    { model: "lstm", step: 97, text: "reads its last steps" },
    { model: "lstm", step: 79, text: "33% of the write at t = 79" },
  ],
};
