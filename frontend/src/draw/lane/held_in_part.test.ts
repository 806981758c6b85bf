/** A page that holds some chunks of a run draws what one draws that holds all of them. */
import { beforeAll, describe, expect, it } from "vitest";
import { SignalTrack } from "../../analysis/signal";
import { RecordingLog } from "../../memory/log";
import { loaded, makeLog } from "../../memory/testlog";
import { staying } from "../../memory/worker/passing";
import { KEYFRAME_EVERY } from "../../wire/manifest";
import { DARK, makeInks } from "../ink/tokens";
import { Density } from "../panels/scrubber";
import { stubCanvases } from "../testdrawing";
import { GateRow } from "./gauge";
import { Lane } from "./lane";
import type { Column } from "./tape";

const STEPS = 64 * 20 + 30;
const made = makeLog(STEPS, [
  { slots: 6, width: 4 },
  { units: 5 },
  { slots: 5, width: 3, deallocation: true },
  { width: 3, heads: 2 },
  { width: 2, heads: 2, gated: true },
]);
const chunkOf = (message: Uint8Array): number =>
  Math.floor(new DataView(message.buffer, message.byteOffset).getUint32(4, true) / KEYFRAME_EVERY);
const room = 5 * made.messages.filter((message) => chunkOf(message) === 0).reduce((sum, { length }) => sum + length, 0);

/** Chunk k comes (again), in memory of its own. */
function give(log: RecordingLog, k: number): void {
  for (const message of made.messages) if (chunkOf(message) === k) log.append(message.slice());
}

function lanesOf(log: RecordingLog): Lane[] {
  const signal = new SignalTrack(log);
  return log.models.map((model) => new Lane(model, model.bank(), signal, makeInks(DARK, true), { at: () => null }));
}

function column(lane: Lane, t: number): Column {
  const { source } = lane.tape;
  const rows = (): Float32Array => new Float32Array(source.rows);
  const out = { hold: rows(), read: rows(), write: rows(), erase: rows(), rgb: new Uint8ClampedArray() };
  source.fill(t, out);
  return out;
}

describe("a stage with little room", () => {
  const [part, whole] = [new RecordingLog(made.manifest, room), loaded(made)];
  let lanes: Lane[] = [];
  let all: Lane[] = [];
  const streams = [0, 1, 2, 3, 4];
  const density = new Density(part, streams);

  beforeAll(() => {
    stubCanvases();
    staying(part, () => undefined);
    lanes = lanesOf(part);
    all = lanesOf(whole);
    for (let k = 0; k * KEYFRAME_EVERY < STEPS; k++) {
      give(part, k);
      for (const lane of lanes) lane.grow(false);
      density.at(part.steps - 1);
    }
    const wanted = new Set<number>();
    part.wished = (k) => wanted.add(k);
    for (const lane of lanes) lane.grow(true);
    expect(wanted.size).toBeGreaterThan(10); // the steps that the last measure is taken of
    part.keep = Infinity; // they are few beside a long run
    for (const k of wanted) give(part, k);
    for (const lane of lanes) lane.grow(true);
    part.keep = room;
    for (const lane of all) lane.grow(true);
    // Once that is taken it asks for nothing more, whatever is let go of.
    for (const k of [0, 1, 2, 3, 4, 5, 6]) give(part, k);
    wanted.clear();
    for (const lane of lanes) lane.grow(true);
    expect(wanted.size).toBe(0);
  });

  it.each(streams)("draws the columns and cuts of model %i", (stream) => {
    const [lane, other] = [lanes[stream]!, all[stream]!];
    expect(lane.drawn.order).toEqual(other.drawn.order);
    for (const t of [3, 700, STEPS - 1, 64 * 9, 511, 512, 1100, 70]) {
      const at = Math.floor(t / KEYFRAME_EVERY);
      // The tile of 512 steps that it stands in begins at most eight chunks before.
      part.keep = 2 * room;
      for (let k = Math.max(0, at - 8); k <= at; k++) give(part, k);
      part.keep = room;
      expect(lane.tape.source.holds(t)).toBe(true);
      expect(column(lane, t), `step ${t}`).toEqual(column(other, t));
      const [mine, theirs] = [lane.picture(t), other.picture(t)];
      expect(mine.writes, `step ${t}`).toEqual(theirs.writes);
      expect(mine.reads).toEqual(theirs.reads);
      expect(mine.usage).toEqual(theirs.usage);
      expect(mine.blocks.map(({ values }) => values)).toEqual(theirs.blocks.map(({ values }) => values));
      expect(lane.phases).toEqual(other.phases);
    }
  });

  it("has the heights of the scrubber and the strengths of the gates of all steps", () => {
    const there = new Density(whole, streams);
    there.at(STEPS - 1);
    const gates = (of: Lane[]): GateRow[] =>
      of.flatMap(({ gauges }) => gauges).filter((gauge): gauge is GateRow => gauge instanceof GateRow);
    for (let t = 0; t < STEPS; t += 11) {
      expect(density.at(t)).toBe(there.at(t));
      gates(lanes).forEach((gate, k) => expect(gate.strength(t, STEPS)).toBe(gates(all)[k]!.strength(t, STEPS)));
    }
    expect(gates(lanes).length).toBe(3);
  });

  it("shows nothing in place of a step that is not there", () => {
    const lane = lanes[1]!;
    expect(lane.has(10 * 64)).toBe(false);
    const shown = lane.shownAt(10 * 64);
    expect(shown === null || lane.has(shown)).toBe(true);
  });
});
