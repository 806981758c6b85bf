/** Ways out of a window with more rows than the server runs: another window, or a lower rate for the same one. */

/** First row of the `most` rows whose line is the longest: the largest sum of squared steps of the overview, the first of equals. */
export function busiest(overview: readonly (number | null)[], rows: number, most: number): number {
  const points = overview.length;
  const inside = Math.max(2, Math.min(points, Math.floor((most / rows) * points)));
  // The steps between the points of a window are those after its first; a gap has none.
  const steps = overview.map((v, i) => {
    const before = overview[i - 1] ?? null;
    return v === null || before === null ? 0 : (v - before) ** 2;
  });
  let sum = 0;
  let best = { sum: -1, point: 0 };
  for (let i = 1; i < points; i++) {
    sum += steps[i]!;
    const first = i - inside + 1;
    if (first > 0) sum -= steps[first]!;
    // A sum that has been added to and taken from is not exact: equal windows must stay equal.
    if (first >= 0 && sum > best.sum * (1 + 1e-9)) best = { sum, point: first };
  }
  return Math.max(0, Math.min(rows - most, Math.round((best.point / points) * rows)));
}

/**
 * The highest tidy rate at which `rows` rows of a file of this rate make at most `most` steps: 1, 2 or 5 times a power of
 * ten, or a whole number that divides the file's rate.
 */
export function coarser(rows: number, rate: number, most: number): number {
  const limit = (most / rows) * rate;
  let whole = Math.floor(limit);
  while (whole > 0 && rate % whole !== 0) whole--;
  const power = Math.floor(Math.log10(limit));
  // Written out and read again: 2 · 10⁻³ as a product is not 0.002.
  const round = [1, 2, 5].map((digit) => Number(`${digit}e${power}`)).filter((one) => one <= limit);
  return Math.max(whole, ...round);
}
