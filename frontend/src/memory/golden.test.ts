/** Both languages read the same recording: `tests/golden` holds its bytes and what must come out (made by make.py). */
import { describe, expect, it } from "vitest";
import type { MatrixMemory } from "../memory/kinds/matrix";
import type { Mechanism, Memory } from "../memory/kinds/base";
import { allHeadShares } from "./shares";
import { GOLDEN, goldenLog, goldenPart } from "./testgolden";

type Nested = number | Nested[];
type BySteps = Record<string, Nested[]>;
interface Expected {
  steps: number;
  tolerance: number;
  models: Record<string, Record<string, Record<string, BySteps>>>;
}

/** What this side derives under each name of the expected file, at step t. */
const derived: Record<string, (memory: Memory, t: number, steps: number) => ArrayLike<number>[]> = {
  memory: (memory, t) => [memory.content(t)],
  cell: (memory, t) => [memory.content(t)],
  hidden: (memory, t) => [memory.content(t)],
  usage: (memory, t) => [(memory as MatrixMemory).usage(t)!],
  links: (memory, t) => [memory.links!(t)],
  attention: (memory, t) => each(memory.bank.readHeads, (h) => memory.readRow(h, t)),
  shares: (memory, t) => each(memory.bank.readHeads, (h) => memory.readShares(h, t)),
  shares_of_all_heads: (memory, t) => [allHeadShares(memory, t)],
  slot_origins: (memory, t) => each(memory.slots(t), (slot) => memory.slotShares(slot, t)),
  unit_origins: (memory, t) => each(memory.slots(t), (unit) => memory.slotShares(unit, t)),
  held: (memory, t) => [memory.held.row(t)],
  overwritten: (memory, t) => [lost(memory, "overwritten", t)],
  freed: (memory, t) => [lost(memory, "freed", t)],
  faded: (memory, t) => [lost(memory, "faded", t)],
  write_norm: (memory, t) => [[memory.held.norm(t)]],
  occupancy: (memory, t, steps) => [[memory.occupancy(t, steps)]],
};

/** What Python answers and nothing on the page asks for. */
const PYTHON_ONLY = new Set(["precedence", "retention", "write_shares"]);

/** In Python a cell or recurrent state is one slot, here it has one per unit: compared are its `unit_origins`. */
function compared(memory: Memory, name: string): boolean {
  return !PYTHON_ONLY.has(name) && !(name === "slot_origins" && memory.bank.slots === null && !memory.origin);
}

/** What step t took of each write by one mechanism; a bank that wipes no freed slots loses nothing by freeing them. */
function lost({ held }: Memory, mechanism: Mechanism, t: number): number[] {
  const at = held.mechanisms.indexOf(mechanism);
  return Array.from({ length: t + 1 }, (_, s) => (at < 0 ? 0 : held.losses(s, s, t + 1)[at * (t + 1) + t]!));
}

function each(count: number, row: (index: number) => ArrayLike<number>): ArrayLike<number>[] {
  return Array.from({ length: count }, (_, index) => row(index));
}

/** Rounding of a sum is that of its largest part. */
function largest(row: Float64Array): number {
  return row.reduce((most, share) => Math.max(most, Math.abs(share)), 1);
}

function flat(values: Nested): number[] {
  return typeof values === "number" ? [values] : values.flatMap(flat);
}

describe.each(GOLDEN)("the golden recording %s", (name) => {
  const expected = JSON.parse(goldenPart(name, "expected.json").toString()) as Expected;
  const log = goldenLog(name);

  it("arrives whole", () => {
    expect(log.steps).toBe(expected.steps);
    expect(log.manifest.models.map((model) => model.id)).toEqual(Object.keys(expected.models));
  });

  it("says of every memory what it holds, how full it is and where its reads come from", () => {
    for (const model of log.models) {
      for (const { name } of model.spec.banks) {
        const named = Object.keys(expected.models[model.spec.id]![name]!);
        expect(named).toEqual(
          expect.arrayContaining(["shares", "shares_of_all_heads", "held", "write_norm", "occupancy"]),
        );
      }
    }
  });

  const cases = log.models.flatMap((model) =>
    Object.entries(expected.models[model.spec.id]!).flatMap(([bank, names]) =>
      Object.keys(names)
        .filter((name) => compared(model.memory(bank), name))
        .map((name) => ({ id: model.spec.id, bank, name, memory: model.memory(bank) })),
    ),
  );
  it.each(cases)("$id.$bank: $name agrees with Python", ({ id, bank, name, memory }) => {
    const derive = derived[name];
    if (!derive) throw new Error(`tests/golden expects ${name}, which the viewer does not derive.`);
    for (const [step, wanted] of Object.entries(expected.models[id]![bank]![name]!)) {
      const got = derive(memory, Number(step), expected.steps).flatMap((row) => Array.from(row));
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
            const memory = model.memory(bank.name);
            const row = memory.readShares(head, t);
            const own = memory.reads(t).subarray(head * bank.width, (head + 1) * bank.width);
            const sum = row.reduce((a, b) => a + b, 0);
            expect(Math.abs(sum - (own.some((x) => x !== 0) ? 1 : 0))).toBeLessThan(1e-5 * largest(row));
          }
        }
      }
    }
  });
});
