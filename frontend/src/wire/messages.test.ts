import { describe, expect, it } from "vitest";
import { MessageError } from "./errors";
import { decodeMessages, encodeMessage, HEADER_BYTES } from "./messages";

const payload = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]);
const one = encodeMessage({ stream: 3, kind: "frames", first: 70, count: 2, payload });

function code(bytes: Uint8Array): string {
  try {
    for (const message of decodeMessages(bytes)) void message;
  } catch (error) {
    if (error instanceof MessageError) return error.code;
    throw error;
  }
  return "none";
}

function patched(at: number, value: number): Uint8Array {
  const copy = one.slice();
  new DataView(copy.buffer).setUint32(at, value, true);
  return copy;
}

describe("frame messages", () => {
  it("have the header of docs/format.md, little-endian", () => {
    expect([...one.subarray(0, HEADER_BYTES)]).toEqual([3, 0, 1, 0, 70, 0, 0, 0, 2, 0, 0, 0, 8, 0, 0, 0]);
  });

  it("come back as views of the bytes that were given", () => {
    const both = new Uint8Array([
      9,
      ...one,
      ...encodeMessage({ stream: 0, kind: "keyframe", first: 64, count: 1, payload }),
    ]);
    const [frames, keyframe] = [...decodeMessages(both, 1)];
    expect(frames).toMatchObject({ stream: 3, kind: "frames", first: 70, count: 2 });
    expect(keyframe).toMatchObject({ stream: 0, kind: "keyframe", first: 64, count: 1 });
    expect(frames!.payload.buffer).toBe(both.buffer);
    expect([...keyframe!.payload]).toEqual([...payload]);
  });

  it("are refused with the reason when they are cut or wrong", () => {
    expect(code(one.subarray(0, 15))).toBe("short-header");
    expect(code(one.subarray(0, one.length - 1))).toBe("short-payload");
    expect(code(patched(0, 3 | (7 << 16)))).toBe("unknown-kind");
    expect(code(patched(8, 0))).toBe("bad-count");
    expect(code(patched(4, 0xffffffff))).toBe("bad-step");
    expect(code(patched(12, 0xffffffff))).toBe("short-payload");
    expect(code(new Uint8Array(0))).toBe("none");
  });
});
