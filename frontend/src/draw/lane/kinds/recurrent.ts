/** States of an Elman network as a lane draws them: units × time, slow ones on top, the slope of their squashing above. */

import type { ModelLog } from "../../../memory/log";
import type { RecurrentMemory } from "../../../memory/kinds/recurrent";
import { num, percent } from "../../ink/format";
import type { Dial, Drawn, Wording } from "./base";
import { gateDials, meanGate } from "./parts";
import { UnitDrawn } from "./units";

export function drawRecurrent(model: ModelLog, memory: RecurrentMemory): Drawn {
  const { name } = memory.bank;
  return new UnitDrawn(model, memory, {
    wording: WORDING,
    gauges: [{ name: "slope", at: meanGate(model, name, "slopes") }],
    content: "state h",
    read: "",
    gates: [["slope", "slopes"]],
    forget: null,
    output: null,
    squash: (x) => x,
    slowness: (steps) => autocorrelation(memory, steps),
    dials: (t) => [
      inputDial(memory, t),
      ...gateDials(model, name, t, [
        {
          tensor: "slopes",
          name: "slope",
          ink: "r",
          says: "Slope ρ = tanh(a) / a, mean over the units: 1 passes what arrives, near 0 they are saturated. Bars above the lane: all steps.",
        },
      ]),
    ],
  });
}

function inputDial(memory: RecurrentMemory, t: number): Dial {
  const state = memory.content(t);
  const put = memory.written(t);
  let [own, rest] = [0, 0];
  for (let u = 0; u < state.length; u++) {
    own += put[u]! * put[u]!;
    rest += (state[u]! - put[u]!) ** 2;
  }
  const total = Math.sqrt(own) + Math.sqrt(rest);
  return {
    name: "input",
    value: total > 0 ? Math.sqrt(own) / total : 0,
    ink: "w",
    says: "Length of what this step's input puts into the state, beside what the recurrence brings: ‖ρd‖ / (‖ρd‖ + ‖h − ρd‖).",
  };
}

/** How much each unit resembles itself one step before, r₁: without a gate that is its time constant, −1 / ln r₁ steps. */
export function autocorrelation(memory: RecurrentMemory, steps: number): Float64Array {
  const { width } = memory.bank;
  const mean = new Float64Array(width);
  for (let t = 0; t < steps; t++) memory.content(t).forEach((h, u) => (mean[u]! += h / steps));
  const own = new Float64Array(width);
  const shifted = new Float64Array(width);
  const before = new Float64Array(width);
  for (let t = 0; t < steps; t++) {
    const h = memory.content(t);
    for (let u = 0; u < width; u++) {
      const x = h[u]! - mean[u]!;
      own[u]! += x * x;
      shifted[u]! += x * before[u]!;
      before[u] = x;
    }
  }
  return shifted.map((sum, u) => (own[u]! > 0 ? sum / own[u]! : 1)); // a unit that never moves is the slowest
}

const WORDING: Wording = {
  slot: "unit",
  column: null,
  alwaysRead: "The state itself is read, at every step.",
  left: (held) =>
    held < 0
      ? "The recurrence has turned that write against its own direction."
      : `Along its own direction ${percent(held)} of that write is left; the recurrence has turned the rest.`,
  numbers: (life, t) => [
    {
      name: "written",
      value: num(life.write[t] ?? 0),
      says: `What the input of step ${t} puts into this unit, |ρd|; the state itself is within 1.`,
    },
  ],
};
