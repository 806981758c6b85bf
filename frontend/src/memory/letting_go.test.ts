/** A log that holds a part of a run answers as one that holds all of it. */
import { describe, expect, it } from "vitest";
import { KEYFRAME_EVERY } from "../wire/manifest";
import { roomFor } from "./letting_go";
import { RecordingLog } from "./log";
import { loaded, makeLog } from "./testlog";
import { LedgerService } from "./worker/questions";
import type { FromWorker, Question } from "./worker/questions";

const STEPS = 64 * 12 + 20;
const made = makeLog(STEPS, [{ slots: 6, width: 4 }, { units: 5 }, { slots: 4, width: 3 }]);
const whole = loaded(made);

/** Messages of a chunk, of one stream or of all, as the server hands them out. */
function chunk(k: number, stream: number | null = null): Uint8Array[] {
  return made.messages.filter((message) => {
    const view = new DataView(message.buffer, message.byteOffset);
    return (stream === null || view.getUint16(0, true) === stream) && view.getUint32(4, true) === k * KEYFRAME_EVERY;
  });
}

function joined(messages: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(messages.flatMap((message) => [...message]));
}

/** Room for about `chunks` chunks of all models. */
function room(chunks: number): number {
  return chunks * chunk(0).reduce((sum, message) => sum + message.length, 0);
}

describe("a log with little room", () => {
  const log = new RecordingLog(made.manifest, room(4));
  for (const message of made.messages) log.append(joined([message]));

  it("has seen all and holds what came last", () => {
    expect(log.steps).toBe(STEPS);
    expect(log.missing(STEPS)).toEqual([]);
    expect(log.models.reduce((sum, model) => sum + model.loose, 0)).toBeLessThanOrEqual(room(4));
    expect(log.has(STEPS - 20, STEPS - 1)).toBe(true);
    expect(log.has(0, 10)).toBe(false);
    expect(() => log.model(0).block(3)).toThrow("wanted step 3");
  });

  it("keeps the numbers without a bank of all steps", () => {
    for (let t = 0; t < STEPS; t += 7) {
      expect(log.model(0).knows(t)).toBe(true);
      expect(log.model(0).f32(null, "inputs")!.at(t)).toEqual(whole.model(0).f32(null, "inputs")!.at(t));
    }
    expect(log.model(0).knows(STEPS)).toBe(false);
  });

  it("asks for what it let go of when that is wanted, and then has it again", () => {
    const asked: number[] = [];
    log.wished = (k) => asked.push(k);
    expect(log.model(0).ready(70)).toBe(false);
    expect(asked).toEqual([1]);
    for (const message of chunk(1)) log.append(joined([message]));
    expect(log.model(0).ready(70)).toBe(true);
    const memory = log.model(0).memory();
    expect(memory.has(70)).toBe(true);
    expect(memory.content(70)).toEqual(whole.model(0).memory().content(70));
    log.wished = null;
  });

  it("keeps what is looked at", () => {
    const other = new RecordingLog(made.manifest, room(3));
    for (const message of made.messages) {
      other.touch(1);
      other.append(joined([message]));
    }
    expect(other.has(64, 127)).toBe(true);
    expect(other.has(128, 191)).toBe(false);
  });

  it("treats what lay behind a gap as never come, and says so", () => {
    const other = new RecordingLog(made.manifest, room(2));
    const asked: number[] = [];
    other.wished = (k) => asked.push(k);
    for (const k of [0, 5, 6, 7, 8]) for (const message of chunk(k)) other.append(joined([message]));
    expect(other.steps).toBe(64);
    expect(asked).toContain(5);
    expect(other.missing(STEPS)).toContain(5);
  });
});

it("lets go of nothing where every step looks at all others", () => {
  const attention = makeLog(64 * 6, [{ width: 4, heads: 2 }]);
  const log = new RecordingLog(attention.manifest, 1);
  for (const message of attention.messages) log.append(message);
  expect(log.has(0, 64 * 6 - 1)).toBe(true);
});

describe("a worker that fetches what it does not hold", () => {
  const asked: string[] = [];
  const answers: FromWorker[] = [];
  const service = new LedgerService(
    (message) => answers.push(message),
    (address) => {
      asked.push(address);
      const [, first, stream, count] = /^all\/(\d+)(?:\?stream=(\d+)&count=(\d+))?$/.exec(address)!;
      const wanted = Array.from({ length: Number(count ?? 1) }, (_, n) => Number(first) + n);
      return joined(wanted.flatMap((k) => chunk(k, stream === undefined ? null : Number(stream))));
    },
  );
  service.receive({ type: "open", manifest: made.manifest, chunks: { keep: room(5), address: "all" } });

  function row(question: Question): Float64Array {
    service.receive({ type: "ask", id: 1, question });
    const last = answers.at(-1)!;
    if (last.type !== "answer") throw new Error(JSON.stringify(last));
    return last.row;
  }

  it.each([0, 1, 2])("answers as one that holds everything, of model %i", (stream) => {
    const memory = whole.model(stream).memory();
    for (const t of [STEPS - 1, 64 * 5, 64 * 5 + 63, 3]) {
      expect(row({ kind: "shares", stream, bank: null, index: 0, t })).toEqual(memory.readShares(0, t));
      expect(row({ kind: "slot", stream, bank: null, index: 1, t })).toEqual(memory.slotShares(1, t));
      expect(row({ kind: "held", stream, bank: null, index: 0, t })).toEqual(memory.held.row(t));
    }
    expect(row({ kind: "losses", stream, bank: null, index: 70, last: 90, t: 400 })).toEqual(
      memory.held.losses(70, 90, 401),
    );
  });

  it("takes more at once the further it goes, but no more than a part of its room", () => {
    const counts = asked.map((address) => {
      const begun = /^all\/\d+$/.test(address); // where a walk begins one chunk comes, of all models
      const [, stream, count] = begun ? [0, 0, 1] : /stream=(\d+)&count=(\d+)$/.exec(address)!.map(Number);
      const { frame, keyframe } = made.manifest.models[stream!]!;
      if (count! > 1) expect(count! * (64 * frame.bytes + keyframe.bytes)).toBeLessThanOrEqual(room(5) / 4);
      return count!;
    });
    expect(Math.max(...counts)).toBeGreaterThan(2);
    expect(asked.some((address) => address.includes("/0?stream=0"))).toBe(true);
  });

  it("says what cannot be had", () => {
    service.receive({
      type: "ask",
      id: 2,
      question: { kind: "shares", stream: 0, bank: null, index: 0, t: STEPS + 900 },
    });
    expect(answers.at(-1)!.type).toBe("refusal");
  });
});

it("there is room for the chunks by which scales are settled and as many more, however large steps are", () => {
  expect(roomFor(5000)).toBe(24 << 20);
  for (const step of [12_000, 40_000]) expect(roomFor(step)).toBeGreaterThanOrEqual(48 * KEYFRAME_EVERY * step);
});
