import { describe, expect, it } from "vitest";
import {
  accessOf,
  changed,
  dateTrouble,
  expiresIn,
  expiryOf,
  expectedCopy,
  localDay,
  PRIVATE,
  within,
} from "./sharing";

const NOW = new Date(2026, 10, 21, 8, 30);
const later = (hours: number): string => new Date(NOW.getTime() + hours * 3_600_000).toISOString();

describe("how long a recording opens", () => {
  it("reaches the server with its zone, or as never", () => {
    expect(expiryOf(PRIVATE, NOW)).toBeNull();
    expect(expiryOf({ ...PRIVATE, lasting: "7" }, NOW)).toBe(later(7 * 24));
    const day = expiryOf({ ...PRIVATE, lasting: "date", date: "2026-12-31" }, NOW);
    expect(day).toBe(new Date(2027, 0, 1).toISOString());
    expect(day).toMatch(/Z$/);
  });

  it("comes back as the last day it opens, and an untouched one is not sent again", () => {
    for (const date of ["2026-11-21", "2026-12-31", "2028-02-29"]) {
      const form = { ...PRIVATE, lasting: "date" as const, date };
      expect(accessOf({ visibility: "private", expires: expiryOf(form, NOW) })).toEqual(form);
    }
    const held = accessOf({ visibility: "private", expires: later(100) });
    expect(changed(held, held, NOW)).toEqual({});
    expect(changed(held, { ...held, visibility: "listed" }, NOW)).toEqual({ visibility: "listed" });
    expect(changed(held, { ...held, lasting: "never", date: "" }, NOW)).toEqual({ expires: null });
    expect(changed(PRIVATE, { ...PRIVATE, lasting: "1" }, NOW)).toEqual({ expires: later(24) });
  });

  it("wants a day that is not past", () => {
    const on = (date: string): string => dateTrouble({ ...PRIVATE, lasting: "date", date }, NOW);
    expect(on("")).toContain("Choose the last day");
    expect(on("2026-11-20")).toContain("past");
    expect(on(localDay(NOW))).toBe("");
    expect(dateTrouble(PRIVATE, NOW)).toBe("");
  });

  it("is counted down in days, then hours", () => {
    expect(expiresIn(null, NOW)).toBe("");
    expect(expiresIn(later(24 * 7), NOW)).toBe("expires in 7 days");
    expect(expiresIn(later(48), NOW)).toBe("expires in 2 days");
    expect(expiresIn(later(24 * 7 - 0.01), NOW)).toBe("expires in 7 days");
    expect(expiresIn(later(47.2), NOW)).toBe("expires in 47 hours");
    expect(expiresIn(later(1), NOW)).toBe("expires in 1 hour");
    expect(expiresIn(later(0.5), NOW)).toBe("expires within the hour");
    expect(expiresIn(later(0), NOW)).toBe("expired");
  });
});

describe("a copy of some steps", () => {
  const recurrent = { label: "LSTM", banks: [{ kind: "cell" }] } as never;
  const attentive = { label: "Transformer", banks: [{ kind: "append" }] } as never;

  it("stays inside the recording, first before last", () => {
    expect(within(5, 90, 100)).toEqual([5, 90]);
    expect(within(90, 5, 100)).toEqual([5, 90]);
    expect(within(-3, 900, 100)).toEqual([0, 99]);
    expect(within(NaN, 7.4, 100)).toEqual([0, 7]);
  });

  it("is expectedCopy as whole blocks of 64 steps", () => {
    expect(expectedCopy(70, 90, 1000, [recurrent])).toEqual({
      first: 64,
      last: 127,
      why: "Copies are made of whole blocks of 64 steps.",
    });
    expect(expectedCopy(64, 127, 1000, [recurrent])).toEqual({ first: 64, last: 127, why: "" });
    expect(expectedCopy(0, 99, 100, [recurrent])).toEqual({ first: 0, last: 99, why: "" });
    expect(expectedCopy(64, 128, 1000, [recurrent]).last).toBe(191);
  });

  it("begins at step 0 with a model that attends to all of it", () => {
    const copy = expectedCopy(70, 90, 1000, [recurrent, attentive]);
    expect(copy).toMatchObject({ first: 0, last: 127 });
    expect(copy.why).toContain("Transformer attends to every step before");
    expect(expectedCopy(10, 63, 1000, [attentive])).toMatchObject({ first: 0, last: 63 });
    expect(expectedCopy(10, 63, 1000, [attentive]).why).not.toContain("Transformer");
  });
});
