import { expect, it } from "vitest";
import { endedEarly } from "./recent";

it("says where a run ended that was meant to go on", () => {
  expect(endedEarly({ status: "stopped", steps: 311 }, 1500)).toBe("ended early at 311 of 1\u2009500");
  expect(endedEarly({ status: "failed", steps: 3 }, 160)).toBe("ended early at 3 of 160");
  expect(endedEarly({ status: "stopped", steps: 160 }, 160)).toBe("");
  expect(endedEarly({ status: "stopped", steps: 9 }, null)).toBe("");
  expect(endedEarly({ status: "running", steps: 9 }, 160)).toBe("");
});
