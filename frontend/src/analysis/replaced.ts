/** In one slot: the write that took the place of an earlier one. */

/** Writes below this are traces of what happens in neighbouring slots. */
const MOST = 0.3;

/** The last write up to step t and the one before it, by `write`, how much each step wrote the slot; null where there were not two. */
export function replaced(write: ArrayLike<number>, t: number): { readonly by: number; readonly before: number } | null {
  const peaks: number[] = [];
  for (let k = Math.min(t, write.length - 1); k >= 0 && peaks.length < 2; k--) {
    const here = write[k]!;
    if (here >= MOST && here >= (write[k - 1] ?? 0) && (k === t || here > (write[k + 1] ?? 0))) peaks.push(k);
  }
  const [by, before] = peaks;
  return by === undefined || before === undefined ? null : { by, before };
}
