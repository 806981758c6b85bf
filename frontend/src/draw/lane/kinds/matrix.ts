/** Matrices of slots as a lane draws them (NTM, DNC): slots × time; heads, erase and write vectors, usage, gates beside the cut. */

import type { ModelLog } from "../../../memory/log";
import type { MatrixMemory } from "../../../memory/kinds/matrix";
import { sumOf } from "../../../memory/kinds/reading";
import type { Fold } from "../slot_rows";
import { count, percent } from "../../ink/format";
import { fixedLimit } from "../../../analysis/scale";
import type { ColumnSource } from "../tape";
import type { Block, Dial, Drawn, NowPicture, Wording } from "./base";
import { MatrixColumns } from "./matrix_columns";
import {
  contentNear,
  foldMax,
  foldStrongest,
  gateDials,
  heads,
  largest,
  Limits,
  lost,
  norms,
  strongest,
  type GateDial,
  readHere,
  writtenHere,
} from "./parts";

/** Gates of the DNC, then of the NTM: a bank has those that it records. */
const GATES: readonly GateDial[] = [
  { tensor: "write_gate", name: "write", ink: "w", says: "Write gate g^w: how much is written at all." },
  {
    tensor: "allocation_gate",
    name: "allocate",
    ink: "w",
    says: "Allocation gate g^a: 1 writes to a free slot, 0 to the slot found by content.",
  },
  {
    tensor: "free_gates",
    name: "free",
    ink: "e",
    says: "Free gate f, mean over the read heads: 1 releases the slot just read.",
  },
  {
    tensor: "write_interpolation_gates",
    name: "write g",
    ink: "w",
    says: "Write gate g: 1 addresses by content, 0 shifts the last address.",
  },
  {
    tensor: "read_interpolation_gates",
    name: "read g",
    ink: "r",
    says: "Read gate g: 1 addresses by content, 0 shifts the last address.",
  },
  {
    tensor: "read_shifts",
    name: "shift",
    ink: "r",
    value: moved,
    says: "Read head: weight of the shifts other than 0, which move it to a neighbouring slot.",
  },
];

/** Mean over the read heads of 1 − weight of the shift by 0 (the middle of −1, 0, 1). */
function moved(shifts: Float32Array, shape: readonly number[]): number {
  const width = shape[shape.length - 1] ?? 1;
  const readHeads = shifts.length / width;
  let still = 0;
  for (let h = 0; h < readHeads; h++) still += shifts[h * width + Math.floor(width / 2)]!;
  return 1 - still / readHeads;
}

class MatrixDrawn implements Drawn {
  readonly wording = WORDING;
  readonly order = null;
  readonly heads = 1;
  readonly erases = true;
  readonly marksRows = true;
  readonly gauges = [];
  readonly limits = new Limits();
  readonly places: number;
  usageLimit = 1;
  private columns: MatrixColumns | null = null;

  constructor(
    private readonly model: ModelLog,
    private readonly memory: MatrixMemory,
  ) {
    this.places = memory.slots();
  }

  fit(pixels: number): { fold: Fold; columns: ColumnSource } {
    const columns = (this.columns = new MatrixColumns(this.model, this.memory, pixels));
    return { fold: columns.fold, columns };
  }

  measure(steps: readonly number[], fresh: boolean): void {
    const { bank } = this.memory;
    const contents = steps.map((t) => contentNear(this.model, this.memory, t));
    this.limits.raise("memory", contents);
    if (bank.usage) return;
    const sizes = contents.map((memory) => norms(memory, memory.length / bank.width, bank.width));
    this.usageLimit = Math.max(fresh ? 0 : this.usageLimit, fixedLimit(sizes));
  }

  settle(steps: number): boolean {
    this.columns?.follow(steps);
    return false;
  }

  cut(t: number, { rows, per }: Fold): NowPicture {
    const { model, memory, places: slots } = this;
    const { name, width, writeHeads, readHeads } = memory.bank;
    const content = memory.content(t);
    const writes = heads(writeHeads, (h) => foldMax(memory.writeRow(h, t), rows, per));
    const most = writes.reduce((best, row, h) => (sumOf(row) > sumOf(writes[best]!) ? h : best), 0);
    const vector = (tensor: string): Float32Array =>
      model
        .need(name, tensor)
        .at(t)
        .subarray(most * width, (most + 1) * width);
    const erase = vector("erase");
    const block: Block = {
      name: "memory",
      columns: width,
      weight: 1,
      map: "signed",
      values: foldStrongest(content, slots, width, rows, per),
      at: (slot, column) => content[slot * width + column]!,
      changes: "write",
    };
    if (per === 1) block.keeps = (i) => 1 - writes[most]![Math.floor(i / width)]! * erase[i % width]!;
    const usage = memory.usage(t);
    return {
      t,
      rows,
      per,
      filled: rows,
      blocks: [block],
      writes,
      reads: heads(readHeads, (h) => foldMax(memory.readRow(h, t), rows, per)),
      arrows: true,
      usage: foldMax(usage ? Float32Array.from(usage) : norms(content, slots, width), rows, per),
      erase,
      add: vector("write_vectors"),
      dials: this.dials(t),
    };
  }

  dials(t: number): Dial[] {
    return gateDials(this.model, this.memory.bank.name, t, GATES).slice(0, 4);
  }

  wrote(t: number): Float32Array {
    return largest(heads(this.memory.bank.writeHeads, (h) => this.memory.writeRow(h, t)));
  }

  readout(t: number): string {
    const { memory } = this;
    const { writeHeads, readHeads } = memory.bank;
    const write = strongest(
      "write",
      heads(writeHeads, (h) => memory.writeRow(h, t)),
    );
    return `${write}, ${strongest(
      "read",
      heads(readHeads, (h) => memory.readRow(h, t)),
    )}`;
  }

  sizes(): readonly [string, string] {
    const { width, readHeads, usage } = this.memory.bank;
    const of = readHeads > 1 ? `, ${readHeads} heads` : "";
    return [`${count(this.places)} × ${width}${of}`, usage ? "slots by allocation" : "slots in order"];
  }
}

const WORDING: Wording = {
  slot: "slot",
  column: "slot",
  alwaysRead: null,
  left: (held) => `${percent(lost(held))} of that write is erased.`,
  numbers: (life, t) => [writtenHere("write weight", life, t), readHere("read weight", "slot", life, t)],
};

export function drawMatrix(model: ModelLog, memory: MatrixMemory): Drawn {
  return new MatrixDrawn(model, memory);
}
