/** What every kind of memory must give its lane, whichever it is: the registry × random logs. */
import { describe, expect, it } from "vitest";
import { KINDS } from "../../../memory/kinds";
import { cases, STEPS } from "../../../memory/kinds/testkinds";
import type { Column } from "../tape";
import { drawnOf } from ".";

const CASES = cases([3]);
const PIXELS = [4, 64, 256];
const LOOKED = [0, 1, 63, 64, STEPS - 1];

it("every kind is drawn", () => {
  expect(new Set(CASES.map(({ kind }) => kind))).toEqual(new Set(Object.keys(KINDS)));
});

describe.each(CASES)("$kind, $shape", ({ log }) => {
  const model = log.model(0);
  const memory = model.memory();
  const drawn = drawnOf(model, memory.bank.name, STEPS);
  const steps = Array.from({ length: 20 }, (_, k) => STEPS - 1 - 7 * k);
  drawn.measure(steps, true);
  drawn.settle?.(STEPS, true, steps);

  it.each(PIXELS)("has columns on %i pixel rows, or says that its raster shows lags", (pixels) => {
    const { fold, columns } = drawn.fit(pixels);
    expect(fold.rows).toBeLessThanOrEqual(pixels);
    expect(fold.rows * fold.per).toBeGreaterThanOrEqual(drawn.places);
    if (!columns) return expect(memory.addressed).toBe(false);
    expect(columns.rows).toBe(fold.rows);
    let ink = 0;
    for (let t = 0; t < STEPS; t++) {
      const rows = (): Float32Array => new Float32Array(columns.rows);
      const column: Column = { hold: rows(), read: rows(), write: rows(), erase: rows(), rgb: new Uint8ClampedArray() };
      expect(columns.holds(t)).toBe(true);
      columns.fill(t, column);
      for (const part of [column.hold, column.read, column.write, column.erase]) {
        expect(part.every((x) => x >= 0 && x <= 1 + 1e-5)).toBe(true);
        ink += part.reduce((sum, x) => sum + x, 0);
      }
    }
    expect(ink).toBeGreaterThan(0);
    expect(columns.holds(STEPS)).toBe(false);
  });

  it.each(PIXELS)("has a cut on %i pixel rows whose blocks all have limits", (pixels) => {
    const { fold } = drawn.fit(pixels);
    for (const t of LOOKED) {
      for (let head = 0; head < drawn.heads; head++) {
        const picture = drawn.cut(t, fold, head);
        expect([picture.t, picture.rows, picture.per]).toEqual([t, fold.rows, fold.per]);
        expect(picture.filled).toBeLessThanOrEqual(picture.rows);
        expect(picture.blocks.length).toBeGreaterThan(0);
        for (const block of picture.blocks) {
          expect(block.values.length, block.name).toBe(picture.rows * block.columns);
          if (block.map === "signed") expect(drawn.limits.get(block.name), block.name).toBeGreaterThan(0);
          if (block.keeps)
            for (let i = 0; i < block.values.length; i++) expect(block.keeps(i)).toBeGreaterThanOrEqual(0);
        }
        for (const bars of [...picture.writes, ...picture.reads, picture.usage]) {
          expect(bars.length).toBe(picture.rows);
          expect(bars.every((x) => x >= 0)).toBe(true);
        }
        expect(picture.dials).toEqual(drawn.dials(t, head));
      }
    }
    expect(drawn.usageLimit).toBeGreaterThan(0);
  });

  it("has at most four dials, each with a number and a definition", () => {
    for (const t of LOOKED) {
      const dials = drawn.dials(t, 0);
      expect(dials.length).toBeLessThanOrEqual(4);
      expect(new Set(dials.map(({ name }) => name)).size).toBe(dials.length);
      for (const { name, value, says } of dials) {
        expect(value, name).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(value)).toBe(true);
        expect(says.length).toBeGreaterThan(20);
      }
    }
  });

  it("has gauges between 0 and 1, and phases in order of steps", () => {
    for (const gauge of drawn.gauges) {
      for (let t = 0; t < STEPS; t++) expect(gauge.at(t) >= 0 && gauge.at(t) <= 1).toBe(true);
    }
    const phases = (drawn.phases?.() ?? []).map(({ step }) => step);
    expect(phases).toEqual([...new Set(phases)].sort((a, b) => a - b));
  });

  it("puts every slot into one place", () => {
    if (drawn.order) expect([...drawn.order].sort((a, b) => a - b)).toEqual(Array.from(drawn.order.keys()));
    expect(drawn.places).toBe(drawn.order?.length ?? memory.slots(STEPS - 1));
  });

  it("has wording for a slot, its numbers, and what is left of a write", () => {
    const { wording } = drawn;
    expect(wording.slot).toMatch(/^[a-z ]+$/);
    expect(wording.column !== null).toBe(memory.addressed);
    const numbers = wording.numbers(memory.life(2, STEPS), 30);
    expect(numbers.length).toBeGreaterThan(0);
    for (const { name, value, says } of numbers) {
      expect(name.length).toBeGreaterThan(0);
      expect(value).toMatch(/^−?\d/);
      expect(says).toContain("30");
    }
    for (const held of [-0.2, 0, 0.4, 1]) expect(wording.left(held)).toMatch(/^[^−]*\.$/);
    if (wording.empty) expect(wording.empty(7)).toContain("7");
    for (const name of [null, "layer 2"]) {
      const [size, rows] = drawn.sizes({ name, alike: 3 });
      expect(size).toMatch(/\d/);
      expect(rows.length).toBeGreaterThan(0);
    }
    for (const t of LOOKED) expect(drawn.readout(t)).toMatch(/\d/);
  });
});
