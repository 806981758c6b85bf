import { describe, expect, it } from "vitest";
import { hoursInWords, looksLikeHealth } from "./retention";

describe("what is said about a file on the server", () => {
  it("asks to leave names out where a column may come from a body", () => {
    const column = (name: string, unit: string | null = null) =>
      looksLikeHealth([
        { name: "t", unit: "s" },
        { name, unit },
      ]);
    for (const name of ["ECG", "eeg_Fz", "MLII", "lead II", "leadII", "Lead V1", "lead"])
      expect(column(name), name).toBe(true);
    for (const unit of ["mV", "µV", "μV", "uV"]) expect(column("a", unit), unit).toBe(true);
    for (const name of ["temperature", "leader", "leading", "misleading", "v1"]) expect(column(name), name).toBe(false);
    expect(column("grid", "MV")).toBe(false);
  });

  it("writes out hours", () => {
    expect([0.001, 0.5, 1, 1.4, 24, 48, 168].map(hoursInWords)).toEqual([
      "1 minute",
      "30 minutes",
      "1 hour",
      "1 hour",
      "24 hours",
      "2 days",
      "7 days",
    ]);
  });
});
