/**
 * The log of a recording in memory: messages in, typed views out. Live, replay and exported pages all append here, and
 * everything that is drawn is derived from it.
 */
import { checkBanks } from "../memory/kinds";
import { MessageError } from "../wire/errors";
import { KEYFRAME_EVERY } from "../wire/manifest";
import type { Failure, Manifest } from "../wire/manifest";
import { decodeMessages } from "../wire/messages";
import type { WireMessage } from "../wire/messages";
import { LedgerError } from "./errors";
import { letGo } from "./letting_go";
import { ModelLog } from "./model_log";
import type { Clock } from "./model_log";

export { LedgerError } from "./errors";
export { Keyframe, ModelLog, TensorReader } from "./model_log";

// Frames are little-endian and read in place. Every browser this viewer runs in is; say so rather than draw nonsense.
const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

export class RecordingLog {
  readonly models: readonly ModelLog[];
  private readonly growing = new Set<(log: RecordingLog) => void>();
  private readonly listening = new Set<(message: Uint8Array) => void>();
  private readonly clock: Clock = { now: 0 };
  /** As far as it is known: of a live source scaling, gaps and length come later. */
  manifest: Manifest;
  /** Bytes of chunks that are held at most; those looked at longest ago are let go of, whole chunks of all models. */
  keep: number;
  /** Hears of a chunk that was let go of and is wanted again; `onward`: with those after it. */
  wished: ((k: number, onward: boolean) => void) | null = null;

  /** Throws ManifestError where a bank is not what its kind needs. */
  constructor(manifest: Manifest, keep = Infinity) {
    this.manifest = manifest;
    this.keep = keep;
    if (!LITTLE_ENDIAN) throw new LedgerError("big-endian", "This viewer needs a little-endian machine.");
    checkBanks(manifest);
    this.models = manifest.models.map((spec) => new ModelLog(spec, this.clock));
    for (const model of this.models) model.wished = (k, onward) => this.wished?.(k, onward);
    for (const failure of manifest.failures) this.fail(failure);
  }

  /** Steps held without a gap by every model that has not failed. */
  get steps(): number {
    const living = this.models.filter((model) => model.failure === null);
    if (living.length === 0) return Math.max(...this.models.map((model) => model.steps));
    return Math.min(...living.map((model) => model.steps));
  }

  /** One past the newest step held of any model, gaps or not. */
  get newest(): number {
    return Math.max(...this.models.map((model) => model.newest));
  }

  model(stream: number): ModelLog {
    const model = this.models[stream];
    if (model) return model;
    throw new LedgerError("no-model", `Wanted model ${stream}, the recording has ${this.models.length}.`);
  }

  /** Whether every living model holds the steps first … last (both included). */
  has(first: number, last: number): boolean {
    return this.models.every((model) => model.failure !== null || model.has(first, last));
  }

  /** Looks at chunk k of all models, so that it stays. */
  touch(k: number): void {
    for (const model of this.models) model.touch(k);
  }

  /** Chunks of which something below step `until` has never arrived, in order. */
  missing(until: number): number[] {
    const out: number[] = [];
    for (let k = 0; k * KEYFRAME_EVERY < until; k++) {
      if (!this.models.every((model) => model.sawChunk(k, until))) out.push(k);
    }
    return out;
  }

  /**
   * Takes one or several wire messages that lie one after another from byte `offset` on. The bytes are the log's from then on.
   * Throws MessageError at the first that does not belong here; those before it have been taken.
   */
  append(source: ArrayBuffer | Uint8Array, offset = 0): void {
    let took = false;
    try {
      for (const message of decodeMessages(source, offset)) {
        this.take(message);
        took = true;
        for (const listener of this.listening) listener(message.bytes);
      }
    } finally {
      const lost = letGo(this.models, this.keep);
      for (const k of lost) this.wished?.(k, true);
      if (took) for (const listener of this.growing) listener(this);
    }
  }

  /** Notes that a model cannot go on from `step`; it no longer holds the others back. */
  fail(failure: Failure): void {
    this.model(failure.stream).failure = failure;
    for (const listener of this.growing) listener(this);
  }

  /** Calls `listener` after every append that brought something. Returns the way to stop it. */
  onGrow(listener: (log: RecordingLog) => void): () => void {
    this.growing.add(listener);
    return () => this.growing.delete(listener);
  }

  /** Calls `listener` with the bytes of every message taken, as a view that is valid during the call. */
  onMessage(listener: (message: Uint8Array) => void): () => void {
    this.listening.add(listener);
    return () => this.listening.delete(listener);
  }

  /** Everything held, as messages for another log; each in a buffer of its own. */
  *messages(): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
    for (const model of this.models) yield* model.messages();
  }

  private take(message: WireMessage): void {
    const { stream, first, count, payload } = message;
    this.clock.now++;
    const model = this.models[stream];
    if (!model) {
      throw misfit("unknown-stream", `wanted a model below ${this.models.length}, got ${stream}`, first);
    }
    if (message.kind === "keyframe") {
      const { bytes } = model.spec.keyframe;
      if (first % KEYFRAME_EVERY !== 0) {
        throw misfit("bad-step", `wanted a keyframe at a multiple of ${KEYFRAME_EVERY}, got step ${first}`, first);
      }
      if (bytes === 0 || payload.byteLength !== bytes) {
        throw misfit("bad-length", `wanted a keyframe of ${bytes} bytes, got ${payload.byteLength}`, first);
      }
      model.putKeyframe(first / KEYFRAME_EVERY, payload);
      return;
    }
    const wanted = count * model.spec.frame.bytes;
    if (payload.byteLength !== wanted) {
      throw misfit(
        "bad-length",
        `wanted ${count} frames of ${model.spec.frame.bytes} bytes, got ${payload.byteLength}`,
        first,
      );
    }
    model.putFrames(first, count, payload);
  }
}

function misfit(code: string, what: string, step: number): MessageError {
  return new MessageError(
    code,
    `A message does not belong to this recording: ${what}.`,
    `step ${step}`,
    "Load the recording again; if it stays so, run `mnemoscope verify` on the file.",
  );
}
