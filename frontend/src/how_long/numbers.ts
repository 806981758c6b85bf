/** Numbers as the page prints them. */

/** Two digits that count: 0.012, 0.43, 1.3. */
export function value(number: number): string {
  const size = Math.abs(number);
  return size >= 0.095 || size === 0 ? number.toFixed(2) : number.toPrecision(2);
}

/** Seconds of so many steps, "4.2 s"; "" where the rate is not known. */
export function seconds(steps: number, rate: number | null): string {
  if (rate === null || !(rate > 0)) return "";
  const time = steps / rate;
  if (time < 1) return `${Math.round(time * 1000)} ms`;
  if (time < 120) return `${time < 10 ? time.toFixed(1) : Math.round(time)} s`;
  const minutes = time / 60;
  return minutes < 120 ? `${Math.round(minutes)} min` : `${Math.round(minutes / 60)} h`;
}

/** "200", or "200 (5.6 s)" where the rate is known; `unit` stands behind the number. */
export function steps(number: number, rate: number | null, unit = ""): string {
  const time = seconds(number, rate);
  return `${number}${unit}${time && ` (${time})`}`;
}

/** "a", "a and b", "a, b and c". */
export function list(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** A count with its unit: 1.2 k, 5.6 M. */
export function many(count: number): string {
  const [scale, unit] = count >= 999_500 ? [1e6, " M"] : count >= 9_995 ? [1e3, " k"] : [1, ""];
  const scaled = count / scale;
  return (unit && scaled < 9.95 ? scaled.toFixed(1) : Math.round(scaled).toString()) + unit;
}
