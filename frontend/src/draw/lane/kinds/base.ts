/**
 * How a kind of memory is drawn in its lane and spoken of, for everything that is not a kind: one protocol, as memory/kinds/base.ts is
 * for what it computes. A `Drawn` belongs to one lane: one bank of one model.
 */
import type { SlotLife } from "../../../memory/kinds/base";
import type { Fold } from "../slot_rows";
import type { Gauge, Phase } from "../gauge";
import type { ColumnSource } from "../tape";

/** A gate of a step: what a model decided, with the sentence that defines it. */
export interface Dial {
  name: string;
  /** 0 … 1; what lies beyond is drawn as 1. */
  value: number;
  /** Write-like, erase-like (forget, free) or read-like. */
  ink: "w" | "e" | "r";
  /** What is written under the name instead of the value. */
  label?: string;
  /** Definition, one hover away. */
  says: string;
}

/** One block of columns of the cut; a state has several (content, output or write, and its gates in grey). */
export interface Block {
  name: string;
  /** Columns of this block. */
  columns: number;
  /** Relative width on the page. */
  weight: number;
  map: "signed" | "grey";
  /** rows × columns; not a number where there is nothing. Of several slots in a row one stands for all. */
  values: Float32Array;
  /** The number itself, of a slot and not of a row. */
  at: (slot: number, column: number) => number;
  /** In which beat of a step it changes (beats.ts). */
  changes: "erase" | "write" | "read";
  /** What the erase of this step leaves of each number, 0 … 1; absent where nothing erases. */
  keeps?: (i: number) => number;
}

/** The cut through now: contents, heads, usage and gates of one bank at one step, ready to paint. */
export interface NowPicture {
  t: number;
  rows: number;
  /** Slots (units, steps) per row. */
  per: number;
  /** Rows that exist at this step; the rest is empty ground. */
  filled: number;
  blocks: Block[];
  /** Bars of the heads: length = weight, per head. */
  writes: Float32Array[];
  reads: Float32Array[];
  /** Whether heads address rows, so that an arrow shows where each goes. */
  arrows: boolean;
  /** Grey bars: usage (DNC), row norm relative to the limit (NTM, DeltaNet), size of the state, reads over all heads (attention). */
  usage: Float32Array;
  /** Erase vector (0 … 1) and write vector of the strongest write head; null where the bank has none. */
  erase: Float32Array | null;
  add: Float32Array | null;
  dials: Dial[];
}

/** A number about one slot at one step, with the sentence that defines it. */
export interface SlotNumber {
  name: string;
  value: string;
  says: string;
}

/** Where a bank stands among those of its model, as its lane says it: "layer 2", "layer 2 of 4". */
export interface Standing {
  /** Null where the model has no other. */
  readonly name: string | null;
  /** Banks of the same family, itself included. */
  readonly alike: number;
}

/** What is said about a kind and its slots. */
export interface Wording {
  /** What one slot is called. */
  readonly slot: string;
  /** What a column of the read map is; null where a map of reads, step by slot, says nothing. */
  readonly column: "slot" | "step" | null;
  /** The sentence in place of "Last read at …" where reading is not a choice. */
  readonly alwaysRead: string | null;
  /** The sentence about an empty slot, where the usual ones do not fit. */
  empty?(slot: number): string;
  /** What is left of a write of which `held` is held. */
  left(held: number): string;
  /** What happens to a slot at step t, in the gates and addresses of this kind. */
  numbers(life: SlotLife, t: number): SlotNumber[];
}

export interface Drawn {
  readonly wording: Wording;
  /** Slots that have a place in the raster; of a memory that grows those the run is planned to have. */
  readonly places: number;
  /** Slots from top to bottom; null: in order of their index. */
  readonly order: Uint16Array | null;
  /** Heads whose content is shown one at a time; 1: all is shown. */
  readonly heads: number;
  /** Whether slots are erased by degrees. */
  readonly erases: boolean;
  /** Whether a moment is held in few of the rows, which can be marked. */
  readonly marksRows: boolean;
  /** What stands above the raster: bars, or rows of gates; empty: nothing. */
  readonly gauges: readonly Gauge[];
  /** Limit of each signed block of the cut, by its name, fixed for the recording (fixedLimit). */
  readonly limits: ReadonlyMap<string, number>;
  /** What a full usage bar means; norms are drawn relative to the recording's limit. */
  readonly usageLimit: number;

  /** What the raster of slots × time is made of, on that many pixel rows; `columns` null: what is held has no rows, it shows lags. */
  fit(pixels: number): { readonly fold: Fold; readonly columns: ColumnSource | null };
  /** Lets the limits grow to what is found at these steps; `fresh`: so few are known that what was found before does not count. */
  measure(steps: readonly number[], fresh: boolean): void;
  /** Called when steps arrived: whether order or scale of the rows changed, so that columns are to be filled again. */
  settle?(steps: number, complete: boolean, sampled: readonly number[]): boolean;

  /** The cut through step t; `head` where heads are shown one at a time. */
  cut(t: number, fold: Fold, head: number): NowPicture;
  /** At most four; none where no gate is recorded. */
  dials(t: number, head: number): Dial[];
  /** How much step t wrote to each slot, the most of any head [slot]: of all slots, however they are folded into rows. */
  wrote(t: number): Float32Array;
  /** The values at the ghost line in one short line. */
  readout(t: number): string;
  /** Steps at which its phases begin, where it has phases. */
  phases?(): readonly Phase[];
  /** Two lines under the name: how large, and what the rows are. */
  sizes(standing: Standing): readonly [string, string];
}
