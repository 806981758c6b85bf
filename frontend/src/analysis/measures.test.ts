/** Measures of a memory in use: their definitions as a table, their values against what the equations give. */
import { describe, expect, it } from "vitest";
import { KINDS } from "../memory/kinds";
import { goldenLog } from "../memory/testgolden";
import type { ModelLog } from "../memory/log";
import { loaded, makeLog } from "../memory/testlog";
import { focusOf, HealthTrack, MEASURES, type Measure } from "./measures";
import { ErrorTrack, SignalTrack } from "./signal";

function trackOf(model: ModelLog, signal: SignalTrack): HealthTrack {
  return new HealthTrack(model, model.memory(model.bank().name), signal, new ErrorTrack(signal, model));
}

describe("a measure", () => {
  it("is defined in a sentence, for every kind of memory", () => {
    expect(MEASURES.map(({ label, says }) => `${label}: ${says}`)).toEqual([
      "Filled: How full the memory is: mean usage of the slots; mean |tanh c| of a cell state (|c| where the cell itself is read); steps written of those planned for attention; mean |h| of a recurrent state; mean usage of the key rows of an associative memory.",
      "Read focus: 1 − entropy of the read weights / ln(slots), mean over the read heads: 1 reads one slot, 0 reads all alike.",
      "Twin slots: Part of the slots in use whose content points the same way as another's (cosine above 0.99): a collapsed memory has 1. Blank slots, never written or erased, do not count.",
      "Memory share: Length of the output's part that came through the memory read, relative to that and the controller's own part. Of bits over those whose output is recorded finely enough: one that is saturated at 1 does not say by how much.",
      "Error so far: Over the steps asked: wrong bits of those asked for, or root mean square error relative to the target's.",
    ]);
    for (const { filled } of Object.values(KINDS)) expect(MEASURES[0].says).toContain(filled);
  });

  it("of focus is 1 on one slot, 0 on all alike, and says nothing where nothing is read", () => {
    expect(focusOf([0, 1, 0, 0])).toBe(1);
    expect(focusOf([0.25, 0.25, 0.25, 0.25])).toBeCloseTo(0, 12);
    expect(focusOf([0.5, 0.5, 0, 0])).toBeCloseTo(0.5, 12); // ln 2 / ln 4
    expect(focusOf([0, 0, 0])).toBeNaN();
    expect(focusOf([1])).toBe(1);
  });
});

describe("the measures of a recording", () => {
  const log = goldenLog("memories");
  const signal = new SignalTrack(log);

  it.each(log.models.map((model) => [model.spec.id, model] as const))(
    "are those of its equations for %s",
    (_, model) => {
      const track = trackOf(model, signal);
      const memory = model.memory(model.bank().name);
      for (const { value } of MEASURES) expect(track.extend(value, Infinity)).toBe(true);
      for (const t of [0, 45, 131]) {
        expect(track.at("filled", t)).toBe(memory.occupancy(t, 132));
        expect(track.at("error", t)).toBe(new ErrorTrack(signal, model).part(t));
        const heads = Array.from({ length: memory.bank.readHeads }, (_, h) => focusOf(memory.readRow(h, t)));
        const mean = heads.reduce((sum, v) => sum + v, 0) / heads.length;
        if (memory.addressed) expect(track.at("focus", t)).toBeCloseTo(mean, 12);
        else expect(track.at("focus", t)).toBeNaN();
      }
      // Twins are counted at every fourth step and hold until the next count.
      const count = memory.twins?.(0.99);
      for (let t = 0; t < 12; t += 4) {
        const part = count?.(t) ?? NaN;
        for (const later of [t, t + 1, t + 3]) expect(track.at("twins", later)).toBe(part);
      }
      expect(track.at("filled", 132)).toBeNaN();
    },
  );

  it("take as much time as they are given, and go on where they stopped", () => {
    const track = trackOf(log.models[0]!, signal);
    let calls = 0;
    while (!track.extend("filled", 0)) calls++;
    expect(calls).toBe(131); // one step a call
    expect(track.at("filled", 131)).toBeGreaterThan(0);
  });
});

describe("the part of an output that came through memory", () => {
  /** A model whose output and memory part are these. */
  function share(kind: "line" | "bits" | "coded", outputs: number[], part: number[] | null): number {
    const rows: Record<string, number[] | null> = { outputs, output_memory: part };
    const model = {
      steps: 1,
      ready: () => true,
      f32: (_: null, name: string) => rows[name] && { at: () => Float32Array.from(rows[name]!) },
      spec: {},
    } as unknown as ModelLog;
    const memory = loaded(makeLog(1, [{ units: 2 }]))
      .model(0)
      .memory("cell");
    const track = new HealthTrack(
      model,
      memory,
      (kind === "coded" ? { kind: "line", coded: true } : { kind }) as SignalTrack,
      null as unknown as ErrorTrack,
    );
    track.extend("memory" satisfies Measure, Infinity);
    return track.at("memory", 0);
  }

  it("is its length beside that of the rest", () => {
    expect(share("line", [3, 4], [3, 0])).toBeCloseTo(3 / 7, 6);
    expect(share("line", [1, 1], [1, 1])).toBe(1);
    expect(share("line", [0, 0], [0, 0])).toBeNaN();
    expect(share("line", [1, 1], null)).toBeNaN();
  });

  it("of bits is that of their logits", () => {
    const logit = Math.log(0.75 / 0.25);
    expect(share("bits", [0.75], [logit / 4])).toBeCloseTo(0.25, 6);
    expect(share("coded", [0.75], [logit / 4])).toBeCloseTo(0.25, 6); // one bit, drawn as a line
  });

  it("of bits goes as far as their logits do, and leaves out those that float32 has saturated", () => {
    const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
    expect(share("bits", [sigmoid(-41)], [-20.5])).toBeCloseTo(0.5, 6); // not −13.8, where 1e-6 would stop
    expect(share("bits", [sigmoid(12)], [3])).toBeCloseTo(0.25, 3);
    expect(share("bits", [sigmoid(41)], [20])).toBeNaN();
    expect(share("bits", [sigmoid(41), sigmoid(-8)], [20, -2])).toBeCloseTo(0.25, 6);
    expect(share("bits", [0], [-2])).toBeNaN();
  });
});
