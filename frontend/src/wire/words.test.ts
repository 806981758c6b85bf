import { describe, expect, it } from "vitest";
import { fromBase85, joinedWords } from "./words";

describe("the text of an engine", () => {
  // python -c 'import base64; print(base64.b85encode(bytes(range(250, 256)) + bytes(n)).replace(b"<", b","))'
  it.each([
    ["`uqI-{{H", [250, 251, 252, 253, 254, 255]],
    ["`uqI-{{H{", [250, 251, 252, 253, 254, 255, 0]],
    ["`uqI-{{H{~", [250, 251, 252, 253, 254, 255, 0, 0]],
    ["`uqI-{{H{~00", [250, 251, 252, 253, 254, 255, 0, 0, 0]],
    ["0000$", [0, 0, 0, 64]],
  ])("is the bytes that Python wrote, whatever their number", (text, bytes) => {
    expect([...fromBase85(text)!]).toEqual(bytes);
  });

  it.each(["0", "000000", "<0000", "~~~~~", "00\u00e900"])("is refused where it is none: %s", (text) => {
    expect(fromBase85(text)).toBeNull();
  });

  it("has the bytes of a word next to each other again", () => {
    const planes = Uint8Array.from([0, 4, 8, 1, 5, 9, 2, 6, 3, 7]);
    expect([...joinedWords(planes)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
