/** When a row was measured, in which order, and which series it belongs to, as controls. */

import { Filled, type Control, type Rating, type Timing, type Typing } from "./control";
import { dateWords, hzOf, rateParts, swapped, TIME_UNITS } from "./words";

export class TimeControls extends Filled {
  order(): Control | null {
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

  time(): Timing | null {
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

  dates(): Control | null {
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

  dateFormat(): Typing | null {
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

  timeUnit(): Control | null {
    const { time_unit: unit } = this.is;
    if (!unit) return null;
    const units = TIME_UNITS.map(([one, label]) => [one, label, { time_unit: one }] as const);
    return this.choice(
      this.common("time_unit", "Time counts", "The unit of the numbers in the time column"),
      unit,
      units,
    );
  }

  rate(): Rating {
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
  series(): (Control | null)[] {
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
}
