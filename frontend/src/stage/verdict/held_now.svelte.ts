/** How much of what is going to be asked back each model still holds, step by step while a run goes on. */

import type { Span } from "../../analysis/question";
import type { Memory } from "../../memory/kinds/base";
import type { ModelLog } from "../../memory/log";
import type { LedgerClient } from "../../memory/worker/client";
import type { StageModel } from "../stage_model";

/** A number and the step it was computed for. */
export interface HeldPart {
  readonly part: number;
  readonly t: number;
}

interface Known extends HeldPart {
  readonly of: string;
}

export class HeldNow {
  private known = $state.raw<ReadonlyMap<number, Known>>(new Map());

  constructor(
    private readonly model: StageModel,
    private readonly ledger: Pick<LedgerClient, "held">,
  ) {}

  /** The newest that is known of a stretch; null before anything is. */
  of(stream: number, range: Span): HeldPart | null {
    const found = this.known.get(stream);
    return found?.of === this.name(stream, range) ? found : null;
  }

  /** A model that is behind is asked about its newest step alone. */
  want(streams: readonly number[], range: Span, t: number): void {
    if (t < range[1]) return;
    for (const stream of streams) {
      const { memory, model } = this.model.lane(stream);
      const of = this.name(stream, range);
      const known = this.known.get(stream);
      if (!model.hasStep(t) || !there(model, range) || (known?.of === of && known.t === t)) continue;
      this.ledger.held(stream, memory.bank.name, t, "strip").then(
        (row) => {
          if (row) this.known = new Map(this.known).set(stream, { of, t, part: partOf(memory, row, range) });
        },
        () => undefined, // a model that lost steps; its lane says what failed
      );
    }
  }

  private name(stream: number, [a, b]: Span): string {
    return `${this.model.bankOf(stream).name}/${a}-${b}`;
  }
}

/** Whether what the stretch wrote is held; of a long run it is asked for again. */
function there(model: ModelLog, [first, last]: Span): boolean {
  for (let s = first; s <= last; s++) if (!model.ready(s)) return false;
  return true;
}

/** What is left of all that some steps wrote, each write counted by its square. */
export function partOf({ held }: Pick<Memory, "held">, row: ArrayLike<number>, [a, b]: Span): number {
  let [whole, left] = [0, 0];
  for (let s = a; s <= b; s++) {
    const size = held.norm(s) ** 2;
    whole += size;
    left += size * row[s]!;
  }
  return whole > 0 ? left / whole : 0;
}
