/** A line drawn by hand: one value per step, −1 … 1, gaps between strokes filled by straight lines. */

export const DRAWN_STEPS = 1000;

/** Puts a stroke from one place to another into the values; both ends may lie outside. Returns a new array. */
export function stroke(
  values: readonly (number | null)[],
  from: { step: number; value: number },
  to: { step: number; value: number },
): (number | null)[] {
  const out = [...values];
  const [a, b] = from.step <= to.step ? [from, to] : [to, from];
  const [first, last] = [Math.round(a.step), Math.round(b.step)];
  for (let step = Math.max(0, first); step <= Math.min(out.length - 1, last); step++) {
    const part = last === first ? 1 : (step - first) / (last - first);
    const value = a.value + (b.value - a.value) * part;
    out[step] = Math.max(-1, Math.min(1, value));
  }
  if (first === last && first >= 0 && first < out.length) out[first] = Math.max(-1, Math.min(1, to.value));
  return out;
}

/** From the first drawn step to the last one, gaps as straight lines; empty where nothing was drawn. */
export function whole(values: readonly (number | null)[]): number[] {
  const first = values.findIndex((v) => v !== null);
  if (first < 0) return [];
  const last = values.findLastIndex((v) => v !== null);
  const out: number[] = [];
  let before = first;
  for (let step = first; step <= last; step++) {
    const v = values[step];
    if (v === null || v === undefined) continue;
    const from = values[before]!;
    for (let k = before + 1; k < step; k++) out.push(from + ((v - from) * (k - before)) / (step - before));
    out.push(v);
    before = step;
  }
  return out;
}

/** The line as a CSV file of one column. */
export function csvOf(values: readonly number[]): string {
  return `drawn\n${values.map((v) => v.toFixed(4)).join("\n")}\n`;
}
