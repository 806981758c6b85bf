/** Columns of any step, in any order: what a tape shows must not depend on where somebody looked first. */
import { describe, expect, it } from "vitest";
import { RecordingLog } from "../../memory/log";
import type { ModelLog } from "../../memory/log";
import { goldenLog } from "../../memory/testgolden";
import { MAX_ROWS } from "./slot_rows";
import { drawnOf } from "./kinds";
import type { Column, ColumnSource } from "./tape";

const ORDER = [100, 30, 31, 129, 0, 64, 63, 128];

/** Null where the raster shows lags, which have no state. */
function sourceOf(model: ModelLog): ColumnSource | null {
  return drawnOf(model, model.bank().name, 132).fit(2 * MAX_ROWS).columns;
}

function column(source: ColumnSource, t: number): Column {
  const rows = (): Float32Array => new Float32Array(source.rows);
  const out = { hold: rows(), read: rows(), write: rows(), erase: rows(), rgb: new Uint8ClampedArray() };
  source.fill(t, out);
  return out;
}

function same(a: Column, b: Column, where: string): void {
  for (const part of ["hold", "read", "write", "erase"] as const) {
    a[part].forEach((v, row) => expect(b[part][row], `${where}, ${part} of row ${row}`).toBeCloseTo(v, 5));
  }
}

describe("columns", () => {
  for (const name of ["memories", "kinds"] as const) {
    const log = goldenLog(name);
    for (const model of log.models) {
      it(`of ${name}/${model.spec.id} are the same in any order`, () => {
        const [inOrder, jumping] = [sourceOf(model), sourceOf(model)];
        if (!inOrder || !jumping) return expect(model.spec.id).toBe("delta"); // drawn by lag
        const last = model.steps - 1;
        const all = Array.from({ length: model.steps }, (_, t) => column(inOrder, t));
        for (const t of ORDER.filter((step) => step <= last)) same(all[t]!, column(jumping, t), `step ${t}`);
      });
    }
  }

  it("of slots whose past has not arrived are looked at again when it has", () => {
    const whole = goldenLog("memories");
    const model = whole.models.find((m) => m.bank().kind === "matrix" && !m.bank().usage)!;
    const log = new RecordingLog(whole.manifest);
    const { stream } = model.spec;
    const messages = [...model.messages()];
    const late = messages.filter((bytes) => new DataView(bytes.buffer).getUint32(4, true) >= 64);
    for (const bytes of late) log.append(bytes);
    const source = sourceOf(log.model(stream))!;
    expect(source.holds(70)).toBe(true);
    expect(source.holds(10)).toBe(false);
    const guess = column(source, 70);
    expect(source.doubts!(70)).toBe(false);
    for (const bytes of messages) log.append(bytes);
    const inOrder = sourceOf(model)!;
    const all = Array.from({ length: 71 }, (_, t) => column(inOrder, t));
    expect(guess.hold.some((v, row) => Math.abs(v - all[70]!.hold[row]!) > 1e-3)).toBe(true);
    expect(source.doubts!(70)).toBe(true);
    expect(source.doubts!(70)).toBe(false); // once
    same(all[70]!, column(source, 70), "step 70");
  });
});
