/** Slots whose content points the same way: what a collapsed memory has. */

/** Part of the rows that have another row whose cosine with it is above `alike`; empty rows count as alike. NaN below two rows. */
export function twinPart(memory: ArrayLike<number>, slots: number, width: number, alike: number): number {
  if (slots < 2) return NaN;
  const unit = new Float32Array(slots * width);
  for (let i = 0; i < slots; i++) {
    let square = 0;
    for (let k = 0; k < width; k++) square += memory[i * width + k]! ** 2;
    const gain = square > 1e-12 ? 1 / Math.sqrt(square) : 0;
    for (let k = 0; k < width; k++) unit[i * width + k] = memory[i * width + k]! * gain;
  }
  const empty = (i: number): boolean => unit.subarray(i * width, (i + 1) * width).every((v) => v === 0);
  const twin = new Uint8Array(slots);
  for (let i = 0; i < slots; i++) {
    for (let j = i + 1; j < slots; j++) {
      if (twin[i] && twin[j]) continue;
      let dot = 0;
      for (let k = 0; k < width; k++) dot += unit[i * width + k]! * unit[j * width + k]!;
      if (dot > alike || (dot === 0 && empty(i) && empty(j))) twin[i] = twin[j] = 1;
    }
  }
  let count = 0;
  for (const one of twin) count += one;
  return count / slots;
}

/** Cosine of two vectors; 0 where one of them is 0. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let k = 0; k < a.length; k++) {
    dot += a[k]! * b[k]!;
    aa += a[k]! ** 2;
    bb += b[k]! ** 2;
  }
  return aa > 0 && bb > 0 ? dot / Math.sqrt(aa * bb) : 0;
}
