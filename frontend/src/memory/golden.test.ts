/** Both languages read the same recording: `tests/golden` holds its bytes and what must come out (made by make.py). */
import { describe, expect, it } from "vitest";
import { isSingle } from "../wire/layout";
import {
  associationAt,
  attentionRow,
  cellAt,
  linksAt,
  memoryAt,
  precedenceAt,
  readVectors,
  retentionAt,
  unitsAt,
  usageAt,
} from "./banks";
import type { ModelLog } from "./log";
import { heldRow, writeNorm } from "./held";
import { combineHeads, sharesAt, slotOrigins, writeSharesAt } from "./shares";
import { occupancy } from "./slots";
import { goldenLog, goldenPart } from "./testgolden";

type Nested = number | Nested[];
type BySteps = Record<string, Nested[]>;
interface Expected {
  steps: number;
  tolerance: number;
  models: Record<string, Record<string, Record<string, BySteps>>>;
}

/** What this side derives under each name of the expected file, at step t. */
const derived: Record<string, (model: ModelLog, bank: string, t: number, rows: number) => ArrayLike<number>[]> = {
  memory: (model, bank, t) => [
    model.bank(bank).kind === "associative" ? associationAt(model, bank, t) : memoryAt(model, bank, t),
  ],
  usage: (model, bank, t) => [usageAt(model, bank, t)],
  links: (model, bank, t) => [linksAt(model, bank, t)],
  precedence: (model, bank, t) => [precedenceAt(model, bank, t)],
  retention: (model, bank, t) => [retentionAt(model, bank, t)],
  cell: (model, bank, t) => [cellAt(model, bank, t)],
  hidden: (model, bank, t) => [unitsAt(model, bank, t)],
  attention: (model, bank, t, heads) => each(heads, (h) => attentionRow(model, bank, h, t)),
  shares: (model, bank, t, heads) => each(heads, (h) => sharesAt(model, bank, h, t)),
  write_shares: (model, bank, t, heads) => each(heads, (h) => writeSharesAt(model, bank, h, t)),
  shares_of_all_heads: (model, bank, t) => {
    const spec = model.bank(bank);
    return [
      combineHeads(
        model,
        spec,
        each(spec.readHeads, (h) => sharesAt(model, bank, h, t)),
        t,
      ),
    ];
  },
  unit_origins: (model, bank, t, units) => each(units, (unit) => slotOrigins(model, bank, unit, t)),
  held: (model, bank, t) => [heldRow(model, bank, t)],
  write_norm: (model, bank, t) => [[writeNorm(model, bank, t)]],
  occupancy: (model, bank, t) => [[occupancy(model, bank, t, model.steps)]],
  // In Python a cell or recurrent state is one slot; here it has one per unit, and the whole of it is what the write addresses.
  slot_origins: (model, bank, t, slots) =>
    isSingle(model.bank(bank))
      ? [writeSharesAt(model, bank, 0, t)]
      : each(slots, (i) => slotOrigins(model, bank, i, t)),
};

function each<Row extends ArrayLike<number>>(count: number, row: (index: number) => Row): Row[] {
  return Array.from({ length: count }, (_, index) => row(index));
}

/** Rounding of a sum is that of its largest part. */
function largest(row: Float64Array): number {
  return row.reduce((most, share) => Math.max(most, Math.abs(share)), 1);
}

function flat(values: Nested): number[] {
  return typeof values === "number" ? [values] : values.flatMap(flat);
}

describe.each(["memories", "kinds"] as const)("the golden recording %s", (name) => {
  const expected = JSON.parse(goldenPart(name, "expected.json").toString()) as Expected;
  const log = goldenLog(name);
  const { manifest } = log;

  it("arrives whole", () => {
    expect(log.steps).toBe(expected.steps);
    expect(log.manifest.models.map((model) => model.id)).toEqual(Object.keys(expected.models));
  });

  const cases = Object.entries(expected.models).flatMap(([id, banks]) =>
    Object.entries(banks).flatMap(([bank, names]) => Object.keys(names).map((name) => ({ id, bank, name }))),
  );
  it.each(cases)("$id.$bank: $name agrees with Python", ({ id, bank, name }) => {
    const model = log.models[manifest.models.findIndex((entry) => entry.id === id)]!;
    const derive = derived[name];
    if (!derive) throw new Error(`tests/golden expects ${name}, which the viewer does not derive.`);
    for (const [step, wanted] of Object.entries(expected.models[id]![bank]![name]!)) {
      const got = derive(model, bank, Number(step), wanted.length).flatMap((row) => Array.from(row));
      const want = flat(wanted);
      expect(got.length, `step ${step}`).toBe(want.length);
      const worst = Math.max(...want.map((value, i) => Math.abs(value - got[i]!)));
      expect(worst, `step ${step}`).toBeLessThan(expected.tolerance);
    }
  });

  it("gives shares that sum to 1 at every step of every head", () => {
    for (const model of log.models) {
      for (const bank of model.spec.banks) {
        for (let t = 0; t < log.steps; t++) {
          for (let head = 0; head < bank.readHeads; head++) {
            const row = sharesAt(model, bank.name, head, t);
            const read = readVectors(model, bank.name, t);
            const own = isSingle(bank) ? read : read.subarray(head * bank.width, (head + 1) * bank.width);
            const sum = row.reduce((a, b) => a + b, 0);
            expect(Math.abs(sum - (own.some((x) => x !== 0) ? 1 : 0))).toBeLessThan(1e-5 * largest(row));
          }
        }
      }
    }
  });
});
