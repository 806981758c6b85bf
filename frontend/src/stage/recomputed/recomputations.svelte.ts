/** Models that are run again in this page, one at a time, to hold their recording against them. */
import type { Compared } from "../../engine/recompute";
import type { RecomputeOptions, Recomputed } from "../../engine/recomputed";
import type { ModelLog } from "../../memory/model_log";
import { readable } from "../../server/errors";
import type { MnemoscopeError } from "../../server/errors";

/** Gets the engine of a stream as bytes. */
export type Packer = (stream: number) => Promise<Uint8Array>;

export type Recomputing =
  | { readonly phase: "running"; readonly of: number; readonly compared: Compared | null }
  | { readonly phase: "done"; readonly found: Recomputed }
  | { readonly phase: "failed"; readonly error: MnemoscopeError };

/** Loaded when it is first wanted: few who look at a recording run it again. */
type Recompute = (log: ModelLog, bytes: Uint8Array, options: RecomputeOptions) => Promise<Recomputed>;
const loaded: Recompute = async (...args) => (await import("../../engine/recomputed")).recompute(...args);

export class Recomputations {
  private known = $state.raw<ReadonlyMap<number, Recomputing>>(new Map());
  private readonly ending = new AbortController();

  constructor(
    /** Null: nobody has the model. */
    private readonly pack: Packer | null,
    private readonly recompute: Recompute = loaded,
  ) {}

  get offered(): boolean {
    return this.pack !== null;
  }

  /** How far one is; null where it was not asked for. */
  of(stream: number): Recomputing | null {
    return this.known.get(stream) ?? null;
  }

  /** Run a model again over the steps that are held of it. */
  async start(stream: number, log: ModelLog): Promise<void> {
    if (!this.pack || this.of(stream)?.phase === "running") return;
    const of = log.steps;
    this.put(stream, { phase: "running", of, compared: null });
    try {
      const found = await this.recompute(log, await this.pack(stream), {
        signal: this.ending.signal,
        onprogress: (compared) => this.put(stream, { phase: "running", of, compared }),
      });
      this.put(stream, { phase: "done", found });
    } catch (error) {
      if (!this.ending.signal.aborted) this.put(stream, { phase: "failed", error: readable(error) });
    }
  }

  close(): void {
    this.ending.abort();
  }

  private put(stream: number, what: Recomputing): void {
    this.known = new Map(this.known).set(stream, what);
  }
}
