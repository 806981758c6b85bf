/** What the page says about the numbers of a file that lie on the server. */

import { counted } from "../../draw/ink/format";
import type { ColumnReport } from "../../wire/wire.gen";

const VOLTS = /^[mµμu]V$/;
const BODY = /(^|[^a-z])(ecg|ekg|eeg|emg|eog|ppg|mlii|leads?[ _-]?(i{1,3}|av[rlf]|v?\d+)?)([^a-z]|$)/i;

/** Whether a column looks like a body's signal: millivolts or less, or a name of ECG, EEG and the like. */
export function looksLikeHealth(columns: readonly Pick<ColumnReport, "name" | "unit">[]): boolean {
  return columns.some(({ name, unit }) => VOLTS.test(unit ?? "") || BODY.test(name));
}

/** Hours as people say them: 30 minutes, 1 hour, 24 hours, 7 days. */
export function hoursInWords(hours: number): string {
  if (hours < 1) return counted(Math.max(1, Math.round(hours * 60)), "minute");
  if (hours >= 48) return counted(Math.round(hours / 24), "day");
  return counted(Math.round(hours), "hour");
}
