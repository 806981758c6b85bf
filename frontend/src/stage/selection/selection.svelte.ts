/** What the models still have of a selected range of time: asked of the ledger in the background, and kept while it is selected. */

import type { Span } from "../../analysis/question";
import { remainsOf, type Remains } from "../../analysis/remains";
import type { LedgerClient } from "../../memory/worker/client";
import type { StageModel } from "../stage_model";

/** A live run is asked about again after so many more steps. */
const EVERY = 16;

export class SelectionRemains {
  private known = $state.raw<ReadonlyMap<string, Remains>>(new Map());
  private readonly asked = new Set<string>();

  constructor(
    private readonly model: StageModel,
    private readonly ledger: Pick<LedgerClient, "losses">,
  ) {}

  /** Null while it is being computed, or has not all been written yet. */
  of(stream: number, range: Span, whole: boolean): Remains | null {
    return this.known.get(this.key(stream, range, this.stop(stream, whole))) ?? null;
  }

  /** `whole`: no more steps will come. */
  want(streams: readonly number[], range: Span, whole: boolean): void {
    for (const stream of streams) {
      const stop = this.stop(stream, whole);
      const key = this.key(stream, range, stop);
      if (stop <= range[1] || this.asked.has(key)) continue;
      this.asked.add(key);
      const { mechanisms } = this.model.lane(stream).memory.held;
      const { name } = this.model.bankOf(stream);
      this.ledger.losses(stream, name, range, stop - 1).then(
        (losses) => {
          if (losses) this.known = new Map(this.known).set(key, remainsOf(mechanisms, losses, range, stop));
          else this.asked.delete(key); // another selection came between, or a keyframe is still on its way
        },
        () => undefined, // a model that lost steps has no such curve; its lane says what failed
      );
    }
  }

  private stop(stream: number, whole: boolean): number {
    const { steps } = this.model.lane(stream).model;
    return whole ? steps : Math.floor(steps / EVERY) * EVERY;
  }

  private key(stream: number, [a, b]: Span, stop: number): string {
    return `${stream}/${this.model.bankOf(stream).name}/${a}-${b}/${stop}`;
  }
}
