/** Slots whose content points the same way: what a collapsed memory has. */

/** A slot is blank that was written less than this in all, 0 … 1, or holds less than this of what the fullest slot holds. */
const BLANK = 0.1;

/**
 * Part of the slots in use whose content points the same way as another's (cosine above `alike`). Blank ones are left out, since all
 * of them hold the same: those that were `written` too little (0 … 1 a slot), and those whose content has been erased. NaN with fewer
 * than two in use.
 */
export function twinPart(
  memory: ArrayLike<number>,
  written: ArrayLike<number>,
  slots: number,
  width: number,
  alike: number,
): number {
  const sizes = new Float64Array(slots);
  for (let i = 0; i < slots; i++) {
    let square = 0;
    for (let k = 0; k < width; k++) square += memory[i * width + k]! ** 2;
    sizes[i] = Math.sqrt(square);
  }
  const full = sizes.reduce((most, size) => Math.max(most, size), 0);
  const used = Array.from(sizes.keys()).filter(
    (i) => written[i]! >= BLANK && sizes[i]! > 0 && sizes[i]! >= BLANK * full,
  );
  if (used.length < 2) return NaN;
  const twin = new Uint8Array(slots);
  used.forEach((i, place) => {
    for (const j of used.slice(place + 1)) {
      if (twin[i] && twin[j]) continue;
      let dot = 0;
      for (let k = 0; k < width; k++) dot += memory[i * width + k]! * memory[j * width + k]!;
      if (dot > alike * sizes[i]! * sizes[j]!) twin[i] = twin[j] = 1;
    }
  });
  return used.filter((i) => twin[i]).length / used.length;
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
