/** A control of one guess, and what all of them are made from. */

import type { ImportOptions, ImportReport } from "../../wire/wire.gen";
import { changed, holds, plain } from "./options";
import type { Asked } from "./questions";

interface Common {
  /** The option it is about. */
  readonly key: keyof ImportOptions;
  readonly label: string;
  readonly hint: string;
  /** A question is open about it. */
  readonly asked: boolean;
  /** Somebody has set it. */
  readonly said: boolean;
  /** It is rarely needed. */
  readonly rare: boolean;
}

export interface Choosing extends Common {
  readonly kind: "choice";
  readonly value: string;
  readonly choices: readonly { readonly value: string; readonly label: string; readonly next: ImportOptions }[];
}

export interface Typing extends Common {
  readonly kind: "number" | "text";
  readonly value: string;
  readonly placeholder: string;
  readonly next: (text: string) => ImportOptions;
}

export interface Rating extends Common {
  readonly kind: "rate";
  readonly number: string;
  readonly unit: string;
  readonly next: (text: string, unit: string) => ImportOptions;
}

/** Several of the columns, in order. */
export interface Timing extends Common {
  readonly kind: "columns";
  readonly columns: readonly string[];
  readonly chosen: readonly string[];
  /** What is shown where none is chosen. */
  readonly none: string;
  readonly next: (columns: readonly string[]) => ImportOptions;
}

export type Control = Choosing | Typing | Rating | Timing;

const FOUND_OUT = "";

/** What is known of a file and what was said about it, as controls need it. */
export class Filled {
  /** What holds now, found out or said. */
  protected readonly is: ImportOptions;
  private readonly open: ReadonlySet<keyof ImportOptions>;
  /** Whether it has lines; other files have no signs between cells. */
  protected readonly text: boolean;

  constructor(
    protected readonly report: ImportReport | null,
    protected readonly said: ImportOptions,
    asked: readonly Asked[],
  ) {
    const read = report === null ? {} : plain(report.options);
    // what was set and refused is shown too, beside the error that it led to
    this.is = holds(read, said) && holds(said, read) ? (report?.resolved ?? {}) : { ...report?.resolved, ...said };
    this.open = new Set(asked.filter(({ open }) => open).flatMap(({ about }) => about));
    this.text = report === null || (report.encoding !== null && report.first_line !== null);
  }

  protected common(key: keyof ImportOptions, label: string, hint: string, rare = false): Common {
    const said = this.said[key] !== undefined && this.said[key] !== null;
    const asked = this.open.has(key);
    return { key, label, hint, asked, said, rare: rare && !said && !asked };
  }

  protected next(to: ImportOptions): ImportOptions {
    return changed(this.said, to);
  }

  /** A choice among values of one option, or of options that go together. */
  protected choice(
    common: Common,
    value: string | null | undefined,
    choices: readonly (readonly [string, string, ImportOptions])[],
  ): Choosing {
    const all = choices.map(([value, label, to]) => ({ value, label, next: this.next(to) }));
    if (value === null || value === undefined)
      all.unshift({ value: FOUND_OUT, label: "found out", next: this.next({ [common.key]: null }) });
    const shown = value ?? FOUND_OUT;
    if (!all.some((choice) => choice.value === shown)) all.unshift({ value: shown, label: shown, next: this.said });
    return { ...common, kind: "choice", value: shown, choices: all };
  }

  /** Whether an option means something for this file: of one without lines those do that its reader found something out about. */
  protected means(key: keyof ImportOptions): boolean {
    if (this.text || ["missing", "sample_rate", "part"].includes(key)) return true;
    return (this.is[key] ?? null) !== null || (key === "names_line" && (this.is.header ?? null) !== null);
  }

  /** Whether a question about it is open. */
  protected asks(key: keyof ImportOptions): boolean {
    return this.open.has(key);
  }

  protected columns(): string[] {
    if (this.report === null || this.is.layout === "rows") return [];
    return [...new Set([...this.report.columns.map(({ name }) => name), ...(this.report.resolved.time ?? [])])];
  }
}
