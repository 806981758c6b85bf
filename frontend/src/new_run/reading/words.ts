/** Signs, dates and rates in words, and rates as they are typed. */

import type { ImportOptions } from "../../wire/wire.gen";

export const DELIMITERS: readonly (readonly [NonNullable<ImportOptions["delimiter"]>, string])[] = [
  [",", "comma"],
  [";", "semicolon"],
  ["\t", "tab"],
  ["|", "bar |"],
  [" ", "blanks"],
  ["", "none, one number a line"],
];

export const GROUPINGS: readonly (readonly [NonNullable<ImportOptions["grouping"]>, string])[] = [
  ["", "none"],
  [",", "comma: 12,345"],
  [".", "point: 12.345"],
  [" ", "blank: 12 345"],
  ["'", "apostrophe: 12’345"],
];

export const ENCODINGS: readonly (readonly [string, string])[] = [
  ["utf-8", "UTF-8"],
  ["utf-16", "UTF-16"],
  ["cp1252", "Western (Windows-1252)"],
  ["cp1250", "Central European (Windows-1250)"],
  ["cp1251", "Cyrillic (Windows-1251)"],
  ["koi8-r", "Cyrillic (KOI8-R)"],
  ["cp1253", "Greek (Windows-1253)"],
  ["cp1254", "Turkish (Windows-1254)"],
  ["cp1255", "Hebrew (Windows-1255)"],
  ["cp1256", "Arabic (Windows-1256)"],
  ["cp932", "Japanese (Shift JIS)"],
  ["euc_jp", "Japanese (EUC)"],
  ["gb18030", "Chinese (GB 18030)"],
  ["big5", "Chinese (Big5)"],
  ["cp949", "Korean (Windows-949)"],
];

export const TIME_UNITS: readonly (readonly [NonNullable<ImportOptions["time_unit"]>, string])[] = [
  ["s", "seconds"],
  ["ms", "milliseconds"],
  ["us", "microseconds"],
  ["ns", "nanoseconds"],
  ["min", "minutes"],
  ["h", "hours"],
  ["d", "days"],
  ["year", "years"],
  ["unix", "Unix time"],
  ["spreadsheet", "spreadsheet days"],
  ["none", "no time: counts rows"],
];

const PARTS: Readonly<Record<string, string>> = {
  d: "day",
  m: "month",
  b: "month’s name",
  B: "month’s name",
  Y: "year",
  y: "year (2 digits)",
  j: "day of the year",
  H: "hour",
  I: "hour (12)",
  M: "minute",
  S: "second",
  f: "fraction",
  p: "am/pm",
  z: "zone",
  Z: "zone",
  a: "weekday",
  A: "weekday",
};

/** A format of dates as people say it: day.month.year hour:minute. */
export function dateWords(format: string): string {
  const words = format.replace(/%([A-Za-z])/g, (all, letter: string) => PARTS[letter] ?? all).replace(/T(?=hour)/, " ");
  return words.replace("hour:minute:second.fraction", "hour:minute:second");
}

/** The format with day and month in each other's place; null where it has not both. */
export function swapped(format: string): string | null {
  if (!format.includes("%d") || !format.includes("%m")) return null;
  return format.replace(/%[dm]/g, (part) => (part === "%d" ? "%m" : "%d"));
}

/** Ways to say a rate: samples a second, or the time from one row to the next in units of so many seconds. */
export const RATE_UNITS: readonly (readonly [string, number])[] = [
  ["Hz", 0],
  ["ms apart", 0.001],
  ["s apart", 1],
  ["min apart", 60],
  ["h apart", 3600],
  ["days apart", 86_400],
  ["weeks apart", 604_800],
  ["months apart", 2_629_746],
  ["years apart", 31_556_952],
];

/** A rate in Hz as a number and one of RATE_UNITS: 360 Hz, 30 min apart. */
export function rateParts(hz: number): { readonly number: string; readonly unit: string } {
  const short = (value: number): string => String(Number(value.toPrecision(7)));
  if (hz >= 0.5) return { number: short(hz), unit: "Hz" };
  const even = (many: number): boolean => many >= 1 - 1e-6 && Math.abs(many - Math.round(many)) < 1e-4 * many;
  const units = RATE_UNITS.filter(([, each]) => each >= 1);
  const [unit, seconds] = units.findLast(([, each]) => even(1 / hz / each)) ?? ["s apart", 1];
  return { number: short(1 / hz / seconds), unit };
}

/** What was typed as Hz; null where it is no rate. */
export function hzOf(text: string, unit: string): number | null {
  const value = Number(text.trim().replace(",", "."));
  if (text.trim() === "" || !Number.isFinite(value) || value <= 0) return null;
  const seconds = RATE_UNITS.find(([name]) => name === unit)?.[1] ?? 0;
  return seconds === 0 ? value : 1 / (value * seconds);
}

/** What means "no number", as it is typed with commas or blanks between: words and numbers apart. */
export function missingOf(text: string): Pick<ImportOptions, "missing" | "sentinels"> {
  const parts = text
    .split(/[,;]\s*|\s{2,}/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const number = (part: string): number => Number(part.replace("−", "-"));
  return {
    missing: parts.filter((part) => !Number.isFinite(number(part))),
    sentinels: parts.map(number).filter(Number.isFinite),
  };
}

/** The same the other way round. */
export function missingText({ missing = [], sentinels = [] }: ImportOptions): string {
  return [...missing, ...sentinels.map((value) => String(value).replace("-", "−"))].join(", ");
}
