/** The slow questions to the ledger, as data that can be sent to a worker, and how each is answered. */
import { MnemoscopeError } from "../../wire/errors";
import { parseManifest } from "../../wire/manifest";
import type { Json } from "../../wire/json";
import { LedgerError } from "../errors";
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
      readonly manifest: Json;
      /** Bytes of chunks that the worker holds at most, and where those come from that it does not hold; null: it holds all. */
      readonly chunks: { readonly keep: number; readonly address: string } | null;
    }
  | { readonly type: "message"; readonly bytes: Uint8Array }
  | { readonly type: "ask"; readonly id: number; readonly question: Question };

export type FromWorker =
  | { readonly type: "ready" }
  | { readonly type: "answer"; readonly id: number; readonly row: Float64Array<ArrayBuffer> }
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

  constructor(
    private readonly post: (message: FromWorker, transfer: Transferable[]) => void,
    private readonly fetch: Fetch = fetchNow,
  ) {
    post({ type: "ready" }, []);
  }

  receive(message: ToWorker): void {
    if (message.type === "open") {
      const { chunks } = message;
      this.log = new RecordingLog(parseManifest(message.manifest), chunks?.keep);
      if (chunks) pulling(this.log, chunks.address, this.fetch);
    } else if (message.type === "message") this.log?.append(message.bytes);
    else this.reply(message.id, message.question);
  }

  private reply(id: number, question: Question): void {
    try {
      if (!this.log) throw new LedgerError("not-open", "The worker was asked before it was given a recording.");
      const row = answer(this.log.model(question.stream), question);
      this.post({ type: "answer", id, row }, [row.buffer]);
    } catch (error) {
      const { code, where, cure } = error instanceof MnemoscopeError ? error : UNKNOWN;
      const message = error instanceof Error ? error.message : String(error);
      this.post({ type: "refusal", id, code, message, where, cure }, []);
    }
  }
}

const UNKNOWN = { code: "failed", where: null, cure: "Reload the page." };
