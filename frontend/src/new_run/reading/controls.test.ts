import { describe, expect, it } from "vitest";
import type { ColumnReport, ImportOptions, ImportReport } from "../../wire/wire.gen";
import { useNow, usesOf } from "./columns";
import type { Choosing, Control, Rating, Timing, Typing } from "./control";
import { controls } from "./controls";
import { questions } from "./questions";

const column = (index: number, name: string, kind: ColumnReport["kind"], more: Partial<ColumnReport> = {}): ColumnReport => ({
  index, name, kind, unit: null, min: kind === "value" ? 1 : null, max: 2, mean: 1.5, missing: 0, missing_fraction: 0,
  states: 0,
  labels: 0, rows: 9, sample_rate: 0.1, rate_text: "1 per 10 s", resample_to: null, spark: [], ...more,
}); // prettier-ignore

/** The pump of the mock, as the server reports it. */
function report(resolved: ImportOptions = {}, more: Partial<ImportReport> = {}): ImportReport {
  return {
    encoding: "utf-8",
    first_line: 4,
    sample_rate: 0.1,
    sample_rate_source: "8 steps",
    parts: [],
    options: {},
    questions: [],
    assumptions: [],
    columns: [column(0, "Datum", "time"), column(1, "Zeit", "time"), column(2, "Druck", "value")],
    lines: [
      {
        line: 1,
        role: "skipped",
        why: "text above the data",
        cells: ["# Anlage Nord, Pumpe 7, Messung vom Werk"],
        values: [],
      },
      { line: 3, role: "names", why: "", cells: ["Datum", "Zeit", "Druck [bar]"], values: [] },
    ],
    resolved: {
      encoding: "utf-8", skip: 2, delimiter: ";", decimal: ",", grouping: ".", header: true, names_line: 3, units_line: 0,
      time: ["Datum", "Zeit"], time_format: "%d.%m.%Y %H:%M:%S", order: "file", layout: "columns", ...resolved,
    }, // prettier-ignore
    ...more,
  } as ImportReport;
}

function get<T extends Control>(all: readonly Control[], label: string): T {
  const found = all.find((one) => one.label === label);
  if (!found) throw new Error(`no control ${label} among ${all.map(({ label }) => label).join(", ")}`);
  return found as T;
}

describe("controls of a file", () => {
  it("are filled with what the reader found, in words", () => {
    const all = controls(report(), {}, []);
    const shown = (label: string): string => {
      const { value, choices } = get<Choosing>(all, label);
      return choices.find((choice) => choice.value === value)!.label;
    };
    expect(get<Typing>(all, "Lines to skip").value).toBe("2");
    expect(["Delimiter", "Decimal sign", "Names", "Order of rows", "Dates", "Encoding"].map(shown)).toEqual([
      "semicolon",
      "comma: 2,318",
      "line 3: Datum · Zeit · Druck [bar]",
      "as in the file",
      "day.month.year hour:minute:second",
      "UTF-8",
    ]);
    expect(get<Timing>(all, "Time").chosen).toEqual(["Datum", "Zeit"]);
    expect(get<Rating>(all, "Rate")).toMatchObject({ number: "10", unit: "s apart" });
    expect(all.filter(({ rare }) => !rare).map(({ label }) => label)).not.toContain("Encoding");
  });

  it("say what the file is read by when they are changed, and leave the rest to be found out", () => {
    const all = controls(report(), { skip: 2 }, []);
    const pick = (label: string, value: string): ImportOptions =>
      get<Choosing>(all, label).choices.find((choice) => choice.value === value)!.next;
    expect(pick("Delimiter", "none")).toEqual({ skip: 2, delimiter: "" });
    expect(pick("Names", "none")).toEqual({ skip: 2, header: false });
    expect(pick("Names", "1")).toEqual({ skip: 2, names_line: 1 });
    expect(pick("Dates", "%m.%d.%Y %H:%M:%S")).toEqual({ skip: 2, time_format: "%m.%d.%Y %H:%M:%S" });
    expect(get<Typing>(all, "Lines to skip").next(" ")).toEqual({});
    expect(get<Typing>(all, "Missing").next("n/a, 9999")).toEqual({ skip: 2, missing: ["n/a"], sentinels: [9999] });
    expect(get<Rating>(all, "Rate").next("30", "min apart")).toEqual({ skip: 2, sample_rate: 1 / 1800 });
  });

  it("forget how times were written when other columns are the time", () => {
    const all = controls(report(), { time_format: "%d.%m.%Y %H:%M:%S" }, []);
    expect(get<Timing>(all, "Time").next(["Datum"])).toEqual({ time: ["Datum"] });
  });

  it("let decimal sign and sign of groups never be the same", () => {
    const all = controls(report({ decimal: ".", grouping: "," }), { grouping: "," }, []);
    const comma = get<Choosing>(all, "Decimal sign").choices.find(({ value }) => value === ",");
    expect(comma!.next).toEqual({ decimal: "," });
    expect(get<Choosing>(all, "Digit groups").choices.map(({ value }) => value)).not.toContain(".");
  });

  it("are ringed while a question about them is open, and come forward then", () => {
    const asking = report(
      {},
      {
        questions: [
          {
            what: "x",
            chosen: "a",
            evidence: "",
            alternatives: [{ label: "b", options: { grouping: "'" }, switches: "" }],
          },
        ],
      },
    );
    const groups = get(controls(asking, {}, questions(asking, asking, {})), "Digit groups");
    expect([groups.asked, groups.rare]).toEqual([true, false]);
    const said = { grouping: "'" } as const;
    const after = get(controls(asking, said, questions(asking, asking, said)), "Digit groups");
    expect([after.asked, after.said, after.rare]).toEqual([false, true, false]);
  });

  it("show what was tried and refused", () => {
    expect(get<Choosing>(controls(report(), { delimiter: "\t" }, []), "Delimiter").value).toBe("\t");
  });

  it("name the series of a long table, and the parts of a file that has several", () => {
    const alternatives = ["s2", "s3"].map((series) => ({ label: series, options: { series }, switches: "" }));
    const long = report(
      { series_column: "Zeit", series: "s1" },
      {
        parts: ["Sheet1", "Sheet2"],
        assumptions: [{ what: "series of Zeit", chosen: "s1", evidence: "", alternatives }],
      },
    );
    const all = controls(long, {}, []);
    expect(get<Choosing>(all, "Series").choices.map(({ value }) => value)).toEqual(["s1", "s2", "s3"]);
    expect(get<Choosing>(all, "Part").choices[1]!.next).toEqual({ part: "Sheet2" });
  });

  it("offer the first of several tables only where there are several", () => {
    expect(controls(report(), {}, []).map(({ label }) => label)).not.toContain("Tables");
    const tables = get<Choosing>(controls(report({ tables: "join" }), { skip: 2 }, []), "Tables");
    expect(tables.value).toBe("join");
    expect(tables.choices[1]!.next).toEqual({ skip: 2, tables: "first" });
  });

  it("of a file without lines are those that mean something there", () => {
    const wave = { ...report({}, { encoding: null }), resolved: { infinite: "refuse" as const } };
    const labels = controls(wave as ImportReport, {}, []).map(({ label }) => label);
    expect(labels).toEqual(["Missing", "Rate", "Infinite values"]);
    const json = { ...wave, encoding: "utf-8", first_line: null, resolved: { order: "file" } };
    expect(controls(json as unknown as ImportReport, {}, []).map(({ label }) => label)).toEqual([
      "Missing",
      "Order of rows",
      "Rate",
    ]);
    const sheet = { ...wave, resolved: { names_line: 4, decimal: ",", time: ["Datum"], order: "file" } };
    const more = controls(sheet as ImportReport, {}, []).map(({ label }) => label);
    expect(more).toEqual(["Decimal sign", "Names", "Missing", "Order of rows", "Time", "Rate"]);
  });

  it("can be set before anything was read", () => {
    const all = controls(null, { delimiter: ";" }, []);
    expect(get<Choosing>(all, "Delimiter").value).toBe(";");
    expect(get<Choosing>(all, "Decimal sign").choices[0]).toMatchObject({
      label: "found out",
      next: { delimiter: ";" },
    });
  });
});

describe("uses of a column", () => {
  const uses = (of: ColumnReport, time: string[], said: ImportOptions = {}) =>
    Object.fromEntries(usesOf(of, time, said).map(({ value, label, taken }) => [value, [label, taken]]));

  it("of numbers are series, time and text", () => {
    const found = uses(column(2, "x", "value"), ["t"]);
    expect(Object.keys(found)).toEqual(["series", "time", "text", "unused"]);
    expect(found["time"]![1]).toEqual({ kind: "options", next: { time: ["t", "x"] } });
    expect(found["text"]![1]).toEqual({ kind: "options", next: { text_columns: ["x"] } });
  });

  it("of a time can be given up", () => {
    const found = uses(column(0, "t", "time"), ["t", "u"], { time_format: "%Y" });
    expect(found["unused"]).toEqual(["no time", { kind: "options", next: { time: ["u"] } }]);
  });

  it("say which of them holds now", () => {
    const said = { text_columns: ["x"] };
    expect(useNow("text", usesOf(column(2, "x", "text"), [], said))).toBe("text");
    expect(useNow("text", usesOf(column(2, "x", "text"), [], {}))).toBe("unused");
    expect(useNow("text", usesOf(column(3, "beat", "label", { labels: 4 }), [], {}))).toBe("unused");
    expect(useNow("series", [])).toBe("series");
  });

  it("of what was made text can be numbers again, and of labels events", () => {
    expect(uses(column(2, "x", "text"), [], { text_columns: ["x"] })["unused"]).toEqual([
      "numbers",
      { kind: "options", next: {} },
    ]);
    const labels = uses(column(3, "beat", "label", { labels: 4 }), []);
    expect([labels["events"]![1], labels["unused"]![1]]).toEqual([
      { kind: "events", index: 3 },
      { kind: "events", index: null },
    ]);
  });
});
