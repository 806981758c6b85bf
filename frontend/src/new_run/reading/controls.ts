/** Every guess about a file as a control: what it is called, what it is set to, and what the file is read by when it is changed. */

import type { FileLine, ImportOptions, ImportReport } from "../../wire/wire.gen";
import { changed, holds, plain } from "./options";
import type { Asked } from "./questions";
import {
  dateWords,
  DELIMITERS,
  ENCODINGS,
  GROUPINGS,
  hzOf,
  missingOf,
  missingText,
  rateParts,
  swapped,
  TIME_UNITS,
} from "./words";

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

/** The controls of a file; without a report (it could not be read yet) they say only what was set. */
export function controls(report: ImportReport | null, said: ImportOptions, asked: readonly Asked[]): Control[] {
  return new Controls(report, said, asked).all();
}

class Controls {
  private readonly is: ImportOptions;
  private readonly open: ReadonlySet<keyof ImportOptions>;
  /** Files without lines have no signs between cells. */
  private readonly text: boolean;

  constructor(
    private readonly report: ImportReport | null,
    private readonly said: ImportOptions,
    asked: readonly Asked[],
  ) {
    const read = report === null ? {} : plain(report.options);
    // what was set and refused is shown too, beside the error that it led to
    this.is = holds(read, said) && holds(said, read) ? (report?.resolved ?? {}) : { ...report?.resolved, ...said };
    this.open = new Set(asked.filter(({ open }) => open).flatMap(({ about }) => about));
    this.text = report === null || report.encoding !== null;
  }

  all(): Control[] {
    const { text } = this;
    const found: (Control | null)[] = [
      this.part(),
      text ? this.skip() : null,
      text ? this.delimiter() : null,
      text ? this.decimal() : null,
      text ? this.names() : null,
      text ? this.missing() : null,
      text ? this.order() : null,
      text ? this.time() : null,
      text ? this.dates() : null,
      text ? this.timeUnit() : null,
      this.rate(),
      ...(text ? this.series() : []),
      ...(text ? [this.grouping(), this.units(), this.encoding(), this.layout()] : []),
      ...(text ? [this.dateFormat(), this.ragged(), this.infinite()] : []),
    ];
    return found.filter((control) => control !== null);
  }

  private common(key: keyof ImportOptions, label: string, hint: string, rare = false): Common {
    const said = this.said[key] !== undefined && this.said[key] !== null;
    const asked = this.open.has(key);
    return { key, label, hint, asked, said, rare: rare && !said && !asked };
  }

  private next(to: ImportOptions): ImportOptions {
    return changed(this.said, to);
  }

  /** A choice among values of one option, or of options that go together. */
  private choice(
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

  private part(): Control | null {
    const parts = this.report?.parts ?? [];
    if (parts.length < 2) return null;
    const common = this.common("part", "Part", "The file has several: sheets, arrays or packed files");
    return this.choice(
      common,
      this.is.part ?? parts[0],
      parts.map((part) => [part, part, { part }] as const),
    );
  }

  private skip(): Typing {
    return {
      ...this.common("skip", "Lines to skip", "Lines above the names, or above the rows, that are left out"),
      kind: "number",
      value: this.is.skip === null || this.is.skip === undefined ? "" : String(this.is.skip),
      placeholder: "found out",
      next: (text) => this.next({ skip: whole(text) }),
    };
  }

  private delimiter(): Control {
    const common = this.common("delimiter", "Delimiter", "The sign between two cells of a row");
    const signs = DELIMITERS.map(([delimiter, label]) => [delimiter || "none", label, { delimiter }] as const);
    return this.choice(common, this.is.delimiter === "" ? "none" : this.is.delimiter, signs);
  }

  private decimal(): Control {
    const common = this.common("decimal", "Decimal sign", "The sign before the fraction of a number");
    const free = (decimal: "." | ","): ImportOptions =>
      this.said.grouping === decimal ? { decimal, grouping: null } : { decimal };
    return this.choice(common, this.is.decimal, [
      [".", "point: 2.318", free(".")],
      [",", "comma: 2,318", free(",")],
    ]);
  }

  private grouping(): Control {
    const hint = "The sign between groups of digits, where there are any";
    const signs = GROUPINGS.filter(([grouping]) => grouping === "" || grouping !== this.is.decimal);
    const { grouping } = this.is;
    return this.choice(
      this.common("grouping", "Digit groups", hint, true),
      grouping === "" ? "none" : grouping,
      signs.map(([sign, label]) => [sign || "none", label, { grouping: sign }] as const),
    );
  }

  private names(): Control {
    const common = this.common("names_line", "Names", "The line that has the names of the columns");
    const { names_line: line, header } = this.is;
    const none = header === false ? "none" : null;
    return this.choice({ ...common, said: common.said || this.said.header !== undefined }, line ? String(line) : none, [
      ["none", "no names", { names_line: null, header: false }],
      ...this.lines().map(({ line, label }) => [String(line), label, { names_line: line, header: null }] as const),
    ]);
  }

  private units(): Control {
    const common = this.common("units_line", "Units", "The line that has units and nothing else", true);
    const { units_line: line } = this.is;
    const lines = this.lines().filter(({ line: one }) => one !== this.is.names_line);
    return this.choice(common, line === 0 ? "none" : line ? String(line) : null, [
      ["none", "no line of their own", { units_line: 0 }],
      ...lines.map(({ line, label }) => [String(line), label, { units_line: line }] as const),
    ]);
  }

  /** The first lines of the file, to be pointed at. */
  private lines(): { readonly line: number; readonly label: string }[] {
    return (this.report?.lines ?? []).slice(0, 12).map((entry) => ({ line: entry.line, label: excerpt(entry) }));
  }

  private missing(): Typing {
    return {
      ...this.common("missing", "Missing", "Cells that mean “no number”, with commas between; empty ones always do"),
      asked: this.open.has("missing") || this.open.has("sentinels"),
      kind: "text",
      value: missingText(this.said),
      placeholder: "empty, NaN, n/a, –",
      next: (text) => this.next(missingOf(text)),
    };
  }

  private order(): Control | null {
    if (this.is.layout === "rows") return null; // a row is a series of its own
    return this.choice(
      this.common("order", "Order of rows", "The signal runs from the oldest row to the newest"),
      this.is.order,
      [
        ["file", "as in the file", { order: "file" }],
        ["time", "by time, oldest first", { order: "time" }],
        ["reversed", "last row first", { order: "reversed" }],
      ],
    );
  }

  private time(): Timing | null {
    if (this.is.layout === "rows") return null;
    return {
      ...this.common(
        "time",
        "Time",
        "The columns that say when a row was measured; date and time of day may stand apart",
      ),
      kind: "columns",
      columns: this.columns(),
      chosen: this.is.time ?? [],
      none: this.is.time ? "no column" : "found out",
      next: (time) => this.next({ time: [...time], time_unit: null, time_format: null }),
    };
  }

  private columns(): string[] {
    if (this.report === null || this.is.layout === "rows") return [];
    return [...new Set([...this.report.columns.map(({ name }) => name), ...(this.report.resolved.time ?? [])])];
  }

  private dates(): Control | null {
    const { time_format: format } = this.is;
    if (!format) return null;
    const other = swapped(format);
    const formats = [this.report?.resolved.time_format, format, other].filter((one) => typeof one === "string");
    return this.choice(
      this.common("time_format", "Dates", "How the dates are written"),
      format,
      [...new Set(formats)].map((one) => [one, dateWords(one), { time_format: one }] as const),
    );
  }

  private dateFormat(): Typing | null {
    if (!this.is.time_format) return null;
    return {
      ...this.common(
        "time_format",
        "Dates, as a format",
        "In the words of strptime: %d day, %m month, %Y year, %H hour, %M minute, %S second",
      ),
      asked: false,
      rare: true,
      kind: "text",
      value: this.is.time_format,
      placeholder: "found out",
      next: (text) => this.next({ time_format: text.trim() || null }),
    };
  }

  private timeUnit(): Control | null {
    const { time_unit: unit } = this.is;
    if (!unit) return null;
    const units = TIME_UNITS.map(([one, label]) => [one, label, { time_unit: one }] as const);
    return this.choice(
      this.common("time_unit", "Time counts", "The unit of the numbers in the time column"),
      unit,
      units,
    );
  }

  private rate(): Rating {
    const hz = this.said.sample_rate ?? this.report?.sample_rate ?? null;
    const { number, unit } = hz === null ? { number: "", unit: "Hz" } : rateParts(hz);
    return {
      ...this.common("sample_rate", "Rate", this.report?.sample_rate_source ?? "How often a row was measured"),
      kind: "rate",
      number,
      unit,
      next: (text, unit) => this.next({ sample_rate: hzOf(text, unit) }),
    };
  }

  /** Which series, where several stand in one column or one in every row. */
  private series(): (Control | null)[] {
    const columns = this.columns();
    const { series_column: column, series } = this.is;
    const choosing = columns.length > 1 && this.is.layout !== "rows";
    const by = choosing
      ? this.choice(
          this.common(
            "series_column",
            "Series by",
            "The column that says which series a row belongs to",
            column === undefined,
          ),
          column ?? "none",
          [
            ["none", "all rows are one series", { series_column: "none", series: null }],
            ...columns.map((name) => [name, name, { series_column: name, series: null }] as const),
          ],
        )
      : null;
    const names = this.seriesNames();
    const which =
      series !== undefined && series !== null && names.length > 1
        ? this.choice(
            this.common("series", "Series", "The one whose rows are the signal"),
            series,
            names.map((name) => [name, name, { series: name }] as const),
          )
        : null;
    return [which, by];
  }

  private seriesNames(): string[] {
    const guesses = [...(this.report?.questions ?? []), ...(this.report?.assumptions ?? [])];
    const names = guesses.flatMap(({ alternatives, chosen }) => {
      const others = alternatives.flatMap(({ options }) => (options.series ? [options.series] : []));
      return others.length ? [chosen, ...others] : [];
    });
    return [...new Set(names)];
  }

  private encoding(): Control {
    const common = this.common("encoding", "Encoding", "How letters are stored in the file", true);
    return this.choice(
      common,
      this.is.encoding,
      ENCODINGS.map(([encoding, label]) => [encoding, label, { encoding }] as const),
    );
  }

  private layout(): Control {
    const rare = (this.is.layout ?? "columns") === "columns";
    return this.choice(
      this.common("layout", "One series is", "What stands together in the file", rare),
      this.is.layout,
      [
        ["columns", "a column", { layout: "columns" }],
        ["rows", "a row", { layout: "rows" }],
        ["wrapped", "all rows, end to end", { layout: "wrapped" }],
      ],
    );
  }

  private ragged(): Control {
    const hint = "Rows with more or fewer cells than the others";
    return this.choice(this.common("ragged", "Odd rows", hint, true), this.is.ragged ?? "refuse", [
      ["refuse", "refuse the file", { ragged: "refuse" }],
      ["skip", "leave them out", { ragged: "skip" }],
    ]);
  }

  private infinite(): Control {
    const hint = "Cells that are written as infinite";
    return this.choice(this.common("infinite", "Infinite values", hint, true), this.is.infinite ?? "refuse", [
      ["refuse", "refuse the file", { infinite: "refuse" }],
      ["missing", "are missing", { infinite: "missing" }],
    ]);
  }
}

/** What was typed as a whole number not below 0; null where it is none. */
function whole(text: string): number | null {
  return /^\s*\d{1,7}\s*$/.test(text) ? Number(text) : null;
}

function excerpt({ line, cells }: FileLine): string {
  const text = cells.join(" · ");
  return `line ${line}: ${text.length > 32 ? `${text.slice(0, 31)}…` : text}`;
}
