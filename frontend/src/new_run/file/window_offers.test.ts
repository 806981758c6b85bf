import { describe, expect, it } from "vitest";
import { seeded } from "../../wire/testlog";
import { busiest, coarser } from "./window_offers";

describe("the busiest window", () => {
  const flat = (points: number): number[] => new Array<number>(points).fill(3);

  it("holds what varies most, at any offset", () => {
    const overview = flat(100);
    [overview[10], overview[60], overview[64]] = [4, 5, 1];
    expect(busiest(overview, 100, 10)).toBe(56);
    expect(
      busiest(
        overview.map((v) => v + 1e3),
        100,
        10,
      ),
    ).toBe(56);
  });

  it("is told in rows of the file, and ends with it at the latest", () => {
    const overview = flat(1000);
    overview[999] = 9;
    expect(busiest(overview, 21_600, 2000)).toBe(19_600);
    overview[999] = 3;
    overview[500] = 9;
    const start = busiest(overview, 21_600, 2000);
    expect(start).toBeLessThan(10_800);
    expect(start + 2000).toBeGreaterThan(10_822);
  });

  it("is the first of equals, also of sums that were added to and taken from", () => {
    expect(busiest(flat(50), 50, 10)).toBe(0);
    expect(
      busiest(
        Array.from({ length: 400 }, (_, i) => (i % 2) * 0.1),
        400,
        20,
      ),
    ).toBe(0);
  });

  it("crosses no gap: what is missing does not vary", () => {
    const overview: (number | null)[] = flat(60);
    [overview[20], overview[21], overview[22]] = [null, 900, null];
    overview[40] = 5;
    expect(busiest(overview, 60, 10)).toBe(32);
  });

  it("of fewer rows than the overview tells apart is where the largest step is", () => {
    const overview = flat(100);
    overview[70] = 8;
    expect(busiest(overview, 1_000_000, 64)).toBe(690_000);
  });
});

describe("a coarser rate", () => {
  it("is the highest of 1, 2 and 5 times a power of ten and of the divisors of the rate", () => {
    expect(coarser(21_600, 360, 3000)).toBe(50);
    expect(coarser(21_600, 360, 2900)).toBe(45);
    expect(coarser(21_600, 360, 2160)).toBe(36);
    expect(coarser(21_600, 360, 100)).toBe(1);
    expect(coarser(21_600, 360, 40)).toBe(0.5);
    expect(coarser(400, 0.1, 64)).toBe(0.01);
    expect(coarser(320, 36.1, 64)).toBe(5);
  });

  it("makes every window fit", () => {
    const random = seeded(2);
    for (let k = 0; k < 500; k++) {
      const most = 64 + Math.floor(random() * 20_000);
      const rows = most + 1 + Math.floor(random() * 1e6);
      const rate = Number((random() * 10 ** Math.floor(random() * 6 - 2)).toPrecision(3));
      const to = coarser(rows, rate, most);
      expect(Math.floor(most * (rate / to)), `${rows} rows at ${rate} Hz, at most ${most}`).toBeGreaterThanOrEqual(
        rows,
      );
      expect(to).toBeGreaterThan((rate * most) / rows / 2.6);
    }
  });
});
