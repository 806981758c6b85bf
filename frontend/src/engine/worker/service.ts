/** The worker's side of a recomputation: a package, then frames, each answered by what has been compared so far. */
import { MnemoscopeError } from "../../wire/errors";
import { Engine } from "../engine";
import { parsePackage } from "../package";
import { Recomputation, type Compared } from "../recompute";

export type ToEngine =
  | { readonly type: "open"; readonly bytes: Uint8Array; readonly steps: number }
  | { readonly type: "frames"; readonly frames: Float32Array; readonly floats: number };

export type FromEngine =
  | { readonly type: "opened"; readonly module: string }
  | { readonly type: "compared"; readonly compared: Compared }
  | { readonly type: "failed"; readonly code: string; readonly message: string; readonly cure: string | null };

export class EngineService {
  private run: Recomputation | null = null;

  constructor(private readonly post: (message: FromEngine) => void) {}

  async receive(message: ToEngine): Promise<void> {
    try {
      if (message.type === "open") {
        const engine = await Engine.open(parsePackage(message.bytes), message.steps);
        this.run = new Recomputation(engine);
        this.post({ type: "opened", module: engine.pack.module });
      } else if (this.run) {
        this.post({ type: "compared", compared: this.run.take(message.frames, message.floats) });
      }
    } catch (error) {
      const [code, cure] = error instanceof MnemoscopeError ? [error.code, error.cure] : ["engine-failed", null];
      this.post({ type: "failed", code, message: error instanceof Error ? error.message : String(error), cure });
    }
  }
}
