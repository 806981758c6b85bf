import { describe, expect, it } from "vitest";
import { MessageError } from "../wire/errors";
import { encodeMessage, HEADER_BYTES } from "../wire/messages";
import { LedgerError, RecordingLog } from "./log";
import { loaded, makeLog, seeded } from "./testlog";

const made = makeLog(150, [{ slots: 6, width: 4 }, { units: 3 }, { width: 2, heads: 2 }]);

describe("the log", () => {
  it("counts the steps that every model has without a gap", () => {
    const log = new RecordingLog(made.manifest);
    expect(log.steps).toBe(0);
    for (const message of made.messages.filter((_, i) => i !== 3)) log.append(message);
    expect(log.model(0).steps).toBe(64); // its second chunk has not come
    expect(log.model(0).newest).toBe(150);
    expect(log.steps).toBe(64);
    expect(log.newest).toBe(150);
    expect(log.has(0, 63)).toBe(true);
    expect(log.has(60, 64)).toBe(false);
    expect(log.has(128, 149)).toBe(true);
    expect(log.missing(150)).toEqual([1]);
    log.append(made.messages[3]!);
    expect(log.steps).toBe(150);
    expect(log.missing(150)).toEqual([]);
  });

  it("takes messages in any order, twice, in pieces, and at odd addresses", () => {
    const log = new RecordingLog(made.manifest);
    for (const message of [...made.messages].reverse()) {
      const odd = new Uint8Array(message.length + 1);
      odd.set(message, 1);
      log.append(odd.subarray(1));
      log.append(odd, 1);
    }
    const straight = loaded(made);
    expect(log.steps).toBe(150);
    for (const [i, model] of log.models.entries()) {
      for (const t of [0, 63, 64, 149]) {
        const { bank, name } = model.spec.frame.tensors[1]!;
        expect(model.f32(bank, name)!.at(t)).toEqual(straight.models[i]!.f32(bank, name)!.at(t));
      }
    }
  });

  it("gives views, not copies, and several steps in one go", () => {
    const reader = loaded(made).model(0).f32("memory", "erase")!;
    expect(reader.shape).toEqual([1, 4]);
    expect(reader.at(10).buffer).toBe(reader.at(20).buffer);
    const out = new Float32Array(8);
    reader.copyInto(out, 63, 65);
    expect([...out]).toEqual([...reader.at(63), ...reader.at(64)]);
  });

  it("keeps whole blocks where they arrived, and copies what lies at odd addresses", () => {
    const [log, moved] = [new RecordingLog(made.manifest), new RecordingLog(made.manifest)];
    for (const message of made.messages) {
      const own = new Uint8Array(message);
      log.append(own);
      const odd = new Uint8Array(message.length + 1);
      odd.set(message, 1);
      moved.append(odd.subarray(1));
      odd.fill(0); // was copied, so nothing is lost
    }
    for (const model of log.models) {
      const { bank, name } = model.spec.frame.tensors[0]!;
      const reader = model.f32(bank, name)!;
      expect(reader.at(1).buffer).toBe(reader.at(63).buffer);
      expect(reader.at(1).buffer.byteLength).toBe(HEADER_BYTES + 64 * model.spec.frame.bytes);
      for (const t of [0, 63, 64, 149]) {
        expect(moved.model(model.spec.stream).f32(bank, name)!.at(t)).toEqual(reader.at(t));
      }
    }
  });

  it("says which step is missing", () => {
    const log = new RecordingLog(made.manifest);
    log.append(made.messages[1]!);
    expect(() => log.model(0).f32("memory", "erase")!.at(64)).toThrow(LedgerError);
    expect(() => log.model(0).f32("memory", "erase")!.at(64)).toThrow("wanted step 64, 64 steps are held");
    expect(log.model(0).f32("memory", "nothing")).toBeNull();
    expect(() => log.model(9)).toThrow("wanted model 9".replace("w", "W"));
  });

  it("is not held back by a model that failed", () => {
    const log = new RecordingLog(made.manifest);
    const [keyframe, first] = made.messages;
    log.append(keyframe!);
    log.append(first!);
    log.fail({ stream: 1, step: 0, reason: "NaN in the state", tensor: null });
    log.fail({ stream: 2, step: 0, reason: "its worker died", tensor: null });
    expect(log.steps).toBe(64);
    expect(log.model(1).failure).toEqual({ stream: 1, step: 0, reason: "NaN in the state", tensor: null });
  });

  it("notifies listeners of what came, and refuses what does not belong", () => {
    const log = new RecordingLog(made.manifest);
    const grown: number[] = [];
    const stop = log.onGrow(() => grown.push(log.model(0).steps));
    const heard: number[] = [];
    log.onMessage((bytes) => heard.push(bytes.length));
    const good = made.messages[1]!;
    const payload = new Uint8Array(12);
    for (const [bad, code] of [
      [{ stream: 3, kind: "frames", first: 0, count: 1, payload }, "unknown-stream"],
      [{ stream: 0, kind: "frames", first: 0, count: 1, payload }, "bad-length"],
      [{ stream: 0, kind: "keyframe", first: 65, count: 1, payload }, "bad-step"],
      [{ stream: 2, kind: "keyframe", first: 64, count: 1, payload }, "bad-length"],
    ] as const) {
      const both = new Uint8Array([...good, ...encodeMessage(bad)]);
      expect(() => log.append(both)).toThrow(expect.objectContaining({ code }) as MessageError);
    }
    expect(grown).toEqual([64, 64, 64, 64]);
    expect(heard).toEqual([good.length, good.length, good.length, good.length]);
    stop();
    log.append(good);
    expect(grown.length).toBe(4);
  });

  it("can be sent on as messages", () => {
    const log = loaded(made);
    const copy = new RecordingLog(made.manifest);
    for (const message of log.messages()) copy.append(message);
    expect(copy.steps).toBe(150);
    expect(copy.model(0).keyframe(2)!.f32("memory", "memory")).toEqual(
      log.model(0).keyframe(2)!.f32("memory", "memory"),
    );
    expect(copy.model(2).f32("layer0", "keys")!.at(149)).toEqual(log.model(2).f32("layer0", "keys")!.at(149));
  });

  it("takes messages with any bytes changed or refuses them by name, never anything else", () => {
    const made = makeLog(70, [{ slots: 5, width: 3 }, { units: 4 }]);
    const good = new Uint8Array(made.messages.reduce((sum, message) => sum + message.length, 0));
    made.messages.reduce((at, message) => (good.set(message, at), at + message.length), 0);
    const random = seeded(7);
    const codes = new Set<string>();
    for (let trial = 0; trial < 400; trial++) {
      const bytes = good.slice(0, random() < 0.3 ? Math.floor(random() * good.length) : good.length);
      for (let flips = 0; flips < 3; flips++) {
        // Half of them into headers, where they hurt.
        const near = random() < 0.5 ? Math.floor(random() * HEADER_BYTES) : Math.floor(random() * bytes.length);
        if (near < bytes.length) bytes[near]! ^= 1 << Math.floor(random() * 8);
      }
      const log = new RecordingLog(made.manifest);
      try {
        log.append(bytes);
      } catch (error) {
        if (!(error instanceof MessageError)) throw error;
        codes.add(error.code);
        expect(error.message).toMatch(/wanted .*, got /);
        expect(error.where).toBeTruthy();
      }
      expect(log.steps).toBeLessThanOrEqual(70);
    }
    expect(codes.size).toBeGreaterThan(3);
    expect(loaded(made).steps).toBe(70);
  });
});
