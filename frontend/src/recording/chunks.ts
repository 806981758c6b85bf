/**
 * Fetches the chunks of a recording in a good order: those of the picture that is looked at first, then those asked for urgently, then
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

/** Fetched beside those, where the playhead has come to a chunk while all that is on its way is of the place that it has left. */
const BESIDE = 2;

/**
 * Milliseconds after the chunk under the playhead in which nothing else is fetched: the step is drawn first, and a playhead that is
 * dragged has moved on by then.
 */
const BREATH = 30;

/** A chunk on its way; `beside`: for the picture alone, and not the one under the playhead. */
interface Underway {
  readonly end: AbortController;
  beside: boolean;
}

export class ChunkLoader {
  /** Chunks to fetch, the next one first. */
  private queue: number[] = [];
  /** Chunks of the picture that is looked at, which come before all others. */
  private looked: number[] = [];
  /** The first of them: nothing shares the line with it. */
  private alone: number | null = null;
  private readonly running = new Map<number, Underway>();
  private readonly tries = new Map<number, number>();
  /** Chunks that will be tried again. */
  private readonly timers = new Map<number, ReturnType<typeof setTimeout>>();
  private stopped = false;
  private breath: ReturnType<typeof setTimeout> | undefined;
  private waiting: { readonly chunks: readonly number[]; readonly done: () => void }[] = [];

  constructor(private readonly options: ChunkOptions) {}

  /** Asks for chunks, in this order, after those asked for before. One that is on its way is not asked for twice. */
  want(chunks: Iterable<number>): void {
    const asked = new Set(this.queue);
    for (const n of chunks) if (!asked.has(n) && !this.kept(n)) this.queue.push(n);
    this.go();
  }

  /** Asks for chunks, in this order, before all others. */
  hurry(...chunks: number[]): void {
    const first = [...new Set(chunks)].filter((n) => !this.kept(n));
    this.queue = [...first, ...this.queue.filter((other) => !first.includes(other))];
    this.go();
  }

  /**
   * The picture needs these chunks, in this order, before all others. Those of the picture before are left: a playhead that is dragged
   * over a long run would queue up hundreds that nobody looks at any more, and one that jumps would share the line with those beside the
   * place that it has left.
   */
  look(chunks: readonly number[]): void {
    for (const [n, { end, beside }] of this.running) {
      if (!beside || chunks.includes(n)) continue;
      this.running.delete(n);
      end.abort();
    }
    this.exhale();
    this.looked = chunks.filter((n) => !this.running.has(n));
    this.alone = chunks[0] ?? null;
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
    this.stopped = true;
    this.exhale();
    for (const { end } of this.running.values()) end.abort();
    this.queue = [];
    this.looked = [];
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.rest();
  }

  private go(): void {
    const { lanes = 3 } = this.options;
    const most = (): number => (this.looked[0] === this.alone ? lanes + BESIDE : lanes);
    while (!this.stopped && this.running.size < most()) {
      const n = this.next();
      if (n === undefined) break;
      const wanted = this.queue.includes(n);
      this.queue = this.queue.filter((other) => other !== n);
      void this.load(n, n !== this.alone && !wanted);
    }
    this.rest();
  }

  private exhale(): void {
    clearTimeout(this.breath);
    this.breath = undefined;
  }

  /** Whether it is on its way; from now on whatever the picture needs. */
  private kept(n: number): boolean {
    const underway = this.running.get(n);
    if (underway) underway.beside = false;
    return underway !== undefined;
  }

  private next(): number | undefined {
    if (this.breath || (this.alone !== null && this.running.has(this.alone))) return undefined;
    return this.looked.shift() ?? this.queue[0];
  }

  private rest(): void {
    const settled = this.waiting.filter(({ chunks }) => this.stopped || !chunks.some((n) => this.pending(n)));
    this.waiting = this.waiting.filter((waiting) => !settled.includes(waiting));
    for (const { done } of settled) done();
  }

  private pending(n: number): boolean {
    return this.queue.includes(n) || this.looked.includes(n) || this.running.has(n) || this.timers.has(n);
  }

  private async load(n: number, beside: boolean): Promise<void> {
    const underway = { end: new AbortController(), beside };
    this.running.set(n, underway);
    const { signal } = underway.end;
    clearTimeout(this.timers.get(n)); // asked for before its next try was due
    this.timers.delete(n);
    try {
      const bytes = await this.options.fetch(n, signal);
      if (signal.aborted) return;
      this.tries.delete(n);
      this.options.take(n, bytes);
    } catch (error) {
      if (!signal.aborted) this.trouble(n, readable(error));
    } finally {
      if (this.running.get(n) === underway) this.running.delete(n);
      if (n === this.alone && this.looked.length && !this.stopped) {
        this.breath ??= setTimeout(() => {
          this.exhale();
          this.go();
        }, BREATH);
      }
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
