/**
 * The link to a moment: what is looked at, in the address behind `#`, as `#t=214&solo=ntm&rows=lag&speed=8&pin=dnc:13&v=1`.
 *
 * A link may come from anybody and from any version. Whatever cannot be used is left out with a notice for the reader;
 * nothing in it can keep a recording from opening.
 */

import { ROWS, type PartialView, type Setting } from "./fields";

export const LINK_VERSION = 1;

export interface ParsedLink {
  readonly view: PartialView;
  /** Sentences about what was left out. */
  readonly notices: readonly string[];
}

const MAX_LENGTH = 2000;
const BY_KEY = new Map(ROWS.map(([name, row]) => [row.key, { name, ...row }]));

/** Reads `location.hash` (with or without `#`). Never throws. */
export function parse(hash: string): ParsedLink {
  const view: Partial<Record<Setting, unknown>> = {};
  const notices: string[] = [];
  const text = hash.replace(/^#/, "");
  if (text.length > MAX_LENGTH) {
    return { view: {}, notices: [`The view in this link was left out: it has ${text.length} characters.`] };
  }
  const seen = new Set<string>();
  for (const part of text.split("&")) {
    if (part === "") continue;
    const cut = part.indexOf("=");
    const key = cut < 0 ? part : part.slice(0, cut);
    const value = cut < 0 ? "" : decode(part.slice(cut + 1));
    if (seen.has(key)) continue; // the first one counts
    seen.add(key);
    const field = BY_KEY.get(key);
    if (key === "v") {
      if (value === String(LINK_VERSION)) continue;
      notices.push(
        `This link was made by another version of Mnemoscope (view ${shown(value)}); what is known of it is shown.`,
      );
    } else if (!field) {
      notices.push(`The link says ${shown(key)}, which this version does not know; it was left out.`);
    } else {
      const read = value === null ? null : field.parse(value);
      if (read !== null) view[field.name] = read;
      else notices.push(`The link's ${key} was left out: wanted ${field.wanted}, got ${shown(value)}.`);
    }
  }
  return { view: view as PartialView, notices };
}

/** The text behind `#` for a view: what stands at its default is not said. `parse` gives it back. */
export function serialise(view: PartialView): string {
  const parts: string[] = [];
  for (const [name, field] of ROWS) {
    const value: unknown = view[name];
    if (value === undefined || value === null) continue;
    const text = field.format(value);
    if (field.default === null || text !== field.format(field.default)) parts.push(`${field.key}=${text}`);
  }
  parts.push(`v=${LINK_VERSION}`);
  return parts.join("&");
}

/** Notices about settings in `location.search`: a view stands behind `#`, and `?t=60` would otherwise do nothing unsaid. */
export function queryNotices(search: string): string[] {
  const keys = [...new URLSearchParams(search).keys()].filter((key) => BY_KEY.has(key));
  return keys.map(
    (key) => `The address says ${key} after a question mark and it was left out: write it after #, as in #${key}=….`,
  );
}

function decode(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null; // a broken %-sequence
  }
}

function shown(value: string | null): string {
  // Control characters out, so that a link cannot write odd things into the page's text.
  const clean = (value ?? "an unreadable value").replace(/[\p{Cc}\p{Cf}]/gu, "");
  return clean.length > 40 ? `“${clean.slice(0, 40)}…”` : `“${clean}”`;
}
