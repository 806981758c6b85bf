/**
 * Fetches the chunks of a recording in a good order: those asked for urgently first (the one under the playhead), then
 * the rest as they were asked for, a few at a time. A failure that may pass is tried again; one that cannot is reported.
 */
import { backoff } from "../server/backoff";
import { ApiError, readable } from "../server/errors";
import type { MnemoscopeError } from "../server/errors";

export interface ChunkOptions {
  /** Gets chunk n. */
  readonly fetch: (n: number, signal: AbortSignal) => Promise<Uint8Array>;
  /** Takes its bytes; may throw, which ends the loading. */
  readonly take: (n: number, bytes: Uint8Array) => void;
  /** A chunk cannot be had, now (`passing`) or at all. */
  readonly failed: (n: number, error: MnemoscopeError, again: boolean) => void;
  /** How many at a time. */
  readonly lanes?: number;
  /** Wait before the k-th try, ms. */
  readonly wait?: (k: number) => number;
}

export class ChunkLoader {
  /** Chunks to fetch, the next one first. */
  private queue: number[] = [];
  private readonly running = new Set<number>();
  private readonly tries = new Map<number, number>();
  /** Chunks that will be tried again. */
  private readonly timers = new Map<number, ReturnType<typeof setTimeout>>();
  private readonly abort = new AbortController();
  private waiting: { readonly chunks: readonly number[]; readonly done: () => void }[] = [];

  constructor(private readonly options: ChunkOptions) {}

  /** Asks for chunks, in this order, after those asked for before. One that is on its way is not asked for twice. */
  want(chunks: Iterable<number>): void {
    for (const n of chunks) if (!this.queue.includes(n) && !this.running.has(n)) this.queue.push(n);
    this.go();
  }

  /** Asks for chunks, in this order, before all others. */
  hurry(...chunks: number[]): void {
    const first = [...new Set(chunks)].filter((n) => !this.running.has(n));
    this.queue = [...first, ...this.queue.filter((other) => !first.includes(other))];
    this.go();
  }

  /** Resolves when none of these chunks is asked for any more: it is here, or cannot be had. */
  settled(...chunks: number[]): Promise<void> {
    return new Promise((done) => {
      this.waiting.push({ chunks, done });
      this.rest();
    });
  }

  stop(): void {
    this.abort.abort();
    this.queue = [];
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.rest();
  }

  private go(): void {
    const lanes = this.options.lanes ?? 3;
    while (!this.abort.signal.aborted && this.running.size < lanes) {
      const n = this.queue.shift();
      if (n === undefined) break;
      void this.load(n);
    }
    this.rest();
  }

  private rest(): void {
    const over = this.abort.signal.aborted;
    const settled = this.waiting.filter(({ chunks }) => over || !chunks.some((n) => this.pending(n)));
    this.waiting = this.waiting.filter((waiting) => !settled.includes(waiting));
    for (const { done } of settled) done();
  }

  private pending(n: number): boolean {
    return this.queue.includes(n) || this.running.has(n) || this.timers.has(n);
  }

  private async load(n: number): Promise<void> {
    this.running.add(n);
    clearTimeout(this.timers.get(n)); // asked for before its next try was due
    this.timers.delete(n);
    try {
      const bytes = await this.options.fetch(n, this.abort.signal);
      if (this.abort.signal.aborted) return;
      this.tries.delete(n);
      this.options.take(n, bytes);
    } catch (error) {
      if (!this.abort.signal.aborted) this.trouble(n, readable(error));
    } finally {
      this.running.delete(n);
      this.go();
    }
  }

  private trouble(n: number, error: MnemoscopeError): void {
    const tries = (this.tries.get(n) ?? 0) + 1;
    this.tries.set(n, tries);
    const again = error instanceof ApiError && error.passing;
    if (again) {
      const timer = setTimeout(
        () => {
          this.timers.delete(n);
          this.hurry(n);
        },
        (this.options.wait ?? backoff)(tries),
      );
      this.timers.set(n, timer);
    }
    this.options.failed(n, error, again);
  }
}
