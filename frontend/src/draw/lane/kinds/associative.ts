/**
 * Associative memories as a lane draws them. What is held has no slots to stand in rows, so the raster shows lags; the cut shows the
 * matrix of one head at a time, key rows × value columns.
 */

import type { ModelLog } from "../../../memory/log";
import type { AssociativeMemory } from "../../../memory/kinds/associative";
import { foldRows, MAX_ROWS, type Fold } from "../slot_rows";
import { num, percent } from "../../ink/format";
import { fixedLimit } from "../../../analysis/scale";
import type { Dial, Drawn, NowPicture, Standing, Wording } from "./base";
import { contentNear, dialReadout, foldMax, foldStrongest, heads, largest, Limits, lost, mean, norms } from "./parts";

class AssociativeDrawn implements Drawn {
  readonly wording = WORDING;
  readonly order = null;
  readonly erases = true;
  readonly marksRows = true;
  readonly gauges = [];
  readonly limits = new Limits();
  readonly heads: number;
  readonly places: number;
  usageLimit = 1;

  constructor(
    private readonly model: ModelLog,
    private readonly memory: AssociativeMemory,
  ) {
    this.heads = memory.bank.readHeads;
    this.places = memory.bank.slots ?? 1;
  }

  fit(pixels: number): { fold: Fold; columns: null } {
    return { fold: foldRows(this.places, Math.min(MAX_ROWS, pixels)), columns: null };
  }

  measure(steps: readonly number[], fresh: boolean): void {
    const { width } = this.memory.bank;
    const contents = steps.map((t) => contentNear(this.model, this.memory, t));
    this.limits.raise("memory", contents);
    const sizes = contents.map((memory) => norms(memory, memory.length / width, width));
    this.usageLimit = Math.max(fresh ? 0 : this.usageLimit, fixedLimit(sizes));
  }

  /** Bars are the sizes of key and query, of length 1. */
  cut(t: number, { rows, per }: Fold, head: number): NowPicture {
    const { memory, places: size } = this;
    const { width } = memory.bank;
    const content = memory.content(t).subarray(head * size * width, (head + 1) * size * width);
    const gate = this.of(head, "write_gate", t);
    return {
      t,
      rows,
      per,
      filled: rows,
      blocks: [
        {
          name: "memory",
          columns: width,
          weight: 1,
          map: "signed",
          values: foldStrongest(content, size, width, rows, per),
          at: (slot, column) => content[slot * width + column]!,
          changes: "write",
        },
      ],
      writes: [foldMax(memory.writeRow(head, t), rows, per)],
      reads: [foldMax(memory.readRow(head, t), rows, per)],
      arrows: true,
      usage: foldMax(norms(content, size, width), rows, per),
      erase: null,
      add: this.of(head, "write_vectors", t).map((v, j) => v * gate[j]!),
      dials: this.dials(t, head),
    };
  }

  /** Gates times the length of the key, where that is not 1: what they do to the content. */
  dials(t: number, head: number): Dial[] {
    const of = this.heads > 1 ? ` of head ${head + 1}` : "";
    const key = this.of(head, "keys", t);
    const square = key.reduce((sum, k) => sum + k * k, 0);
    return [
      {
        name: "write",
        value: Math.sqrt(square) * mean(this.of(head, "write_gate", t)),
        ink: "w",
        says: `Write gate${of}, mean over its columns, times the length of the key: how much of the value is stored under the key.`,
      },
      {
        name: "erase",
        value: square * mean(this.of(head, "erase", t)),
        ink: "e",
        says: `Erase gate${of}, mean over its rows, times the squared length of the key: how much of what the key held before is taken away.`,
      },
      {
        name: "forget",
        value: 1 - mean(this.of(head, "retention", t)),
        ink: "e",
        says: `1 − retention α${of}, mean over its rows: how much of everything fades.`,
      },
    ];
  }

  wrote(t: number): Float32Array {
    return largest(heads(this.memory.bank.writeHeads, (h) => this.memory.writeRow(h, t)));
  }

  readout(t: number): string {
    return dialReadout(this.dials(t, 0));
  }

  sizes({ name }: Standing): readonly [string, string] {
    const { readHeads, slots, width } = this.memory.bank;
    return [`${readHeads} heads, ${slots} × ${width}`, `rows: lag${name ? `, ${name}` : ""}`];
  }

  /** The numbers of one head of a tensor. */
  private of(head: number, tensor: string, t: number): Float32Array {
    const all = this.model.need(this.memory.bank.name, tensor).at(t);
    const size = all.length / this.heads;
    return all.subarray(head * size, (head + 1) * size);
  }
}

const WORDING: Wording = {
  slot: "key row",
  column: null,
  alwaysRead: null,
  left: (held) => `${percent(lost(held))} of that write is overwritten or faded.`,
  numbers: (life, t) => [
    {
      name: "key here",
      value: num(life.write[t] ?? 0),
      says: `Size of the key of step ${t} on this row, of a key of length 1; largest of all heads.`,
    },
    {
      name: "query here",
      value: num(life.read[t] ?? 0),
      says: `Size of the query of step ${t} on this row, of a query of length 1; largest of all heads.`,
    },
  ],
};

export function drawAssociative(model: ModelLog, memory: AssociativeMemory): Drawn {
  return new AssociativeDrawn(model, memory);
}
