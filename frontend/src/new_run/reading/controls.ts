/** Every guess about a file as a control: what it is called, what it is set to, and what the file is read by when it is changed. */

import type { FileLine, ImportOptions, ImportReport } from "../../wire/wire.gen";
import type { Control, Typing } from "./control";
import type { Asked } from "./questions";
import { TimeControls } from "./time_controls";
import { DELIMITERS, ENCODINGS, GROUPINGS, missingOf, missingText } from "./words";

/** The controls of a file; without a report (it could not be read yet) they say only what was set. */
export function controls(report: ImportReport | null, said: ImportOptions, asked: readonly Asked[]): Control[] {
  return new Controls(report, said, asked).all();
}

class Controls extends TimeControls {
  all(): Control[] {
    const found: (Control | null)[] = [
      this.part(),
      this.skip(),
      this.delimiter(),
      this.decimal(),
      this.names(),
      this.missing(),
      this.order(),
      this.time(),
      this.dates(),
      this.timeUnit(),
      this.rate(),
      ...this.series(),
      this.grouping(),
      this.units(),
      this.encoding(),
      this.layout(),
      this.dateFormat(),
      this.tables(),
      this.text ? this.ragged() : null,
      this.infinite(),
    ];
    return found.filter((control) => control !== null).filter(({ key }) => this.means(key));
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
      asked: this.asks("missing") || this.asks("sentinels"),
      kind: "text",
      value: missingText(this.said),
      placeholder: "empty, NaN, n/a, –",
      next: (text) => this.next(missingOf(text)),
    };
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

  /** Of a file where further tables stand below the first. */
  private tables(): Control | null {
    const { tables } = this.is;
    if (!tables) return null;
    const hint = "Further tables of the same columns stand below the first; lines to skip reach a later one";
    return this.choice(this.common("tables", "Tables", hint), tables, [
      ["join", "all of them, one below the other", { tables: "join" }],
      ["first", "the first alone", { tables: "first" }],
    ]);
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
