/** The share of a write in all heads' reads is its share in the concatenated read vector. */
import { describe, expect, it } from "vitest";
import { goldenLog } from "./testgolden";
import { allHeadShares, combineHeads } from "./shares";

describe("shares over all heads", () => {
  const models = (["memories", "kinds"] as const).flatMap((name) => goldenLog(name).models);
  const several = models.flatMap((model) =>
    model.spec.banks
      .filter((bank) => bank.readHeads > 1)
      .map((bank) => [`${model.spec.id} ${bank.name}`, model, bank] as const),
  );
  it.each(several)("%s: part of ⟨what a write gave, r⟩ in ⟨r, r⟩, r all heads side by side", (_, model, bank) => {
    for (const t of [1, 45, 64, 131]) {
      const memory = model.memory(bank.name);
      const reads = Array.from(memory.reads(t));
      const whole = reads.reduce((sum, v) => sum + v * v, 0);
      const wanted = new Float64Array(t + 2);
      for (let h = 0; h < bank.readHeads; h++) {
        const own = reads.slice(h * bank.width, (h + 1) * bank.width);
        const along = own.reduce((sum, v) => sum + v * v, 0); // a head's share times this is its ⟨part, r_h⟩
        memory.readShares(h, t).forEach((share, s) => (wanted[s]! += share * along));
      }
      const got = allHeadShares(memory, t);
      expect(got.length).toBe(t + 2);
      got.forEach((share, s) => expect(share).toBeCloseTo(whole > 0 ? wanted[s]! / whole : 0, 9));
    }
  });

  it("a head that reads nothing has no say, and nothing is read where none reads", () => {
    const reads = (...values: number[]) => ({ bank: { width: 2 }, reads: () => Float32Array.from(values) }) as never;
    const rows = [Float64Array.of(0.25, 0.75, 0), Float64Array.of(0, 0, 1)];
    expect([...combineHeads(reads(3, 4, 0, 0), rows, 1)]).toEqual([0.25, 0.75, 0]);
    expect([...combineHeads(reads(1, 0, 0, 3), rows, 1)]).toEqual(
      [0.025, 0.075, 0.9].map((v) => expect.closeTo(v, 12)),
    );
    expect([...combineHeads(reads(0, 0, 0, 0), rows, 1)]).toEqual([0, 0, 0]);
  });
});
