/**
 * Has the steps of a recorded model computed again in a worker, and says how they compare with what was recorded. Where the page may not
 * have a worker they are computed here, a chunk per turn of the event loop.
 */
import type { ModelLog } from "../memory/model_log";
import { KEYFRAME_EVERY } from "../wire/manifest";
import { EngineError } from "./errors";
import type { Compared } from "./recompute";
import { EngineService, type FromEngine, type ToEngine } from "./worker/service";
import { spawnEngine } from "./worker/spawn";

/** What of a Worker is used; tests put something else in its place. */
export interface EngineWorker {
  postMessage(message: ToEngine): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FromEngine>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

export interface RecomputeOptions {
  /** Starts the worker; may throw. Null: compute here. */
  readonly spawn?: (() => EngineWorker) | null;
  /** Hears what has been compared so far. */
  readonly onprogress?: (compared: Compared) => void;
  readonly signal?: AbortSignal;
}

export interface Recomputed extends Compared {
  /** sha256 of the module that computed them. */
  readonly module: string;
}

/**
 * Compares the steps of `log` that are held without a gap from the first on, with the engine in `bytes`. Throws EngineError where it cannot
 * run here, and the reason of `signal` when that ends it.
 */
export async function recompute(
  log: ModelLog,
  bytes: Uint8Array,
  { spawn = spawnEngine as () => EngineWorker, onprogress, signal }: RecomputeOptions = {},
): Promise<Recomputed> {
  const steps = log.steps;
  const line = open(spawn);
  const stop = (): void => line.fail(signal?.reason);
  signal?.addEventListener("abort", stop);
  try {
    signal?.throwIfAborted();
    const opened = await line.ask({ type: "open", bytes, steps });
    if (opened.type !== "opened") throw refusal(opened);
    let compared: Compared = { steps: 0, differing: 0, first: null, error: 0, ms: 0 };
    for (let first = 0; first < steps; first += KEYFRAME_EVERY) {
      signal?.throwIfAborted();
      const count = Math.min(KEYFRAME_EVERY, steps - first);
      while (!log.has(first, first + count - 1)) {
        log.ready(first); // of a long run chunks are let go of, and come again
        await new Promise((done) => setTimeout(done, 20));
        signal?.throwIfAborted();
      }
      const frames = log.block(first).slice(0, count * log.floats);
      const answer = await line.ask({ type: "frames", frames, floats: log.floats });
      if (answer.type !== "compared") throw refusal(answer);
      compared = answer.compared;
      onprogress?.(compared);
    }
    return { ...compared, module: opened.module };
  } finally {
    signal?.removeEventListener("abort", stop);
    line.close();
  }
}

function refusal(message: FromEngine): EngineError {
  if (message.type !== "failed")
    return new EngineError("engine-failed", `an answer that nobody asked for: ${message.type}`);
  return new EngineError(message.code, message.message, message.cure);
}

interface Line {
  /** Rejects with what `fail` was given. */
  ask(message: ToEngine): Promise<FromEngine>;
  fail(reason: unknown): void;
  close(): void;
}

function open(spawn: (() => EngineWorker) | null): Line {
  let answered: (message: FromEngine) => void = () => undefined;
  let failed: (reason: unknown) => void = () => undefined;
  const worker = started(spawn);
  const service = new EngineService((message) => answered(message));
  if (worker) {
    worker.onmessage = (event) => answered(event.data);
    worker.onerror = (event) => failed(new EngineError("engine-failed", `the worker failed: ${event.message}`));
  }
  return {
    ask: (message) =>
      new Promise((resolve, reject) => {
        [answered, failed] = [resolve, reject];
        if (worker) worker.postMessage(message);
        else setTimeout(() => void service.receive(message), 0);
      }),
    fail: (reason) => failed(reason),
    close: () => worker?.terminate(),
  };
}

/** A worker; null where the page may not have one. */
function started(spawn: (() => EngineWorker) | null): EngineWorker | null {
  try {
    return spawn?.() ?? null;
  } catch {
    return null;
  }
}
