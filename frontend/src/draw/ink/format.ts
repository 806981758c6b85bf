/** Numbers as they are written everywhere on the page: true minus, thin spaces, fixed digits. */

const THIN = "\u2009";

/** Signed number, two digits after the point unless it is large: −0.46, 12.3, 1 240. */
export function num(value: number, digits?: number): string {
  if (!Number.isFinite(value)) return "no number";
  const size = Math.abs(value);
  const places = digits ?? (size >= 1000 ? 0 : size >= 100 ? 1 : 2);
  const text = size.toFixed(places);
  const sign = value < 0 && Number(text) !== 0 ? "−" : "";
  const [whole, fraction] = text.split(".");
  return sign + group(whole!) + (fraction ? `.${fraction}` : "");
}

/** A number not below 0 that may be small: 1.24, 0.42, 0.0042, 0, "< 0.0001". */
export function small(value: number): string {
  if (!Number.isFinite(value) || value === 0 || value >= 0.1) return value === 0 ? "0" : num(value);
  if (value < 1e-4) return "< 0.0001";
  return value.toFixed(1 - Math.floor(Math.log10(value)));
}

/** Whole number with thin spaces from 10 000 on, as in tables: 512, 3 000 stays 3 000. */
export function count(value: number): string {
  return group(String(Math.round(value)));
}

/** Things with their number: 1 step, 12 steps. */
export function counted(many: number, what: string): string {
  return `${count(many)} ${what}${many === 1 ? "" : "s"}`;
}

function group(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, THIN);
}

/** Share of one: 88%, 4.1%, 0%, −12%. */
export function percent(share: number): string {
  const size = Math.abs(share);
  if (size < 0.0005) return "0%";
  const text = size >= 0.1 ? String(Math.round(size * 100)) : (size * 100).toFixed(1);
  return `${share < 0 ? "−" : ""}${text}%`;
}

const YEAR = 365.2425 * 86_400;
/** Units of time with their seconds, the longest first. */
const SPANS = [
  ["year", YEAR],
  ["month", YEAR / 12],
  ["week", 604_800],
  ["day", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
] as const;

/** Steps a second as people say them, in the words of the library's `rate_in_words`: 36 Hz, 1 per 30 min. */
export function rateText(hz: number): string {
  const short = (value: number): string => String(Number(value.toPrecision(6)));
  if (hz >= 0.5) return `${short(hz)} Hz`;
  for (const [unit, seconds] of SPANS) {
    const many = 1 / hz / seconds;
    if (many < 1 - 1e-9 || (Math.abs(many - Math.round(many)) >= 1e-4 * many && unit !== "s")) continue;
    return Math.abs(many - 1) < 1e-4 ? `1 per ${unit}` : `1 per ${short(many)} ${unit}`;
  }
  return `1 per ${short(1 / hz)} s`;
}

/** Seconds as people read them: 5.94 s, 2 min 05 s, 1 h 12 min, 2.5 days. */
export function duration(seconds: number): string {
  const days = seconds / 86_400;
  if (days >= 2) return `${days < 100 ? days.toFixed(1) : count(days)} days`;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(2) : seconds.toFixed(1)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${String(Math.floor(seconds % 60)).padStart(2, "0")} s`;
  return `${Math.floor(seconds / 3600)} h ${String(Math.floor((seconds % 3600) / 60)).padStart(2, "0")} min`;
}

/** Bytes in decimal units: 820 B, 3.2 kB, 38 MB. */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 9.95 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** 64 123 parameters as 64.1 k. */
export function compact(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(value >= 1e7 ? 0 : 1)} M`;
  if (value >= 1e4) return `${(value / 1e3).toFixed(value >= 1e5 ? 0 : 1)} k`;
  return count(value);
}

/** When something was made, short: today 21:40, yesterday, 17 Nov, 17 Nov 2025. */
export function when(iso: string, now: Date = new Date()): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return "unknown";
  const day = (d: Date): number => new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime();
  const days = Math.round((day(now) - day(date)) / 86_400_000);
  const clock = `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
  if (days === 0) return `today ${clock}`;
  if (days === 1) return `yesterday ${clock}`;
  const short = date.toLocaleDateString("en-GB", { day: "numeric", month: "short" });
  return date.getFullYear() === now.getFullYear() ? short : `${short} ${date.getFullYear()}`;
}

/** "A, B and C". */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names[0] ?? "";
  return `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}
