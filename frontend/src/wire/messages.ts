/**
 * Frame messages (docs/format.md, "On the wire"): a 16-byte little-endian header and whole frames.
 *
 *   0 u16 stream · 2 u16 kind (1 frames, 2 keyframe) · 4 u32 first step · 8 u32 count · 12 u32 payload bytes
 *
 * This file checks bounds only. Whether stream, step and length fit the recording is for the log to say, because only
 * the manifest knows.
 */
import { MessageError } from "./errors";

export const HEADER_BYTES = 16;

const KIND_FRAMES = 1;
const KIND_KEYFRAME = 2;

/** Far above any recording (a month at 10 steps/s); keeps step arithmetic inside 32 bits whatever the bytes say. */
export const MAX_STEPS = 1 << 25;

export type MessageKind = "frames" | "keyframe";

export interface WireMessage {
  /** Index into manifest.models. */
  readonly stream: number;
  readonly kind: MessageKind;
  /** Frames: step of the first frame. Keyframe: the step before which this state holds. */
  readonly first: number;
  /** Frames in the payload; 1 for a keyframe. */
  readonly count: number;
  /** A view into the bytes that were given, not a copy. */
  readonly payload: Uint8Array;
  /** The whole message, header included; also a view. */
  readonly bytes: Uint8Array;
}

/**
 * The messages that lie one after another in `source`, from byte `offset` on, as views.
 * Throws MessageError at the first byte that cannot belong to a message; those before it have been yielded.
 */
export function* decodeMessages(source: ArrayBuffer | Uint8Array, offset = 0): Generator<WireMessage, void, undefined> {
  const bytes = source instanceof Uint8Array ? source : new Uint8Array(source);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = offset;
  while (at < bytes.byteLength) {
    const left = bytes.byteLength - at;
    if (left < HEADER_BYTES) {
      throw broken("short-header", `wanted a header of ${HEADER_BYTES} bytes, got ${left}`, at);
    }
    const stream = view.getUint16(at, true);
    const kind = view.getUint16(at + 2, true);
    const first = view.getUint32(at + 4, true);
    const count = view.getUint32(at + 8, true);
    const length = view.getUint32(at + 12, true);
    if (kind !== KIND_FRAMES && kind !== KIND_KEYFRAME) {
      throw broken("unknown-kind", `wanted kind 1 (frames) or 2 (keyframe), got ${kind}`, at);
    }
    if (count < 1 || (kind === KIND_KEYFRAME && count !== 1)) {
      const wanted = kind === KIND_KEYFRAME ? "exactly 1 keyframe" : "at least 1 frame";
      throw broken("bad-count", `wanted ${wanted}, got a count of ${count}`, at);
    }
    if (first + count > MAX_STEPS) {
      throw broken("bad-step", `wanted steps below ${MAX_STEPS}, got ${first} to ${first + count - 1}`, at);
    }
    if (length > left - HEADER_BYTES) {
      throw broken("short-payload", `wanted ${length} payload bytes, got ${left - HEADER_BYTES}`, at);
    }
    const end = at + HEADER_BYTES + length;
    yield {
      stream,
      kind: kind === KIND_FRAMES ? "frames" : "keyframe",
      first,
      count,
      payload: bytes.subarray(at + HEADER_BYTES, end),
      bytes: bytes.subarray(at, end),
    };
    at = end;
  }
}

/** One message as bytes: the inverse of decodeMessages. */
export function encodeMessage(message: Omit<WireMessage, "bytes">): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(HEADER_BYTES + message.payload.byteLength);
  const view = new DataView(out.buffer);
  view.setUint16(0, message.stream, true);
  view.setUint16(2, message.kind === "frames" ? KIND_FRAMES : KIND_KEYFRAME, true);
  view.setUint32(4, message.first, true);
  view.setUint32(8, message.count, true);
  view.setUint32(12, message.payload.byteLength, true);
  out.set(message.payload, HEADER_BYTES);
  return out;
}

function broken(code: string, what: string, at: number): MessageError {
  return new MessageError(
    code,
    `This is not a frame message: ${what}.`,
    `byte ${at}`,
    "Load the recording again; if it stays so, run `mnemoscope verify` on the file.",
  );
}
