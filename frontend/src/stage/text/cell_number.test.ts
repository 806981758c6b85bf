/** The number pointed at is that of the data, whatever the picture folds, with what its colour means. */
import { describe, expect, it } from "vitest";
import { stageOf } from "../teststage";
import { cellNumber } from "./sentences";

describe("a number of the contents", () => {
  it("is that of its slot and column after the step, for every block of every kind", async () => {
    for (const name of ["memories", "kinds"] as const) {
      const stage = await stageOf(name, []);
      for (const { spec } of stage.log.models) {
        const lane = stage.lane(spec.stream);
        const { blocks } = lane.drawn.cut(60, lane.fold, 0);
        for (const block of blocks) {
          const slot = Math.min(1, lane.slotsAt(60) - 1);
          const column = block.columns - 1;
          const [row] = cellNumber(lane, slot, { block: block.name, column }, 60);
          const value = block.at(slot, column);
          if (Number.isNaN(value)) expect(row, lane.label).toBeUndefined();
          else {
            expect(Math.abs(Number(row!.value.replace("−", "-")) - value), `${lane.label} ${block.name}`).toBeLessThan(
              0.0051,
            );
            expect(row!.says).toMatch(/after step 60\./);
            expect(row!.says).toMatch(block.map === "signed" ? /full colour at ±/ : /full grey at 1/);
          }
        }
      }
    }
  });

  it("of a folded row is not what stands for the row", async () => {
    const stage = await stageOf("memories", []);
    const ntm = stage.lane(0);
    const { width } = ntm.bank;
    const content = ntm.memory.content(60);
    ntm.fit(3, (stage as unknown as { inks: Parameters<typeof ntm.fit>[1] }).inks);
    expect(ntm.fold.per).toBeGreaterThan(1);
    for (let slot = 0; slot < ntm.slotsAt(60); slot++)
      expect(ntm.numberAt(slot, { block: "memory", column: 2 }, 60)!.value).toBe(content[slot * width + 2]);
    expect(ntm.numberAt(0, { block: "nothing of that name", column: 0 }, 60)).toBeNull();
    expect(ntm.numberAt(0, { block: "memory", column: 0 }, 9999)).toBeNull();
  });
});
