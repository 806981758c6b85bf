import { describe, expect, it } from "vitest";
import type { FileFormat } from "../../wire/wire.gen";
import { accepted, installable, readableHere } from "../../server/formats";
import { namedByHeaders, recordsOf } from "./records";

const format = (label: string, extensions: string[], more: Partial<FileFormat> = {}): FileFormat => ({
  name: label, label, extensions, available: true, install: null, several: false, ...more,
}); // prettier-ignore

const FORMATS = [
  format("CSV", [".csv", ".dat"]),
  format("WFDB", [".hea", ".dat", ".atr"], { several: true }),
  format("Parquet", [".parquet"], { available: false, install: "pip install x" }),
];
const files = (...names: string[]): File[] => names.map((name) => new File(["12"], name));

describe("files chosen together", () => {
  it("are choices, but for those of one record, which is named by its header", () => {
    const found = recordsOf(files("a.csv", "100.dat", "100.HEA", "b.dat", "100.atr"), FORMATS);
    expect(found.map(({ name, files, bytes }) => [name, files.length, bytes])).toEqual([
      ["a.csv", 1, 2],
      ["100.HEA with 2 more", 3, 6],
      ["b.dat", 1, 2],
    ]);
  });

  it("of a record in segments are one, and so are samples that are called otherwise", async () => {
    const header = (name: string, text: string): File => new File([text], name);
    const given = [
      header("s_1.hea", "s_1 1 100 200\ns_1.dat 16\n"),
      header("s.hea", "# a night\ns/2 1 100 400\ns_1 200\ns_2 200\n"),
      ...files("s_1.dat", "other.csv", "d2.dat"),
      header("s_2.hea", "s_2 1 100 200\nd2.dat 16\n"),
    ];
    const named = await namedByHeaders(given, FORMATS);
    const found = recordsOf(given, FORMATS, named).map(({ name, files }) => [name, files.length]);
    expect(found).toEqual([
      ["s.hea with 4 more", 5],
      ["other.csv", 1],
    ]);
    expect(recordsOf(given, FORMATS).map(({ files }) => files.length)).toEqual([2, 1, 1, 1, 1]);
  });

  it("of one name in two folders stay two", () => {
    expect(recordsOf(files("x.csv", "x.csv", "noname"), FORMATS).map(({ name }) => name)).toEqual([
      "x.csv",
      "x.csv",
      "noname",
    ]);
  });
});

it("the chooser offers what can be read here, once, and recordings", () => {
  expect(accepted(FORMATS)).toBe(".csv,.dat,.hea,.atr,.mnemo");
  expect(accepted([])).toBe("");
  expect(readableHere(FORMATS)).toBe("CSV; WFDB");
  expect(installable(FORMATS)).toEqual([{ label: "Parquet", install: "pip install x" }]);
});
