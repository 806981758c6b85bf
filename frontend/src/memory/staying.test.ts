/** Attention over a run that is held in part: keys and values of the layer that is looked at stay, and every row is that of the whole log. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { KEYFRAME_EVERY } from "../wire/manifest";
import { decodeMessages } from "../wire/messages";
import { goldenLog, goldenPart } from "./testgolden";
import { RecordingLog } from "./log";
import type { AppendMemory } from "./kinds/append";
import { loaded, makeLog } from "./testlog";
import { LedgerClient, type WorkerLike } from "./worker/client";
import { staying } from "./worker/passing";
import { LedgerService, type FromWorker, type ToWorker } from "./worker/questions";
import { isShared } from "./worker/shareable";

const STEPS = 64 * 9 + 20;
const made = makeLog(STEPS, [
  { width: 6, heads: 2 },
  { width: 3, heads: 3, slopes: [0.5, 0.1, 0] },
  { width: 5, heads: 2, gated: true },
]);
const whole = loaded(made);
const chunkOf = (message: Uint8Array): number =>
  new DataView(message.buffer, message.byteOffset).getUint32(4, true) / KEYFRAME_EVERY;
const chunk = (k: number): Uint8Array[] => made.messages.filter((message) => chunkOf(message) === k);
const room = 3 * chunk(0).reduce((sum, { length }) => sum + length, 0);

/** A log with little room that has heard everything once, and what it told the worker. */
function part(): { log: RecordingLog; told: (ToWorker & { type: "stays" })[]; moved: Transferable[] } {
  const log = new RecordingLog(made.manifest, room);
  const told: (ToWorker & { type: "stays" })[] = [];
  const moved: Transferable[] = [];
  staying(log, (message, transfer) => {
    if (message.type === "stays") told.push(message);
    moved.push(...transfer);
  });
  for (let k = 0; k * KEYFRAME_EVERY < STEPS; k++) for (const message of chunk(k)) log.append(message.slice());
  return { log, told, moved };
}

afterEach(() => void vi.unstubAllGlobals());

describe.each([0, 1, 2])("a page that holds some chunks of attention, model %i", (stream) => {
  const { log } = part();
  const [model, all] = [log.model(stream), whole.model(stream).memory() as AppendMemory];
  const memory = model.memory() as AppendMemory;

  it("lets go of chunks, and has a step again when its own chunk is there", () => {
    expect(model.steps).toBe(STEPS);
    expect(model.hasStep(100)).toBe(false);
    expect([memory.has(100), memory.has(STEPS - 1), memory.has(STEPS)]).toEqual([false, true, false]);
    expect(log.models.reduce((sum, { loose }) => sum + loose, 0)).toBeLessThanOrEqual(room);
    expect(() => memory.readRow(0, 100)).toThrow("wanted step 100");
  });

  it("reads at every step what the whole log reads, bit for bit", () => {
    for (const t of [STEPS - 1, STEPS - 20, 64 * 5 + 3, 64 * 3, 63, 7]) {
      for (const message of chunk(Math.floor(t / 64))) log.append(message.slice());
      for (let head = 0; head < memory.bank.readHeads; head++) {
        expect(memory.readRow(head, t)).toEqual(all.readRow(head, t));
        expect(memory.readShares(head, t)).toEqual(all.readShares(head, t));
        for (const slot of [0, t >> 1, t]) expect(memory.weight(head, t, slot)).toBe(all.weight(head, t, slot));
      }
      expect(memory.content(t)).toEqual(all.content(t));
      expect(memory.held.row(t)).toEqual(all.held.row(t));
      expect(memory.held.norm(t >> 1)).toBe(all.held.norm(t >> 1));
      expect(memory.acted(t >> 1)).toEqual(all.acted(t >> 1));
    }
  });

  it("knows of a slot's life the rows that it has made, and does not make all others for it", () => {
    const t = STEPS - 1;
    for (let head = 0; head < memory.bank.readHeads; head++) memory.readRow(head, t);
    const [life, full] = [memory.life(5, STEPS), all.life(5, STEPS)];
    expect(life.write).toEqual(full.write);
    expect(life.read[t]).toBeCloseTo(full.read[t]!, 12);
    expect(life.read[STEPS - 3]).toBe(0);
    expect(full.read[STEPS - 3]).toBeGreaterThan(0);
  });
});

describe("the worker of such a page", () => {
  const { told } = part();
  const answers: FromWorker[] = [];
  const fetched: string[] = [];
  const service = new LedgerService(
    (message) => answers.push(message),
    (address) => {
      fetched.push(address);
      const bytes = chunk(Number(/^all\/(\d+)$/.exec(address)![1])).flatMap((message) => [...message]);
      return new Uint8Array(bytes);
    },
  );
  service.receive({ type: "open", manifest: made.manifest, chunks: { keep: room / 2, address: "all" } });
  for (const message of told) service.receive(structuredClone(message));

  it("is told of every whole chunk once, of every model", () => {
    expect(told.map(({ stream, k }) => `${stream}/${k}`).sort()).toEqual(
      [0, 1, 2].flatMap((stream) => Array.from({ length: 9 }, (_, k) => `${stream}/${k}`)),
    );
  });

  it.each([0, 1, 2])("gives the exact row, and fetches the step's own chunk alone, of model %i", (stream) => {
    const memory = whole.model(stream).memory();
    for (const t of [64 * 7 + 5, 64 * 2 + 63, 30]) {
      fetched.length = 0;
      service.receive({ type: "ask", id: 1, question: { kind: "shares", stream, bank: null, index: 1, t } });
      expect(answers.at(-1)).toEqual({ type: "answer", id: 1, row: memory.readShares(1, t) });
      expect(fetched.filter((address) => address !== `all/${Math.floor(t / 64)}`)).toEqual([]);
    }
  });
});

describe("what stays of a chunk", () => {
  it.each([true, false])("is one for page and worker where the browser isolates the page (%s)", (isolated) => {
    vi.stubGlobal("crossOriginIsolated", isolated);
    const { log, told, moved } = part();
    expect(told.every(({ piece }) => isShared(piece))).toBe(isolated);
    expect(moved).toEqual(isolated ? [] : told.map(({ piece }) => piece.buffer)); // a copy, which may go
    structuredClone(moved, { transfer: moved });
    expect(
      log
        .model(0)
        .memory()
        .has(STEPS - 1),
    ).toBe(true);
    expect(
      log
        .model(0)
        .memory()
        .readRow(0, STEPS - 1),
    ).toEqual(
      whole
        .model(0)
        .memory()
        .readRow(0, STEPS - 1),
    );
  });

  it("is of the layer that is looked at: chunks let go of come once more for another one", () => {
    const golden = goldenLog("memories");
    const log = new RecordingLog(golden.manifest, 1);
    const wished: number[] = [];
    log.wished = (k) => wished.push(k);
    staying(log, () => undefined);
    const bytes = goldenPart("memories", "messages.bin");
    const give = (): void => {
      for (const { bytes: message } of decodeMessages(new Uint8Array(bytes))) log.append(message.slice());
    };
    give();
    const model = log.models.at(-1)!;
    const [first, last] = model.spec.banks;
    expect([model.hasStep(3), model.hasStep(131)]).toEqual([false, true]);
    const has = (name: string): boolean => model.memory(name).has(131);
    expect([has(first!.name), has(last!.name)]).toEqual([false, true]);
    expect([model.keeps(first!.name, 3), model.keeps(last!.name, 3)]).toEqual([false, true]);
    model.look(last!);
    expect(wished).toEqual([]);
    model.look(first!);
    expect(wished).toEqual([0]);
    expect([has(first!.name), has(last!.name)]).toEqual([false, false]);
    give();
    expect([has(first!.name), has(last!.name)]).toEqual([true, false]);
    const memory = golden.models.at(-1)!.memory(first!.name);
    expect(model.memory(first!.name).readRow(0, 131)).toEqual(memory.readRow(0, 131));
  });
});

it("a page asks its worker about a step when all that it looks at has passed", async () => {
  const log = new RecordingLog(made.manifest);
  const heard: ToWorker[] = [];
  const worker: WorkerLike = {
    postMessage: (message) => void heard.push(message),
    terminate: () => undefined,
    onmessage: null,
    onerror: null,
    onmessageerror: null,
  };
  const ledger = new LedgerClient(log, {
    spawn: () => worker,
    chunks: { address: "all", keep: room, steps: () => STEPS, sent: false },
  });
  for (const k of [0, 8, 9]) for (const message of chunk(k)) log.append(message.slice());
  expect(await ledger.shares(0, null, 0, 64 * 8)).toBeNull();
  for (let k = 1; k < 8; k++) for (const message of chunk(k)) log.append(message.slice());
  void ledger.shares(0, null, 0, 64 * 8);
  expect(heard.filter(({ type }) => type === "ask").length).toBe(1);
  ledger.close();
});
