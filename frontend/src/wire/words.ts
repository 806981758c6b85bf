/**
 * The text in which an exported page carries the engine of a model (frontend/mnemoscope_viewer/single.py): base 85, and behind it words
 * of four bytes with all first bytes together, then all second ones …
 */
const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;,=>?@^_`{|}~";
const LAST = LETTERS.length - 1;

/** Bytes of a text in base 85 (RFC 1924, with a comma for "<"); null where it is none. */
export function fromBase85(text: string): Uint8Array<ArrayBuffer> | null {
  const digits = new Int8Array(128).fill(-1);
  for (let n = 0; n <= LAST; n++) digits[LETTERS.charCodeAt(n)] = n;
  const missing = (5 - (text.length % 5)) % 5;
  if (missing === 4) return null;
  const out = new Uint8Array(((text.length + missing) / 5) * 4);
  const view = new DataView(out.buffer);
  for (let word = 0; 4 * word < out.length; word++) {
    let value = 0;
    for (let n = 5 * word; n < 5 * word + 5; n++) {
      const digit = n < text.length ? (digits[text.charCodeAt(n)] ?? -1) : LAST;
      if (digit < 0) return null;
      value = value * 85 + digit;
    }
    if (value > 0xffffffff) return null;
    view.setUint32(4 * word, value);
  }
  return out.slice(0, out.length - missing);
}

/** Bytes with the four of each word next to each other again. */
export function joinedWords(planes: Uint8Array): Uint8Array {
  const out = new Uint8Array(planes.length);
  let at = 0;
  for (let place = 0; place < 4; place++) {
    for (let n = place; n < out.length; n += 4) out[n] = planes[at++]!;
  }
  return out;
}
