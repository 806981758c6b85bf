/** A recorded model at work, from which forks go off: a state is kept every 64 steps, as a page that offers forks would hold them. */
import { Engine, type EngineState } from "../../src/engine/engine";
import { parsePackage } from "../../src/engine/package";
import { KEYFRAME_EVERY, type ModelSpec } from "../../src/wire/manifest";
import { encodeMessage } from "../../src/wire/messages";

export type ToForks =
  /** `frames`: all that was recorded, step by step. */
  | { readonly type: "open"; readonly bytes: Uint8Array; readonly spec: ModelSpec; readonly frames: Float32Array }
  /** Goes off before step `first` with one slot of its memory erased, or with nothing changed, and runs on for `steps`. */
  | { readonly type: "fork"; readonly first: number; readonly slot: number | null; readonly steps: number };

export type FromForks =
  | { readonly type: "opened"; readonly differing: number }
  /** Frames and keyframes as on the wire, of a recording that begins with the fork; `ms`: what it took in the worker. */
  | { readonly type: "forked"; readonly messages: Uint8Array<ArrayBuffer>[]; readonly ms: number };

class Forks {
  private readonly kept: EngineState[] = [];

  private constructor(
    private readonly engine: Engine,
    private readonly spec: ModelSpec,
    private readonly frames: Float32Array,
  ) {}

  static async open({ bytes, spec, frames }: ToForks & { type: "open" }): Promise<[Forks, differing: number]> {
    const floats = spec.frame.bytes / 4;
    const forks = new Forks(await Engine.open(parsePackage(bytes), frames.length / floats), spec, frames);
    return [forks, forks.begin()];
  }

  fork({ first, slot, steps }: ToForks & { type: "fork" }): Uint8Array<ArrayBuffer>[] {
    const { engine, spec } = this;
    const { stream } = spec;
    const k = Math.floor(first / KEYFRAME_EVERY);
    engine.load(this.kept[k]!);
    engine.run(this.given(k * KEYFRAME_EVERY, first));
    if (slot !== null) this.erase(slot);
    const messages: Uint8Array<ArrayBuffer>[] = [];
    for (let step = 0; step < steps; step += KEYFRAME_EVERY) {
      messages.push(encodeMessage({ stream, kind: "keyframe", first: step, count: 1, payload: this.keyframe() }));
      const count = Math.min(KEYFRAME_EVERY, steps - step);
      const payload = this.run(first + step, first + step + count);
      messages.push(encodeMessage({ stream, kind: "frames", first: step, count, payload }));
    }
    return messages;
  }

  /** The recorded run from its first step, with a state kept before every 64th. Returns how many numbers differ from what was recorded. */
  private begin(): number {
    const [{ floats }, recorded] = [this, new Uint32Array(this.frames.buffer)];
    const steps = this.frames.length / floats;
    let differing = 0;
    for (let first = 0; first < steps; first += KEYFRAME_EVERY) {
      this.kept.push(this.engine.state());
      const made = new Uint32Array(this.run(first, Math.min(first + KEYFRAME_EVERY, steps)).buffer);
      differing += made.reduce((sum, bits, n) => sum + Number(bits !== recorded[first * floats + n]), 0);
    }
    return differing;
  }

  /** Frames of steps first … until (excluded), computed; what no model computes (targets) is as recorded. */
  private run(first: number, until: number): Uint8Array<ArrayBuffer> {
    const [{ floats }, { row }] = [this, this.engine.pack];
    const made = this.engine.run(this.given(first, until));
    const frames = this.frames.slice(first * floats, until * floats);
    for (let k = 0; k < until - first; k++) frames.set(made.subarray(k * row, (k + 1) * row), k * floats);
    return new Uint8Array(frames.buffer);
  }

  private given(first: number, until: number): Float32Array {
    const [{ floats }, { inputs }] = [this, this.engine.pack];
    const given = new Float32Array((until - first) * inputs);
    for (let t = first; t < until; t++)
      given.set(this.frames.subarray(t * floats, t * floats + inputs), (t - first) * inputs);
    return given;
  }

  /** The state as a recording keeps it. */
  private keyframe(): Uint8Array<ArrayBuffer> {
    const { bytes, tensors } = this.spec.keyframe;
    const out = new Float32Array(bytes / 4);
    for (const { name, offset } of tensors) out.set(this.leaf(name), offset / 4);
    return new Uint8Array(out.buffer);
  }

  private erase(slot: number): void {
    const { width } = this.spec.banks[0]!;
    this.leaf("memory").fill(0, slot * width, (slot + 1) * width);
  }

  private leaf(name: string): Float32Array {
    return this.engine.leaf(this.engine.pack.leaves.find((leaf) => leaf.name === name)!);
  }

  private get floats(): number {
    return this.spec.frame.bytes / 4;
  }
}

const scope = self as unknown as {
  postMessage(message: FromForks, transfer: Transferable[]): void;
  onmessage: (event: MessageEvent<ToForks>) => void;
};
let forks: Forks;

async function receive(message: ToForks): Promise<void> {
  if (message.type === "open") {
    const [opened, differing] = await Forks.open(message);
    forks = opened;
    scope.postMessage({ type: "opened", differing }, []);
    return;
  }
  const began = performance.now();
  const messages = forks.fork(message);
  const ms = performance.now() - began;
  scope.postMessage(
    { type: "forked", messages, ms },
    messages.map(({ buffer }) => buffer),
  );
}

scope.onmessage = (event) => {
  receive(event.data).catch((error: unknown) => {
    setTimeout(() => {
      throw error; // an error of the worker, of which the page hears
    });
  });
};
