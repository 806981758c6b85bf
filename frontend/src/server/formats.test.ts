import { expect, it } from "vitest";
import type { FileFormat } from "../wire/wire.gen";
import { accepted, namesHere, readableHere } from "./formats";

const format = (label: string, extensions: string[], available = true): FileFormat => ({
  name: label.toLowerCase(), label, extensions, available, install: available ? null : "pip install x", several: false,
}); // prettier-ignore

it("names what can be read, at length and in a word each, and leaves out what is not installed", () => {
  const formats = [
    format("CSV and other text tables", [".csv", ".txt"]),
    format("EDF, EDF+, BDF and BDF+", [".edf"]),
    format("Parquet, Feather and Arrow", [".parquet"], false),
    format(".ts and .tsf of many series", [".ts"]),
    format("any of these, packed", [".gz"]),
  ];
  expect(namesHere(formats)).toBe("CSV, EDF, .ts");
  expect(readableHere(formats)).toContain("EDF, EDF+, BDF and BDF+; .ts");
  expect(accepted(formats)).toBe(".csv,.txt,.edf,.ts,.gz,.mnemo");
  expect([namesHere([]), accepted([])]).toEqual(["", ""]);
});
