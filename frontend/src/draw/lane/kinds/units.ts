/** States without slots as a lane draws them: what cells and recurrent states have in common. */

import type { ModelLog } from "../../../memory/log";
import type { UnitMemory } from "../../../memory/kinds/units";
import type { Fold } from "../slot_rows";
import type { Gauge } from "../gauge";
import { fixedLimit } from "../../../analysis/scale";
import type { ColumnSource } from "../tape";
import type { Block, Dial, Drawn, NowPicture, Standing, Wording } from "./base";
import { dialReadout, foldMax, foldStrongest, Limits } from "./parts";
import { UnitColumns, type UnitGates, type UnitLimits } from "./unit_columns";

/** Rows of a state are sorted once this many steps are known; before, they stand in order of their index. */
const MIN_STEPS = 64;

/** What is special to one kind of state. */
interface UnitLook extends UnitGates {
  readonly wording: Wording;
  readonly gauges: readonly Gauge[];
  /** Name of the block of what the units hold. */
  readonly content: string;
  /** Name of the block of what is read, where `output` is not null. */
  readonly read: string;
  /** Gates in the cut, from left to right: name of the block and of the tensor. */
  readonly gates: readonly (readonly [string, string])[];
  /** How full a unit is that holds x. */
  squash(x: number): number;
  /**
   * How slow each unit is over the first `steps` steps; larger is slower [unit]. To be asked in order of steps; null while some that were
   * let go of have yet to come again.
   */
  slowness(steps: number): Float64Array | null;
  /** Takes in the first `steps` steps as they come, where `slowness` is a sum over them. */
  follow?(steps: number): void;
  dials(t: number): Dial[];
}

export class UnitDrawn implements Drawn {
  readonly heads = 1;
  readonly marksRows = false;
  readonly limits = new Limits();
  readonly usageLimit = 1;
  readonly places: number;
  readonly erases: boolean;
  private columns: UnitColumns;
  private settleAt = MIN_STEPS;

  constructor(
    private readonly model: ModelLog,
    private readonly memory: UnitMemory,
    private readonly look: UnitLook,
  ) {
    this.places = memory.bank.width;
    this.erases = look.forget !== null;
    this.columns = new UnitColumns(memory, look, inOrder(this.places), { held: 1, write: 1, read: 1 });
  }

  get wording(): Wording {
    return this.look.wording;
  }

  get gauges(): readonly Gauge[] {
    return this.look.gauges;
  }

  get order(): Uint16Array {
    return this.columns.order;
  }

  fit(pixels: number): { fold: Fold; columns: ColumnSource } {
    const { order, limits } = this.columns;
    this.columns = new UnitColumns(this.memory, this.look, order, limits, pixels);
    return { fold: this.columns.fold, columns: this.columns };
  }

  measure(steps: readonly number[]): void {
    const { memory, look, limits } = this;
    limits.raise(
      look.content,
      steps.map((t) => memory.content(t)),
    );
    if (look.output) limits.raise(look.read, steps.map(look.output));
    else
      limits.raise(
        WRITTEN,
        steps.map((t) => memory.written(t)),
      );
  }

  /** Rows take their order at 64 steps and at the end; what counts as much is looked at again at every doubling. */
  settle(steps: number, complete: boolean, sampled: readonly number[]): boolean {
    this.look.follow?.(steps);
    if (this.settleAt === Infinity || steps < (complete ? 1 : this.settleAt)) return false;
    if (complete || this.settleAt === MIN_STEPS) {
      const slowness = this.look.slowness(steps);
      if (!slowness) return false;
      this.columns.order = slowestFirst(slowness);
    }
    this.columns.limits = this.scales(sampled);
    this.settleAt = complete ? Infinity : 2 * steps;
    return true;
  }

  /** State and what is read or written of it in the diverging map, its gates in grey, unit by unit. */
  cut(t: number, { rows, per }: Fold): NowPicture {
    const { model, memory, look, order } = this;
    const sorted = (values: Float32Array): Float32Array => inPlaces(values, order);
    const state = memory.content(t);
    const written = memory.written(t);
    const output = look.output && look.output(t);
    const forget = look.forget && look.forget(t);
    const size = (values: Float32Array): Float32Array => foldMax(sorted(values.map(Math.abs)), rows, per);
    const folded = (values: Float32Array): Float32Array => foldStrongest(sorted(values), this.places, 1, rows, per);
    const signed = (name: string, values: Float32Array, changes: Block["changes"]): Block => ({
      name,
      columns: 1,
      weight: 30,
      map: "signed",
      values: folded(values),
      at: (unit) => values[unit]!,
      changes,
    });
    const content = signed(look.content, state, "write");
    if (forget) {
      const retention = folded(forget);
      content.keeps = (i) => retention[i]!;
    }
    return {
      t,
      rows,
      per,
      filled: rows,
      blocks: [
        content,
        output ? signed(look.read, output, "read") : signed(WRITTEN, written, "write"),
        ...look.gates.map(([name, tensor]): Block => {
          const gate = model.need(memory.bank.name, tensor).at(t);
          return {
            name,
            columns: 1,
            weight: 16,
            map: "grey",
            values: folded(gate),
            at: (unit) => gate[unit]!,
            changes: "erase",
          };
        }),
      ],
      writes: [size(written)],
      reads: [size(output ?? state)],
      arrows: false,
      usage: size(state.map(look.squash)),
      erase: null,
      add: null,
      dials: look.dials(t),
    };
  }

  dials(t: number): Dial[] {
    return this.look.dials(t);
  }

  wrote(t: number): Float32Array {
    return this.memory.written(t).map(Math.abs);
  }

  readout(t: number): string {
    return dialReadout(this.look.dials(t));
  }

  sizes({ name }: Standing): readonly [string, string] {
    const slots = `${this.wording.slot}s`;
    return [`${this.places} ${slots}${name ? `, ${name}` : ""}`, `slow ${slots} on top`];
  }

  private scales(steps: readonly number[]): UnitLimits {
    const { memory } = this;
    return {
      held: fixedLimit(steps.map((t) => memory.content(t))),
      write: fixedLimit(steps.map((t) => memory.written(t))),
      read: fixedLimit(steps.map((t) => memory.reads(t))),
    };
  }
}

const WRITTEN = "written";

function inPlaces(values: Float32Array, order: Uint16Array): Float32Array {
  const out = new Float32Array(order.length);
  for (let place = 0; place < order.length; place++) out[place] = values[order[place]!]!;
  return out;
}

function inOrder(units: number): Uint16Array {
  return Uint16Array.from({ length: units }, (_, u) => u);
}

/** Units from slow to fast. */
export function slowestFirst(slowness: Float64Array): Uint16Array {
  return Uint16Array.from(Array.from(slowness.keys()).sort((a, b) => slowness[b]! - slowness[a]! || a - b));
}
