/** The slow questions to the ledger, as data that can be sent to a worker, and how each is answered. */
import { MnemoscopeError } from "../../wire/errors";
import type { Manifest } from "../../wire/manifest";
import { LedgerError } from "../errors";
import { GoingBack } from "./going_back";
import { Latest } from "./latest";
import { PassedBlocks, type Passed } from "./passed";
import { fetchNow, pulling, type Fetch } from "./pulling";
import { RecordingLog } from "../log";
import type { ModelLog } from "../model_log";

export interface Question {
  /**
   * shares: of what a read head reads · slot: of what a slot holds · held: what is left of every write · losses: what steps up to t
   * took of the writes from step `index` to step `last`, by mechanism (Held.losses).
   */
  readonly kind: "shares" | "slot" | "held" | "losses";
  readonly stream: number;
  /** Null: the model's default bank. */
  readonly bank: string | null;
  /** Read head or slot; 0 for `held`; of `losses` the first write. */
  readonly index: number;
  /** Of `losses` alone: the last write. */
  readonly last?: number;
  readonly t: number;
}

/** Needs all steps 0 … t of the model, held or to be had. Throws LedgerError. */
export function answer(model: ModelLog, { kind, bank, index, last = index, t }: Question): Float64Array<ArrayBuffer> {
  const memory = model.memory(bank);
  if (kind === "shares") return memory.readShares(index, t);
  if (kind === "slot") return memory.slotShares(index, t);
  if (kind === "losses") return memory.held.losses(index, last, t + 1);
  return memory.held.row(t);
}

// --- between the page and its worker ---

export type ToWorker =
  | {
      readonly type: "open";
      /** As the page has read and checked it. */
      readonly manifest: Manifest;
      /** Bytes of chunks that the worker holds at most, and where those come from that it does not hold; null: it holds all. */
      readonly chunks: { readonly keep: number; readonly address: string } | null;
    }
  | { readonly type: "message"; readonly bytes: Uint8Array }
  /** Chunk k of a bank has passed by in the page. */
  | {
      readonly type: "passed";
      readonly stream: number;
      readonly bank: string;
      readonly k: number;
      readonly chunk: Passed;
    }
  /** What stays of chunk k of a bank, which every later step looks at. */
  | {
      readonly type: "stays";
      readonly stream: number;
      readonly bank: string;
      readonly k: number;
      readonly piece: Float32Array;
    }
  /** `sums`: sums of blocks will do for now. The same question again goes on from there. */
  | { readonly type: "ask"; readonly id: number; readonly question: Question; readonly sums?: boolean };

export type FromWorker =
  | { readonly type: "ready" }
  | { readonly type: "answer"; readonly id: number; readonly row: Float64Array<ArrayBuffer> }
  /** Not all of the answer yet: the row from step `from` on, before which there are sums alone, and the blocks as in Sums, one after another. */
  | {
      readonly type: "sums";
      readonly id: number;
      readonly initial: number;
      readonly from: number;
      readonly row: Float64Array<ArrayBuffer>;
      readonly blocks: Float64Array<ArrayBuffer>;
    }
  | {
      readonly type: "refusal";
      readonly id: number;
      readonly code: string;
      readonly message: string;
      readonly where: string | null;
      readonly cure: string | null;
    };

/** The worker's side: a log of its own, fed with the same messages as the page's. */
export class LedgerService {
  private log: RecordingLog | null = null;
  /** By stream and bank. */
  private readonly passed = new Map<string, PassedBlocks>();
  /** Rows that are not exact yet. */
  private readonly going = new Latest<GoingBack>();

  constructor(
    private readonly post: (message: FromWorker, transfer: Transferable[]) => void,
    private readonly fetch: Fetch = fetchNow,
  ) {
    post({ type: "ready" }, []);
  }

  receive(message: ToWorker): void {
    if (message.type === "open") {
      const { chunks } = message;
      this.log = new RecordingLog(message.manifest, chunks?.keep);
      if (chunks) pulling(this.log, chunks.address, this.fetch);
    } else if (message.type === "message") this.log?.append(message.bytes);
    else if (message.type === "passed") this.pass(message);
    else if (message.type === "stays") this.log?.model(message.stream).putStay(message.bank, message.k, message.piece);
    else this.reply(message.id, message.question, message.sums === true);
  }

  private pass({ stream, bank, k, chunk }: ToWorker & { type: "passed" }): void {
    if (!this.log) return;
    const { blocks } = this.log.model(stream).memory(bank);
    if (!blocks) return;
    const key = `${stream}/${bank}`;
    let passed = this.passed.get(key);
    if (!passed) this.passed.set(key, (passed = new PassedBlocks(blocks, this.log.manifest.steps)));
    passed.take(k, chunk);
  }

  /** A row on its way by sums, some blocks further than when it was asked for last; null where there are none. */
  private bySums({ kind, stream, bank, index, t }: Question): GoingBack | null {
    if (kind !== "shares") return null;
    const model = this.log!.model(stream);
    const memory = model.memory(bank);
    const bankKey = `${stream}/${memory.bank.name}`;
    const head = `${bankKey}/${index}`;
    let found = this.going.get(head, t);
    if (found) found.refine();
    else {
      const passed = this.passed.get(bankKey);
      const begun = passed ? GoingBack.of(model, memory, passed, index, t) : null;
      if (!begun) return null;
      found = begun;
    }
    if (found.exact) this.going.delete(head, t);
    else this.going.set(head, t, found);
    return found;
  }

  private reply(id: number, question: Question, sums: boolean): void {
    try {
      if (!this.log) throw new LedgerError("not-open", "The worker was asked before it was given a recording.");
      const going = sums ? this.bySums(question) : null;
      if (going && !going.exact) {
        const { oldest: from } = going;
        const [row, blocks] = [going.row.slice(from + 1), Float64Array.from(going.blocks.flat())];
        this.post({ type: "sums", id, initial: going.row[0]!, from, row, blocks }, [row.buffer, blocks.buffer]);
        return;
      }
      const row = going?.row ?? answer(this.log.model(question.stream), question);
      this.post({ type: "answer", id, row }, [row.buffer]);
    } catch (error) {
      const { code, where, cure } = error instanceof MnemoscopeError ? error : UNKNOWN;
      const message = error instanceof Error ? error.message : String(error);
      this.post({ type: "refusal", id, code, message, where, cure }, []);
    }
  }
}

const UNKNOWN = { code: "failed", where: null, cure: "Reload the page." };
