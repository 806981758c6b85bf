/** Cells of an LSTM and units of a GRU as a lane draws them: units × time, slow ones on top, their gates above and beside. */

import type { ModelLog } from "../../../memory/log";
import type { CellMemory } from "../../../memory/kinds/cell";
import { sumOf } from "../../../memory/kinds/reading";
import { percent } from "../../ink/format";
import { GateRow, type Gauge } from "../gauge";
import type { Drawn, Wording } from "./base";
import { gateDials, lost, meanGate, type GateDial, readHere, writtenHere } from "./parts";
import { UnitDrawn } from "./units";

const ROW = "Row above the lane: all steps, from the lowest to the highest.";

const GATES: readonly GateDial[] = [
  {
    tensor: "input_gate",
    name: "input",
    ink: "w",
    says: `Input gate, mean over the cells: how much is written. ${ROW}`,
  },
  {
    tensor: "forget_gate",
    name: "forget",
    ink: "e",
    value: (values) => 1 - sumOf(values) / values.length,
    says: `1 − forget gate, mean over the cells: how much is forgotten. ${ROW}`,
  },
  {
    tensor: "output_gate",
    name: "output",
    ink: "r",
    says: `Output gate, mean over the cells: how much is read. ${ROW}`,
  },
];

/** Of a cell that is read as it is (GRU). */
const DIRECT_GATES: readonly GateDial[] = [
  {
    tensor: "input_gate",
    name: "update",
    ink: "w",
    says: "Update gate 1 − z, mean over the units: how much of each unit is replaced. Bars above the lane: all steps.",
  },
  {
    tensor: "reset_gate",
    name: "reset",
    ink: "r",
    says: "Reset gate r, mean over the units: how much of the state before is heard when the new is made up.",
  },
];

export function drawCell(model: ModelLog, memory: CellMemory): Drawn {
  const { name, width } = memory.bank;
  const { direct } = memory;
  const forget = model.need(name, "forget_gate");
  const sums = new Float64Array(width);
  let summed = 0;
  const follow = (steps: number): void => {
    for (; summed < steps && model.ready(summed); summed++) {
      const f = forget.at(summed);
      for (let u = 0; u < width; u++) sums[u]! += f[u]!;
    }
  };
  return new UnitDrawn(model, memory, {
    wording: direct ? DIRECT_WORDING : WORDING,
    gauges: direct ? [{ name: "update", at: meanGate(model, name, "input_gate") }] : rows(model, name),
    content: direct ? "state h" : "cell c",
    read: "output h",
    gates: direct
      ? [["update gate", "input_gate"]]
      : [
          ["input gate", "input_gate"],
          ["forget gate", "forget_gate"],
          ["output gate", "output_gate"],
        ],
    forget: (t) => forget.at(t),
    output: direct ? null : (t) => memory.reads(t),
    squash: direct ? (x) => x : Math.tanh,
    // The mean forget gate f̄: a unit keeps for −1 / ln f̄ steps.
    follow,
    slowness(steps) {
      follow(steps);
      return summed < steps ? null : sums.map((sum) => sum / summed);
    },
    dials: (t) => gateDials(model, name, t, direct ? DIRECT_GATES : GATES),
  });
}

/** A row for each gate, in the order of the dials. */
function rows(model: ModelLog, bank: string): readonly Gauge[] {
  const retention = meanGate(model, bank, "forget_gate");
  return [
    new GateRow("input", "wf", meanGate(model, bank, "input_gate")),
    new GateRow("forget", "ef", (t) => 1 - retention(t)),
    new GateRow("output", "rf", meanGate(model, bank, "output_gate")),
  ];
}

const left = (held: number): string => `${percent(lost(held))} of that write is erased.`;

const WORDING: Wording = {
  slot: "cell",
  column: null,
  alwaysRead: null,
  left,
  numbers: (life, t) => [writtenHere("input gate", life, t), readHere("output gate", "cell", life, t)],
};

const DIRECT_WORDING: Wording = {
  slot: "unit",
  column: null,
  alwaysRead: "The state itself is read, at every step.",
  left,
  numbers: (life, t) => [writtenHere("update gate", life, t)],
};
