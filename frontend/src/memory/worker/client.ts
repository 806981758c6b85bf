/**
 * The ledger seen from the page: ask for a row, get it when it is ready, never wait for a stale one.
 *
 * A worker holds a log of its own (every message is sent to it once, copied unless its memory can be shared, shareable.ts)
 * and answers one question at a time. A new
 * question of the same asker about the same head takes the place of one still waiting, so that a fast pointer does not
 * queue up rows nobody looks at any more. Where the page may not have a worker (a strict content policy, some file://
 * set-ups) the same questions are answered here, one per turn of the event loop.
 */
import { LedgerError } from "../errors";
import { kindOf } from "../kinds";
import type { RecordingLog } from "../log";
import type { Sums } from "../shares";
import { answer } from "./questions";
import type { FromWorker, Question, ToWorker } from "./questions";
import { Latest } from "./latest";
import { passing, staying } from "./passing";
import { isShared } from "./shareable";
import { LateWorker } from "./late";

export type { Question } from "./questions";

/** A row of shares or held parts. Shared with the cache: read it, do not write to it. */
export type Row = Float64Array;

/** What of a Worker is used; tests put something else in its place. */
export interface WorkerLike {
  postMessage(message: ToWorker, transfer: Transferable[]): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
}

export interface LedgerOptions {
  /** Starts the worker; may throw. Null: answer on the main thread. */
  readonly spawn?: (() => WorkerLike) | null;
  /** Rows held, in bytes. */
  readonly cacheBytes?: number;
  /** How long a worker may take to start before the main thread takes over, in ms. */
  readonly startWithin?: number;
  /** Where the worker gets chunks that it does not hold; without it, and on the main thread, it holds all that has come. */
  readonly chunks?: ChunksOf | null;
}

/** Chunks of a recording that a server hands out, one at a time and as often as one likes. */
export interface ChunksOf {
  /** Their address without "/number". */
  readonly address: string;
  /** Bytes that the page holds of them at most; the worker, which walks through them, holds half. */
  readonly keep: number;
  /** Steps that there are by now. */
  readonly steps: () => number;
  /** Whether the page sends the worker what it gets: of a run that goes on, whose last steps nobody can fetch yet. */
  readonly sent: boolean;
}

/** Bytes of rows that are held at most; of a run that is held in part, whose rows are long, as few as will do. */
const CACHE = 32 << 20;
const ROWS = 12;

/** Questions that sums will do for which a worker is given at once: an answer waits for the page, which is painting, and the next would too. */
const AT_ONCE = 8;

/** Milliseconds without a question after which sums are taken apart. */
const REST = 150;

interface Waiting {
  readonly question: Question;
  /** Its place in the queue, for a question that sums will do for at first; null: only the whole answer will. */
  readonly key: string | null;
  /** It has waited until nothing else was asked. */
  readonly rested: boolean;
  readonly resolve: (row: Row | null) => void;
  readonly reject: (error: Error) => void;
}

interface Fill {
  readonly question: Omit<Question, "t">;
  readonly first: number;
  next: number;
  until: number;
}

export class LedgerClient {
  private worker: WorkerLike | null = null;
  private ready = false;
  private closed = false;
  /** Questions not yet sent, by asker and head; a Map keeps the order in which they were asked. */
  private readonly queue = new Map<string, Waiting>();
  /** Questions being computed, by id: one that may take long, or several that sums will do for. */
  private readonly asked = new Map<number, Waiting>();
  /** Questions whose sums are known, until nothing else is asked. */
  private readonly resting = new Map<string, Waiting>();
  private pause: ReturnType<typeof setTimeout> | undefined;
  private ids = 0;
  private readonly fills = new Map<string, Fill>();
  private readonly cache: RowCache;
  private readonly answered = new Set<(question: Question, row: Row) => void>();
  private readonly summed = new Set<() => void>();
  /** Rows that have come as sums and are not exact yet. */
  private readonly partly = new Latest<Sums>();
  private readonly cleanup: (() => void)[] = [];
  private readonly chunks: ChunksOf | null;

  constructor(
    private readonly log: RecordingLog,
    {
      spawn = () => new LateWorker(),
      startWithin = 5000,
      chunks = null,
      cacheBytes = chunks ? Math.min(CACHE, Math.max(CACHE / 4, ROWS * 8 * log.manifest.steps)) : CACHE,
    }: LedgerOptions = {},
  ) {
    this.cache = new RowCache(cacheBytes);
    this.chunks = chunks;
    if (spawn) this.start(spawn, startWithin);
    this.cleanup.push(log.onGrow(() => this.next()));
  }

  /** Where rows are computed. */
  get mode(): "worker" | "main" {
    return this.worker ? "worker" : "main";
  }

  /**
   * Shares [t + 2] of what a read head reads at step t. Null when the answer is no longer wanted (the same `asker` has
   * asked about another step since) or cannot be had yet (steps up to t are not all held). Rejects with LedgerError.
   * `whole`: sums on the way are of no use.
   */
  shares(stream: number, bank: string | null, head: number, t: number, asker = "", whole = false): Promise<Row | null> {
    return this.ask({ kind: "shares", stream, bank, index: head, t }, asker, whole);
  }

  /** Shares [t + 2] of what a slot holds after step t; as `shares`. */
  slot(stream: number, bank: string | null, slot: number, t: number, asker = ""): Promise<Row | null> {
    return this.ask({ kind: "slot", stream, bank, index: slot, t }, asker);
  }

  /** What is left of the write of each step 0 … t after step t, [t + 1]; as `shares`. */
  held(stream: number, bank: string | null, t: number, asker = ""): Promise<Row | null> {
    return this.ask({ kind: "held", stream, bank, index: 0, t }, asker);
  }

  /** What steps up to t took of the writes of steps first … last, by mechanism, [mechanism · (t + 1)]; as `shares`. */
  losses(
    stream: number,
    bank: string | null,
    [first, last]: readonly [number, number],
    t: number,
  ): Promise<Row | null> {
    return this.ask({ kind: "losses", stream, bank, index: first, last, t }, "selection");
  }

  ask(question: Question, asker = "", whole = false): Promise<Row | null> {
    const known = this.cache.get(name(question));
    if (known) return Promise.resolve(known);
    if (this.closed || !this.holds(question)) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      // A slot or head of its own is a question of its own only where several are wanted at once: say so by `asker`.
      const key = `${asker}/${question.kind}/${question.stream}/${question.bank}/${question.kind === "shares" ? question.index : ""}`;
      for (const waiting of [this.queue, this.resting]) waiting.get(key)?.resolve(null);
      this.resting.delete(key);
      this.rest();
      this.queue.set(key, { question, key: whole ? null : key, rested: false, resolve, reject });
      this.next();
    });
  }

  /** What is known of shares that are still being taken apart: of a run that is held in part sums come first. */
  sums(question: Question): Sums | null {
    return this.partly.get(head(question), question.t) ?? null;
  }

  /** The answer if it is there already: for painters, which do not wait. */
  peek(question: Question): Row | null {
    return this.cache.get(name(question)) ?? null;
  }

  /**
   * Computes the shares of steps first … until − 1 whenever nothing else is asked; they come to `onAnswer` and `peek`. Called again
   * for a range that does not begin further left it goes on where it was.
   */
  fill(stream: number, bank: string | null, head: number, first: number, until: number): void {
    const question = { kind: "shares", stream, bank, index: head } as const;
    const key = `${stream}/${bank}/${head}`;
    const fill = this.fills.get(key);
    if (fill && first >= fill.first && first <= fill.next) fill.until = until;
    else this.fills.set(key, { question, first, next: first, until });
    this.next();
  }

  /** Ends a fill; what it computed stays in the cache. */
  stopFill(stream: number, bank: string | null, head: number): void {
    this.fills.delete(`${stream}/${bank}/${head}`);
  }

  /** Calls `listener` with every row that has been computed. Returns the way to stop it. */
  onAnswer(listener: (question: Question, row: Row) => void): () => void {
    this.answered.add(listener);
    return () => this.answered.delete(listener);
  }

  /** Calls `listener` when `sums` has more. Returns the way to stop it. */
  onSums(listener: () => void): () => void {
    this.summed.add(listener);
    return () => this.summed.delete(listener);
  }

  close(): void {
    this.closed = true;
    for (const stop of this.cleanup) stop();
    this.worker?.terminate();
    this.worker = null;
    clearTimeout(this.pause);
    for (const waiting of [...this.queue.values(), ...this.resting.values(), ...this.asked.values()])
      waiting.resolve(null);
    this.queue.clear();
    this.resting.clear();
    this.fills.clear();
    this.asked.clear();
  }

  private start(spawn: () => WorkerLike, within: number): void {
    try {
      this.worker = spawn();
    } catch {
      return; // not allowed here: `mode` says so, and the main thread answers
    }
    const worker = this.worker;
    worker.onmessage = (event) => this.hear(event.data);
    worker.onerror = () => this.takeOver();
    worker.onmessageerror = () => this.takeOver();
    const timer = setTimeout(() => {
      if (!this.ready) this.takeOver();
    }, within);
    this.cleanup.push(() => clearTimeout(timer));
    if (this.chunks) this.log.keep = this.chunks.keep;
    this.send(
      { type: "open", manifest: { ...this.log.manifest, raw: {} }, chunks: this.chunks && told(this.chunks) },
      [],
    );
    if (this.chunks) {
      const passed = passing(this.log, (message) => this.send(message, [message.chunk.left.buffer, message.chunk.state.buffer])); // prettier-ignore
      this.cleanup.push(
        passed,
        staying(this.log, (message, transfer) => this.send(message, transfer)),
      );
    }
    if (this.chunks && !this.chunks.sent) return;
    const send = (bytes: Uint8Array<ArrayBuffer>): void => this.send({ type: "message", bytes }, [bytes.buffer]);
    for (const message of this.log.messages()) send(message);
    this.cleanup.push(
      this.log.onMessage((bytes) => {
        if (isShared(bytes)) this.send({ type: "message", bytes }, []);
        else send(new Uint8Array(bytes));
      }),
    );
  }

  private send(message: ToWorker, transfer: Transferable[]): void {
    this.worker?.postMessage(message, transfer);
  }

  /** The worker cannot be had or has died: answer here from now on, first what it owes. */
  private takeOver(): void {
    this.worker?.terminate();
    this.worker = null;
    this.log.keep = Infinity; // here nobody can fetch while a row is being computed
    const owed = [...this.asked.values()];
    this.asked.clear();
    for (const waiting of owed) this.compute(waiting);
    this.next();
  }

  private hear(message: FromWorker): void {
    if (message.type === "ready") {
      this.ready = true;
      return;
    }
    const waiting = this.asked.get(message.id);
    if (!waiting) return;
    this.asked.delete(message.id);
    if (message.type === "answer") this.settle(waiting, message.row);
    else if (message.type === "sums") this.goOn(waiting, message);
    else this.refuse(waiting, new LedgerError(message.code, message.message, message.where, message.cure));
    this.next();
  }

  /** Not all of the answer yet: it is asked for again later, after whatever else waits, unless its asker has turned to another step. */
  private goOn(waiting: Waiting, { initial, from, row: known, blocks }: FromWorker & { type: "sums" }): void {
    const { question } = waiting;
    const row = new Float64Array(question.t + 2);
    row[0] = initial;
    row.set(known, from + 1);
    this.partly.set(head(question), question.t, { row, blocks: inThrees(blocks) });
    for (const listener of this.summed) listener();
    const { key } = waiting;
    if (key === null || this.queue.has(key)) waiting.resolve(null);
    else if (waiting.rested) this.queue.set(key, waiting);
    else {
      this.resting.set(key, waiting);
      this.rest();
    }
  }

  /** What is known as sums is taken apart when nothing has been asked for a while: whoever drags the playhead wants the next sums. */
  private rest(): void {
    clearTimeout(this.pause);
    if (this.resting.size === 0) return;
    this.pause = setTimeout(() => {
      for (const [key, waiting] of this.resting) this.queue.set(key, { ...waiting, rested: true });
      this.resting.clear();
      this.next();
    }, REST);
  }

  /** Takes up the next question if nothing is being computed, or the next ones. */
  private next(): void {
    while (!this.closed && this.free()) {
      const waiting = this.take();
      if (!waiting) return;
      const id = ++this.ids;
      this.asked.set(id, waiting);
      const sums = this.chunks !== null && waiting.key !== null;
      if (this.worker) this.send({ type: "ask", id, question: waiting.question, sums }, []);
      else setTimeout(() => this.asked.delete(id) && this.finish(waiting), 0);
    }
  }

  /** Whether one more may be sent. Of one asker's questions the worker has one: of those that wait the last alone is still wanted. */
  private free(): boolean {
    if (this.asked.size === 0) return true;
    const [first] = this.queue.values();
    if (!first || !this.soon(first) || this.asked.size >= AT_ONCE) return false;
    return [...this.asked.values()].every((waiting) => this.soon(waiting) && waiting.key !== first.key);
  }

  /** Whether sums will do, which are there in a millisecond. */
  private soon({ key, rested }: Waiting): boolean {
    return this.worker !== null && this.chunks !== null && key !== null && !rested;
  }

  private take(): Waiting | null {
    for (const [key, waiting] of this.queue) {
      this.queue.delete(key);
      return waiting;
    }
    for (const fill of this.fills.values()) {
      while (fill.next < fill.until) {
        const question: Question = { ...fill.question, t: fill.next };
        if (!this.holds(question)) break;
        fill.next++;
        if (this.cache.get(name(question))) continue;
        const drop = (): void => undefined; // listeners hear of it; a refused row of a fill is asked for by nobody
        return { question, key: null, rested: false, resolve: drop, reject: drop };
      }
    }
    return null;
  }

  private finish(waiting: Waiting): void {
    this.compute(waiting);
    this.next();
  }

  private compute(waiting: Waiting): void {
    try {
      this.settle(waiting, answer(this.log.model(waiting.question.stream), waiting.question));
    } catch (error) {
      this.refuse(waiting, error instanceof Error ? error : new LedgerError("failed", String(error)));
    }
  }

  private settle(waiting: Waiting, row: Row): void {
    this.cache.set(name(waiting.question), row);
    this.partly.delete(head(waiting.question), waiting.question.t);
    waiting.resolve(row);
    for (const listener of this.answered) listener(waiting.question, row);
  }

  private refuse(waiting: Waiting, error: Error): void {
    // A keyframe on its way: as with missing steps, the same question has an answer later.
    if (error instanceof LedgerError && error.code === "not-held") waiting.resolve(null);
    else waiting.reject(error);
  }

  private holds(question: Question): boolean {
    const { stream, t } = question;
    const model = this.log.models[stream];
    if (model && this.worker && this.chunks) {
      const bank = model.spec.banks.find(({ name }) => name === question.bank) ?? model.bank();
      if (kindOf(bank).stays && !model.reaches(bank.name, t)) return false;
      return t >= 0 && t < Math.max(model.steps, Math.min(this.chunks.steps(), model.failure?.step ?? Infinity));
    }
    return model !== undefined && t >= 0 && t < model.steps && (model.spec.keyframe.bytes === 0 || !!model.keyframe(0));
  }
}

function told({ address, keep }: ChunksOf): { address: string; keep: number } {
  return { address, keep: keep / 2 };
}

function inThrees(numbers: Float64Array): [number, number, number][] {
  return Array.from({ length: numbers.length / 3 }, (_, k) => [
    numbers[3 * k]!,
    numbers[3 * k + 1]!,
    numbers[3 * k + 2]!,
  ]);
}

function head({ stream, bank, index }: Question): string {
  return `${stream}/${bank}/${index}`;
}

function name({ kind, stream, bank, index, last, t }: Question): string {
  return `${kind}/${stream}/${bank}/${index}${last === undefined ? "" : `-${last}`}/${t}`;
}

/** Rows by name, least recently used out first once they take more than `limit` bytes. */
class RowCache {
  private readonly rows = new Map<string, Row>();
  private bytes = 0;

  constructor(private readonly limit: number) {}

  get(key: string): Row | undefined {
    const row = this.rows.get(key);
    if (row) {
      this.rows.delete(key);
      this.rows.set(key, row);
    }
    return row;
  }

  set(key: string, row: Row): void {
    this.bytes += row.byteLength - (this.rows.get(key)?.byteLength ?? 0);
    this.rows.delete(key);
    this.rows.set(key, row);
    for (const [oldest, old] of this.rows) {
      if (this.bytes <= this.limit) break;
      this.rows.delete(oldest);
      this.bytes -= old.byteLength;
    }
  }
}
