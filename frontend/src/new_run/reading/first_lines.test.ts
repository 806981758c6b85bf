import { describe, expect, it } from "vitest";
import type { ColumnReport, FileLine, ImportReport } from "../../wire/wire.gen";
import { legendOf, tableOf, underName } from "./first_lines";

const column = (index: number, kind: ColumnReport["kind"]): ColumnReport =>
  ({ index, kind, name: `c${index}`, min: 2.05, max: 2.98, labels: 3 }) as ColumnReport;

const row = (line: number, cells: string[], values: (number | null)[], role: FileLine["role"] = "row"): FileLine => ({
  line, role, cells, values, why: role === "left out" ? "a comment" : "",
}); // prettier-ignore

function report(lines: FileLine[], layout: "columns" | "rows" = "columns"): ImportReport {
  const columns = [column(0, "time"), column(1, "value"), column(2, "value"), column(3, "label")];
  return { columns, lines, resolved: { layout } } as ImportReport;
}

describe("the first lines of a file", () => {
  it("have a role for every cell, and say what a number was read as where its sign could mean another", () => {
    const lines = [
      row(1, ["# pump"], [], "skipped"),
      row(3, ["t", "p", "q", "s"], [], "names"),
      row(4, ["00:10", "2,318", "1,5", "A"], [null, 2.318, 1.5, null]),
      row(5, ["00:20", "", "1.5", ""], [null, null, 1.5, null]),
      row(6, ["# pause"], [], "left out"),
    ];
    const table = tableOf(report(lines), 1, 3);
    expect(table.map(({ cells }) => cells.map(({ role }) => role))).toEqual([
      ["skipped"],
      ["names", "names", "names", "names"],
      ["time", "series", "other", "events"],
      ["time", "missing", "other", "events"],
      ["left_out"],
    ]);
    expect(table[2]!.cells.map(({ read }) => read)).toEqual(["", "2.318", "", ""]);
    expect([table[0]!.before, table[1]!.before, table[4]!.why]).toEqual([0, 1, "a comment"]);
    expect(legendOf(table)).toEqual(["time", "series", "other", "events", "missing", "names", "skipped", "left_out"]);
  });

  it("say that a comma between groups was read as such", () => {
    const [one] = tableOf(report([row(1, ["", "2,318"], [null, 2318])]), 1, null);
    expect(one!.cells[1]!.read).toBe("2\u2009318");
    const [plain] = tableOf(report([row(1, ["", "2.5"], [null, 2.5])]), 1, null);
    expect(plain!.cells[1]!.read).toBe("");
    const [point] = tableOf(report([row(1, ["", "2.318"], [null, 2318])]), 1, null);
    expect(point!.cells[1]!.read).toBe("2\u2009318");
  });

  it("are series by rows where the file is read so", () => {
    const lines = [row(1, ["1", "2"], [1, 2]), row(2, ["3", "4"], [3, 4])];
    const roles = tableOf(report(lines, "rows"), 1, null).map(({ cells }) => cells[0]!.role);
    expect(roles).toEqual(["other", "series"]);
  });

  it("say under each name what the column is", () => {
    const said = [0, 1, 2, 3].map((n) => underName(report([]).columns[n]!, 1, 3));
    expect(said).toEqual(["time", "the series, 2.05 to 2.98", "not used", "events: 3"]);
    expect(underName(report([]).columns[2]!, 1, 3, [2])).toMatch(/^beside the series/);
  });

  it("show a channel that is ticked as one beside the series", () => {
    const [one] = tableOf(report([row(1, ["0", "2.5", "7", "a"], [0, 2.5, 7, null])]), 1, 3, [2]);
    expect(one!.cells.map(({ role }) => role)).toEqual(["time", "series", "beside", "events"]);
  });
});
