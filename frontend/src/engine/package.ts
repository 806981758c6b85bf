/**
 * A step of a model as a module with its weights and a state to begin from: what a server or an exported page hands out
 * (models/mnemoscope/engine/package.py).
 *
 *   u32      length of the JSON that follows
 *   JSON     facts, and where the parts lie behind it
 *   parts    code, weights and state, each at a multiple of 4
 */
import { EngineError } from "./errors";

/** Where a tensor of the state lies. */
export interface Leaf {
  readonly name: string;
  /** Floats from the beginning of the state; of one that grows from that of the stores, for room of one step. */
  readonly at: number;
  readonly shape: readonly number[];
  /** The axis that grows by one every step; null where none does. */
  readonly grows: number | null;
  /** Not a tensor but a number of steps, which begins at this; null of a tensor. */
  readonly counted: number | null;
}

export interface EnginePackage {
  /** sha256 of the code, as the manifest names it. */
  readonly module: string;
  readonly emitter: number;
  /** Floats that a step is given, and that it records. */
  readonly inputs: number;
  readonly row: number;
  /** Steps that one call runs at most. */
  readonly rows: number;
  /** Byte addresses in the module's memory. */
  readonly layout: {
    readonly input: number;
    readonly row: number;
    readonly state: number;
    readonly next: number;
    readonly weights: number;
    readonly stores: number;
  };
  /** Byte addresses of the words that a call reads. */
  readonly header: Record<"count" | "state" | "next" | "free_from" | "done" | "room", number>;
  readonly leaves: readonly Leaf[];
  /** Floats that one step more takes of all that grows; 0 where nothing does. */
  readonly slot: number;
  /** Slots that a store may have beyond the steps so far. */
  readonly beyond: number;
  readonly code: Uint8Array<ArrayBuffer>;
  readonly weights: Float32Array;
  readonly state: Float32Array;
}

const FORMAT = "mnemoscope-engine";
const VERSION = 1;

type Facts = Omit<EnginePackage, "code" | "weights" | "state"> & {
  readonly format: string;
  readonly version: number;
  /** Of each part: at which byte behind the facts it begins, and its length. */
  readonly parts: Record<"code" | "weights" | "state", readonly [at: number, size: number]>;
};

/** Reads a package. Throws EngineError where it is none, or of a version that this page does not know. */
export function parsePackage(bytes: Uint8Array): EnginePackage {
  const begin = bytes.byteLength < 4 ? NaN : 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (!(begin <= bytes.byteLength)) throw broken(`${bytes.byteLength} bytes that are not whole`);
  const { format, version, parts, ...facts } = factsOf(bytes.subarray(4, begin));
  if (format !== FORMAT) throw broken("a file of another kind");
  if (version !== VERSION) throw broken(`version ${version}, this page knows ${VERSION}`);
  const part = (name: keyof typeof parts): Uint8Array<ArrayBuffer> => {
    const [at, size] = parts[name];
    if (begin + at + size > bytes.byteLength) throw broken(`${bytes.byteLength} bytes that end amid its ${name}`);
    return bytes.slice(begin + at, begin + at + size); // at the beginning of a buffer of its own
  };
  const floats = (name: keyof typeof parts): Float32Array => new Float32Array(part(name).buffer);
  return { ...facts, code: part("code"), weights: floats("weights"), state: floats("state") };
}

function factsOf(json: Uint8Array): Facts {
  try {
    return JSON.parse(new TextDecoder().decode(json)) as Facts;
  } catch (error) {
    throw broken(String(error));
  }
}

function broken(got: string): EngineError {
  return new EngineError("bad-package", `wanted the engine of a model, got ${got}`, "Load the page again.");
}
