/** What is shared of a recording, with whom and for how long: the rules behind the dialog, in words and numbers. */

import { count, counted } from "../draw/ink/format";
import { kindOf } from "../memory/kinds";
import type { ModelSpec } from "../wire/manifest";
import { KEYFRAME_EVERY } from "../wire/manifest";
import type { Change, Shared } from "../wire/wire.gen";

export type Lasting = "never" | "1" | "7" | "30" | "date";

/** Who finds a recording and how long, as the form holds it. */
export interface Access {
  readonly visibility: Shared["visibility"];
  readonly lasting: Lasting;
  /** Last day it opens, `2026-12-01`, where `lasting` is "date". */
  readonly date: string;
}

export const PRIVATE: Access = { visibility: "private", lasting: "never", date: "" };

export const LASTING: readonly { readonly value: Lasting; readonly label: string }[] = [
  { value: "never", label: "Never" },
  { value: "1", label: "After 1 day" },
  { value: "7", label: "After 7 days" },
  { value: "30", label: "After 30 days" },
  { value: "date", label: "After a date" },
];

const DAY = 86_400_000;

/** The moment something expires, as the server takes it; null = never. A date counts to its last second here. */
export function expiryOf(access: Access, now: Date = new Date()): string | null {
  if (access.lasting === "never") return null;
  if (access.lasting !== "date") return new Date(now.getTime() + Number(access.lasting) * DAY).toISOString();
  const [year, month, day] = access.date.split("-").map(Number);
  return new Date(year!, month! - 1, day! + 1).toISOString();
}

/** Why this cannot be asked for; "" where it can. */
export function dateTrouble({ lasting, date }: Access, now: Date = new Date()): string {
  if (lasting !== "date") return "";
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) return "Choose the last day on which it opens.";
  return date < localDay(now) ? "This day is past: choose today or a later day." : "";
}

/** The form's reading of what the server says. A moment becomes the last day that it opens the whole day or in part. */
export function accessOf({ visibility, expires }: Pick<Shared, "visibility" | "expires">): Access {
  if (expires === null) return { visibility, lasting: "never", date: "" };
  return { visibility, lasting: "date", date: localDay(new Date(Date.parse(expires) - 1)) };
}

/** What has to be sent to get from one to the other; an expiry that was not touched keeps its very second. */
export function changed(from: Access, to: Access, now: Date = new Date()): Change {
  return {
    ...(from.visibility !== to.visibility && { visibility: to.visibility }),
    ...((from.lasting !== to.lasting || from.date !== to.date) && { expires: expiryOf(to, now) }),
  };
}

/** A calendar day here, as date fields write it. */
export function localDay(date: Date): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** "expires in 3 days"; in its last two days the hours; "" where it stays. */
export function expiresIn(expires: string | null, now: Date = new Date()): string {
  if (expires === null) return "";
  const left = Date.parse(expires) - now.getTime();
  if (Number.isNaN(left)) return "";
  if (left <= 0) return "expired";
  if (left < 3_600_000) return "expires within the hour";
  const hours = Math.round(left / 3_600_000);
  if (hours < 48) return `expires in ${counted(hours, "hour")}`;
  return `expires in ${count(Math.round(left / DAY))} days`;
}

/** Steps `first … last` that a copy can be made of, out of whatever stands in the fields. */
export function within(first: number, last: number, steps: number): readonly [number, number] {
  const inside = (n: number): number => Math.max(0, Math.min(steps - 1, Math.round(Number.isFinite(n) ? n : 0)));
  const [a, b] = [inside(first), inside(last)];
  return a <= b ? [a, b] : [b, a];
}

/** What a copy of steps `first … last` will hold, and why it is more than that (mnemoscope_server.storage.copies.stretch). */
export function expectedCopy(
  first: number,
  last: number,
  steps: number,
  models: readonly Pick<ModelSpec, "label" | "banks">[],
): { readonly first: number; readonly last: number; readonly why: string } {
  const end = Math.min(steps, Math.ceil((last + 1) / KEYFRAME_EVERY) * KEYFRAME_EVERY) - 1;
  const begin = first - (first % KEYFRAME_EVERY);
  const attends = models.find((model) => model.banks.some((bank) => !kindOf(bank).keyframed));
  if (begin > 0 && attends) {
    const why = `${attends.label} attends to every step before, so a copy with it begins at step 0.`;
    return { first: 0, last: end, why };
  }
  const why = begin < first || end > last ? `Copies are made of whole blocks of ${KEYFRAME_EVERY} steps.` : "";
  return { first: begin, last: end, why };
}
