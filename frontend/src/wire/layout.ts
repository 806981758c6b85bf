/**
 * The layout of a stream: which tensors lie where in a frame, and what memories (banks) they describe.
 *
 * Checked here once, by the same rules as the Python reader: every tensor lies inside its frame, every bank has the
 * tensors its kind needs with the shapes it says. So the ledger may index typed arrays without asking again.
 */
import { absent, array, count, fail, flag, object, optionalText, text } from "./json";
import type { Json } from "./json";

/** A frame above this is a broken manifest, not a model (the widest so far has 13 kB). */
export const MAX_FRAME_BYTES = 4 << 20;
export const MAX_KEYFRAME_BYTES = 64 << 20;
const MAX_TENSORS = 4096;

export const BANK_KINDS = ["matrix", "cell", "append", "recurrent", "associative"] as const;
export type BankKind = (typeof BANK_KINDS)[number];

/** Flags of a bank and the one kind that may carry each. */
const FLAGS = { usage: "matrix", links: "matrix", deallocation: "matrix", direct: "cell", gated: "append" } as const;

export interface TensorSpec {
  readonly name: string;
  /** Null for what belongs to the whole model: inputs, targets, mask, outputs. */
  readonly bank: string | null;
  readonly role: string;
  /** Name of each axis, outermost first. */
  readonly axes: readonly string[];
  readonly shape: readonly number[];
  /** Numbers per step. */
  readonly size: number;
  /** Bytes from the start of the frame. */
  readonly offset: number;
}

export interface FrameSpec {
  /** Bytes of one frame; 0 where the stream has none. */
  readonly bytes: number;
  readonly tensors: readonly TensorSpec[];
}

export interface BankSpec {
  readonly name: string;
  readonly kind: BankKind;
  /** Number of slots, of an associative bank the size of a key; null where it grows by one per step (append) or is one state. */
  readonly slots: number | null;
  /** Numbers per slot; for a cell or recurrent bank its units; for an append or associative bank the width of one head. */
  readonly width: number;
  readonly writeHeads: number;
  readonly readHeads: number;
  readonly usage: boolean;
  readonly links: boolean;
  readonly deallocation: boolean;
  /** What is read of a cell is the cell itself (GRU). */
  readonly direct: boolean;
  /** An append bank where each step says whether it wrote and whether it read (encoder-decoder). */
  readonly gated: boolean;
  /** Per head, what a step of distance costs in the score of an append bank (ALiBi). */
  readonly biasSlopes: readonly number[] | null;
}

/** One state [unit] without slots and heads: a cell or a recurrent state. */
export function isSingle(bank: BankSpec): boolean {
  return bank.kind === "cell" || bank.kind === "recurrent";
}

export function parseBank(value: unknown, path: string): BankSpec {
  const bank = object(value, path);
  const kind = BANK_KINDS.find((known) => known === bank["kind"]);
  if (!kind) return fail(`${path}.kind`, `wanted a bank of kind ${BANK_KINDS.join(", ")}`, bank["kind"]);
  const slots = absent(bank, "slots") ? null : count(bank, "slots", path);
  if ((kind === "matrix" || kind === "associative") && !slots) {
    fail(`${path}.slots`, `wanted the number of slots of a bank of kind ${kind}`, slots);
  }
  const spec: BankSpec = {
    name: text(bank, "name", path),
    kind,
    slots,
    width: count(bank, "width", path),
    writeHeads: absent(bank, "write_heads") ? 1 : count(bank, "write_heads", path),
    readHeads: absent(bank, "read_heads") ? 1 : count(bank, "read_heads", path),
    usage: flag(bank, "usage", path),
    links: flag(bank, "links", path),
    deallocation: flag(bank, "deallocation", path),
    direct: flag(bank, "direct", path),
    gated: flag(bank, "gated", path),
    biasSlopes: absent(bank, "bias_slopes") ? null : slopes(bank, path),
  };
  if (spec.width < 1) fail(`${path}.width`, "wanted at least 1", spec.width);
  if (spec.writeHeads < 1 || spec.readHeads < 1) {
    fail(path, "wanted at least one write and one read head", `${spec.writeHeads} and ${spec.readHeads}`);
  }
  if (isSingle(spec) && slots !== null && slots !== 1) fail(`${path}.slots`, `wanted null or 1 for a ${kind}`, slots);
  if (isSingle(spec) && spec.writeHeads + spec.readHeads !== 2) {
    fail(path, "wanted one write head and one read head for one state", `${spec.writeHeads} and ${spec.readHeads}`);
  }
  if (kind === "append" && (slots !== null || spec.writeHeads !== spec.readHeads)) {
    fail(path, "wanted slots null and as many write as read heads for attention", `${slots}, ${spec.writeHeads}`);
  }
  if (kind === "associative" && spec.writeHeads !== spec.readHeads) {
    fail(path, "wanted as many write as read heads for an associative memory", `${spec.writeHeads}, ${spec.readHeads}`);
  }
  for (const [name, owner] of Object.entries(FLAGS)) {
    if (spec[name as keyof typeof FLAGS] && kind !== owner) {
      fail(`${path}.${name}`, `wanted ${name} only on a bank of kind ${owner}`, kind);
    }
  }
  if (spec.biasSlopes && (kind !== "append" || spec.biasSlopes.length !== spec.readHeads)) {
    fail(`${path}.bias_slopes`, "wanted one slope per head of a bank of kind append", spec.biasSlopes.length);
  }
  if (spec.links && spec.writeHeads !== 1) {
    fail(`${path}.links`, "links are defined for one write head (Graves 2016, eq. 14)", spec.writeHeads);
  }
  return spec;
}

function slopes(bank: Json, path: string): number[] {
  return array(bank, "bias_slopes", path).map((slope, h) =>
    typeof slope === "number" && Number.isFinite(slope)
      ? slope
      : fail(`${path}.bias_slopes[${h}]`, "wanted a finite number", slope),
  );
}

export function parseFrame(value: unknown, path: string, limit: number): FrameSpec {
  const frame = object(value, path);
  const bytes = count(frame, "bytes", path);
  if (bytes % 4 !== 0 || bytes > limit) {
    fail(`${path}.bytes`, `wanted a multiple of 4 up to ${limit}`, bytes);
  }
  const entries = array(frame, "tensors", path);
  if (entries.length > MAX_TENSORS) fail(`${path}.tensors`, `wanted at most ${MAX_TENSORS}`, entries.length);
  const tensors = entries.map((entry, i) => parseTensor(entry, bytes, `${path}.tensors[${i}]`));
  const keys = new Set(tensors.map((tensor) => JSON.stringify([tensor.bank, tensor.name])));
  if (keys.size !== tensors.length) fail(`${path}.tensors`, "wanted each (bank, name) once", tensors.length);
  return { bytes, tensors };
}

function parseTensor(value: unknown, bytes: number, path: string): TensorSpec {
  const tensor = object(value, path);
  const dtype = tensor["dtype"] ?? "float32";
  if (dtype !== "float32") fail(`${path}.dtype`, "wanted float32", dtype);
  const axes = array(tensor, "axes", path).map((axis, i) =>
    typeof axis === "string" ? axis : fail(`${path}.axes[${i}]`, "wanted the name of an axis", axis),
  );
  const shape = array(tensor, "shape", path).map((n, i) =>
    typeof n === "number" && Number.isInteger(n) && n >= 1 && n <= bytes
      ? n
      : fail(`${path}.shape[${i}]`, "wanted a whole number that fits the frame", n),
  );
  if (axes.length !== shape.length) fail(path, `wanted ${axes.length} sizes for axes ${axes.join(", ")}`, shape.length);
  const offset = count(tensor, "offset", path);
  const size = shape.reduce((product, n) => product * n, 1);
  if (offset % 4 !== 0 || offset + size * 4 > bytes) {
    fail(path, `wanted whole numbers inside a frame of ${bytes} bytes`, `${size} numbers at byte ${offset}`);
  }
  return {
    name: text(tensor, "name", path),
    bank: optionalText(tensor, "bank", path),
    role: optionalText(tensor, "role", path) ?? "",
    axes,
    shape,
    size,
    offset,
  };
}

/** Shapes every frame of a bank must hold so that the rest can be derived (the same table as `layout.BankSpec` in Python). */
function frameTensors(bank: BankSpec): Record<string, number[]> {
  const { width, writeHeads, readHeads } = bank;
  const slots = bank.slots ?? 1;
  const units = [width];
  if (bank.kind === "recurrent") return { write_vectors: units, slopes: units, read_vectors: units };
  if (bank.kind === "cell") {
    const gates = { forget_gate: units, input_gate: units, write_vectors: units, read_vectors: units };
    return bank.direct ? gates : { ...gates, output_gate: units };
  }
  const read = [readHeads, width];
  if (bank.kind === "append") {
    const wrote = [writeHeads, width];
    const shapes = { queries: read, keys: wrote, values: wrote, read_vectors: read };
    return bank.gated ? { ...shapes, write_gate: [1], read_gate: [1] } : shapes;
  }
  if (bank.kind === "associative") {
    const keyed = [readHeads, slots];
    const shapes = { queries: keyed, keys: keyed, retention: keyed, erase: keyed };
    return { ...shapes, write_vectors: read, write_gate: read, read_vectors: read };
  }
  const shapes: Record<string, number[]> = {
    write_weights: [writeHeads, slots],
    erase: [writeHeads, width],
    write_vectors: [writeHeads, width],
    read_weights: [readHeads, slots],
  };
  if (bank.usage || bank.deallocation) shapes["free_gates"] = [readHeads];
  return shapes;
}

/** Shapes every keyframe of a bank must hold. */
function keyframeTensors(bank: BankSpec): Record<string, number[]> {
  const slots = bank.slots ?? 1;
  if (bank.kind === "cell") return { cell: [bank.width] };
  if (bank.kind === "recurrent") return { hidden: [bank.width], recurrent_weights: [bank.width, bank.width] };
  if (bank.kind === "append") return {};
  if (bank.kind === "associative") return { memory: [bank.readHeads, slots, bank.width] };
  const shapes: Record<string, number[]> = { memory: [slots, bank.width] };
  if (bank.usage) {
    shapes["usage"] = [slots];
    shapes["write_weights"] = [bank.writeHeads, slots];
  }
  if (bank.usage || bank.deallocation) shapes["read_weights"] = [bank.readHeads, slots];
  if (bank.links) {
    shapes["links"] = [slots, slots];
    shapes["precedence"] = [slots];
  }
  return shapes;
}

/** Refuses a bank whose frames or keyframes lack what its kind needs. */
export function requireBank(bank: BankSpec, frame: FrameSpec, keyframe: FrameSpec, path: string): void {
  requireTensors(frame, bank, frameTensors(bank), `${path}.frame`);
  requireTensors(keyframe, bank, keyframeTensors(bank), `${path}.keyframe`);
}

function requireTensors(frame: FrameSpec, bank: BankSpec, shapes: Record<string, number[]>, path: string): void {
  for (const [name, shape] of Object.entries(shapes)) {
    const tensor = frame.tensors.find((entry) => entry.bank === bank.name && entry.name === name);
    if (!tensor) return fail(path, `wanted tensor ${name} of ${bank.kind} bank ${bank.name}`, "nothing of that name");
    if (tensor.shape.join() !== shape.join()) {
      fail(`${path}: ${bank.name}.${name}`, `wanted shape [${shape.join(", ")}]`, `[${tensor.shape.join(", ")}]`);
    }
  }
}
