/**
 * The layout of a stream: which tensors lie where in a frame, and what memories (banks) they describe.
 *
 * Checked here once, by the same rules as the Python reader: every tensor lies inside its frame, every bank has the fields of a
 * bank. What a bank of its kind needs is checked where a log is opened (memory/kinds). So all else may index without asking again.
 */
import { absent, array, count, fail, flag, object, optionalText, text } from "./json";
import type { Json } from "./json";
import type { Filled, Parsed } from "./parsed";
import type { BankEntry, FrameEntry, TensorEntry } from "./wire.gen";

/** A frame above this is a broken manifest, not a model (the widest so far has 13 kB). */
export const MAX_FRAME_BYTES = 4 << 20;
export const MAX_KEYFRAME_BYTES = 64 << 20;
const MAX_TENSORS = 4096;

/** What only banks of some kinds say of themselves: field here → key of the manifest. Which may is for the kind to say (memory/kinds). */
export const BANK_EXTRAS = {
  usage: "usage",
  links: "links",
  deallocation: "deallocation",
  direct: "direct",
  gated: "gated",
  biasSlopes: "bias_slopes",
} as const;
export type BankExtra = keyof typeof BANK_EXTRAS;

export interface TensorSpec extends Omit<Parsed<TensorEntry>, "dtype"> {
  /** Numbers per step. */
  readonly size: number;
}

export interface FrameSpec extends Pick<Parsed<FrameEntry>, "bytes"> {
  readonly tensors: readonly TensorSpec[];
}

/** `kind` is a name of memory/kinds once a log has been opened with it. */
export type BankSpec = Filled<Parsed<BankEntry>, Exclude<BankExtra, "biasSlopes">>;

/** The structure of a bank; what its kind asks of it is checked where its log is opened. */
export function parseBank(value: unknown, path: string): BankSpec {
  const bank = object(value, path);
  const spec: BankSpec = {
    name: text(bank, "name", path),
    kind: text(bank, "kind", path),
    slots: absent(bank, "slots") ? null : count(bank, "slots", path),
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
