import { afterEach, describe, expect, it, vi } from "vitest";
import { LedgerClient } from "./client";
import type { Question, WorkerLike } from "./client";
import { RecordingLog } from "../log";
import { LedgerService } from "./questions";
import type { FromWorker, ToWorker } from "./questions";
import { isShared, shareable } from "./shareable";
import { loaded, makeLog } from "../testlog";

const made = makeLog(130, [{ slots: 6, width: 4 }, { units: 3 }, { width: 2, heads: 2 }]);

/** The worker's code on a thread of its own making: messages are copied and take a turn of the event loop each way. */
class FakeWorker implements WorkerLike {
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  onmessageerror: ((event: MessageEvent) => void) | null = null;
  readonly heard: ToWorker[] = [];
  dead = false;
  private readonly service: LedgerService;

  constructor(readonly mute = false) {
    this.service = new LedgerService((message, transfer) => {
      const copy = structuredClone(message, { transfer });
      setTimeout(() => !this.dead && !mute && this.onmessage?.({ data: copy } as MessageEvent<FromWorker>), 0);
    });
  }

  postMessage(message: ToWorker, transfer: Transferable[]): void {
    const copy = structuredClone(message, { transfer });
    this.heard.push(copy);
    setTimeout(() => !this.dead && !this.mute && this.service.receive(copy), 0);
  }

  terminate(): void {
    this.dead = true;
  }
}

const clients: LedgerClient[] = [];
function client(log: RecordingLog, options: ConstructorParameters<typeof LedgerClient>[1]): LedgerClient {
  const made = new LedgerClient(log, options);
  clients.push(made);
  return made;
}

afterEach(() => {
  vi.unstubAllGlobals();
  for (const open of clients.splice(0)) open.close();
  vi.useRealTimers();
});

describe.each([
  ["worker", () => new FakeWorker() as WorkerLike],
  ["main", null],
] as const)("a ledger client on the %s thread", (mode, spawn) => {
  it("answers what the ledger answers, and remembers it", async () => {
    const log = loaded(made);
    const ledger = client(log, { spawn });
    expect(ledger.mode).toBe(mode);
    const row = await ledger.shares(0, null, 0, 100);
    expect(row).toEqual(log.model(0).memory().readShares(0, 100));
    expect(await ledger.slot(0, null, 3, 80)).toEqual(log.model(0).memory().slotShares(3, 80));
    expect((await ledger.held(1, null, 50))!.length).toBe(51);
    expect(ledger.peek({ kind: "shares", stream: 0, bank: null, index: 0, t: 100 })).toBe(row);
    expect(await ledger.shares(0, null, 0, 100)).toBe(row);
    expect(ledger.peek({ kind: "shares", stream: 0, bank: null, index: 0, t: 99 })).toBeNull();
  });

  it("drops questions nobody waits for any more, but not those of other askers", async () => {
    const ledger = client(loaded(made), { spawn });
    const rows = await Promise.all([
      ...[10, 20, 30, 40].map((t) => ledger.shares(0, null, 0, t)),
      ledger.shares(0, null, 0, 50, "pointer"),
      ledger.shares(1, null, 0, 60),
    ]);
    expect(rows.map((row) => row && row.length - 2)).toEqual([10, null, null, 40, 50, 60]);
  });

  it("follows a log that grows", async () => {
    const log = new RecordingLog(made.manifest);
    const ledger = client(log, { spawn });
    expect(await ledger.shares(0, null, 0, 5)).toBeNull();
    for (const message of made.messages) log.append(message);
    expect(await ledger.shares(0, null, 0, 129)).toEqual(log.model(0).memory().readShares(0, 129));
    expect(await ledger.shares(0, null, 0, 130)).toBeNull();
    expect(await ledger.shares(9, null, 0, 1)).toBeNull();
  });

  it("rejects what can never be answered", async () => {
    const ledger = client(loaded(made), { spawn });
    await expect(ledger.shares(0, "attic", 0, 5)).rejects.toMatchObject({ name: "LedgerError", code: "no-bank" });
    await expect(ledger.shares(0, null, 7, 5)).rejects.toMatchObject({ code: "no-head" });
    expect(await ledger.shares(0, null, 0, 5)).not.toBeNull();
  });

  it("fills rows in order while nothing else is asked", async () => {
    const log = loaded(made);
    const ledger = client(log, { spawn });
    const steps: number[] = [];
    const all = new Promise<void>((resolve) => {
      ledger.onAnswer((question: Question) => {
        steps.push(question.t);
        if (question.t === 19) resolve();
      });
    });
    ledger.fill(0, null, 0, 0, 20);
    const asked = await ledger.shares(0, null, 0, 120);
    expect(asked).not.toBeNull();
    expect(steps.length).toBeLessThan(4); // a question goes before the filling
    await all;
    expect(steps.filter((t) => t < 20)).toEqual(Array.from({ length: 20 }, (_, t) => t));
  });

  it("lets go of everything when it is closed", async () => {
    const ledger = client(loaded(made), { spawn });
    const waiting = [ledger.shares(0, null, 0, 100), ledger.shares(1, null, 0, 100)];
    ledger.close();
    expect(await Promise.all(waiting)).toEqual([null, null]);
    expect(await ledger.shares(0, null, 0, 3)).toBeNull();
  });
});

describe("the worker", () => {
  it("is sent every message once, and only rows come back", async () => {
    const log = new RecordingLog(made.manifest);
    log.append(made.messages[0]!);
    log.append(made.messages[1]!);
    const worker = new FakeWorker();
    const ledger = client(log, { spawn: () => worker });
    for (const message of made.messages.slice(2)) log.append(message);
    await ledger.shares(0, null, 0, 100);
    await ledger.shares(0, null, 0, 101);
    const kinds = worker.heard.map((message) => message.type);
    expect(kinds.filter((kind) => kind === "open").length).toBe(1);
    expect(kinds.filter((kind) => kind === "message").length).toBe(made.messages.length);
    expect(kinds.filter((kind) => kind === "ask").length).toBe(2);
  });

  it("is done without where it cannot be had", async () => {
    const refused = client(loaded(made), {
      spawn: () => {
        throw new Error("SecurityError");
      },
    });
    expect(refused.mode).toBe("main");
    expect(await refused.shares(0, null, 0, 9)).not.toBeNull();
  });

  it("is replaced when it dies with questions open", async () => {
    const worker = new FakeWorker(true);
    const ledger = client(loaded(made), { spawn: () => worker });
    const waiting = [ledger.shares(0, null, 0, 9), ledger.shares(1, null, 0, 9)];
    worker.onerror!({} as ErrorEvent);
    expect(ledger.mode).toBe("main");
    for (const row of await Promise.all(waiting)) expect(row!.length).toBe(11);
  });

  it("is replaced when it never starts", async () => {
    const ledger = client(loaded(made), { spawn: () => new FakeWorker(true), startWithin: 20 });
    expect((await ledger.shares(0, null, 0, 9))!.length).toBe(11);
    expect(ledger.mode).toBe("main");
  });

  it("keeps the cache within its limit", async () => {
    const ledger = client(loaded(made), { spawn: null, cacheBytes: 1000 });
    for (let t = 50; t < 60; t++) await ledger.shares(0, null, 0, t);
    const held = Array.from({ length: 10 }, (_, i) =>
      ledger.peek({ kind: "shares", stream: 0, bank: null, index: 0, t: 50 + i }),
    );
    expect(held.map((row) => row !== null)).toEqual([...Array(8).fill(false), true, true]);
  });
});

describe("a run that is held in part", () => {
  const long = makeLog(64 * 6, [{ units: 3 }]);
  const chunks = { address: "all", keep: 1e6, steps: () => 64 * 6, sent: true };

  it("is answered by sums first, and by the row when that is there", async () => {
    const log = new RecordingLog(long.manifest);
    const worker = new FakeWorker();
    const ledger = client(log, { spawn: () => worker, chunks });
    for (const message of long.messages) log.append(message);
    expect(worker.heard.filter(({ type }) => type === "passed").length).toBe(6);
    // The worker holds all of it here, so sums are put in its mouth.
    const question: Question = { kind: "shares", stream: 0, bank: null, index: 0, t: 300 };
    const row = ledger.ask(question, "now");
    const asks = (): (ToWorker & { type: "ask" })[] => worker.heard.filter((message) => message.type === "ask");
    expect(asks().map(({ sums }) => sums)).toEqual([true]);
    let heard = 0;
    ledger.onSums(() => heard++);
    const sums = { type: "sums", id: 1, initial: 0.1, from: 128, row: new Float64Array(173).fill(1e-3), blocks: Float64Array.of(64, 127, 0.5, 0, 63, 0.2) } as const; // prettier-ignore
    worker.onmessage!({ data: sums } as MessageEvent<FromWorker>);
    expect(ledger.sums(question)!.blocks).toEqual([[64, 127, 0.5], [0, 63, 0.2]]); // prettier-ignore
    const { row: known } = ledger.sums(question)!;
    expect([known.length, known[0], known[128], known[129], known[301]]).toEqual([302, 0.1, 0, 1e-3, 1e-3]);
    expect(heard).toBe(1);
    expect(asks().length).toBe(1); // whoever drags the playhead wants the next sums
    await new Promise((done) => setTimeout(done, 170));
    expect(asks().length).toBe(2); // it rests, and this goes on
    expect((await row)!.length).toBe(302);
    expect(ledger.sums(question)).toBeNull();
    expect(ledger.peek(question)).not.toBeNull();
  });

  it("is asked about all models at once, and about one after the other where whole rows are wanted", () => {
    const two = makeLog(64 * 6, [{ units: 3 }, { units: 4 }, { units: 2 }]);
    const log = new RecordingLog(two.manifest);
    const worker = new FakeWorker(true);
    const ledger = client(log, { spawn: () => worker, chunks });
    const asked = (): number[] =>
      worker.heard.filter((message) => message.type === "ask").map(({ question }) => question.stream);
    for (const stream of [0, 1, 0]) void ledger.shares(stream, null, 0, 300 + asked().length, "now");
    expect(asked()).toEqual([0, 1]); // of its askers each has one on its way
    void ledger.shares(2, null, 0, 300, "now", true);
    expect(asked()).toEqual([0, 1]);
    const sums = (id: number): FromWorker => ({ type: "sums", id, initial: 0, from: 300, row: new Float64Array(1), blocks: new Float64Array(0) }); // prettier-ignore
    worker.onmessage!({ data: sums(1) } as MessageEvent<FromWorker>);
    expect(asked()).toEqual([0, 1, 0]);
    worker.onmessage!({ data: sums(2) } as MessageEvent<FromWorker>);
    expect(asked()).toEqual([0, 1, 0]); // a whole row may take long: nothing goes with it
    worker.onmessage!({ data: sums(3) } as MessageEvent<FromWorker>);
    expect(asked()).toEqual([0, 1, 0, 2]);
    void ledger.shares(1, null, 0, 5, "now");
    expect(asked()).toEqual([0, 1, 0, 2]);
  });

  it("is not taken apart any further for an asker who has turned to another step", async () => {
    const log = new RecordingLog(long.manifest);
    const worker = new FakeWorker(true);
    const ledger = client(log, { spawn: () => worker, chunks });
    const first = ledger.ask({ kind: "shares", stream: 0, bank: null, index: 0, t: 300 }, "now");
    void ledger.ask({ kind: "shares", stream: 0, bank: null, index: 0, t: 200 }, "now");
    worker.onmessage!({ data: { type: "sums", id: 1, initial: 0, from: 300, row: new Float64Array(1), blocks: new Float64Array(0) } } as MessageEvent<FromWorker>); // prettier-ignore
    expect(await first).toBeNull();
    const asked = worker.heard.filter((message) => message.type === "ask").map(({ question }) => question.t);
    expect(asked).toEqual([300, 200]);
  });

  it("is given whole rows where it plays", () => {
    const log = new RecordingLog(long.manifest);
    const worker = new FakeWorker(true);
    void client(log, { spawn: () => worker, chunks }).shares(0, null, 0, 10, "now", true);
    expect(worker.heard.filter((message) => message.type === "ask").map(({ sums }) => sums)).toEqual([false]);
  });

  it("is given whole rows where it is filled in the background", () => {
    const log = new RecordingLog(long.manifest);
    const worker = new FakeWorker(true);
    client(log, { spawn: () => worker, chunks }).fill(0, null, 0, 10, 12);
    expect(worker.heard.filter((message) => message.type === "ask").map(({ sums }) => sums)).toEqual([false]);
  });
});

describe("memory of a recording", () => {
  it.each([true, false])("is one for page and worker where the browser isolates the page (%s)", async (isolated) => {
    vi.stubGlobal("crossOriginIsolated", isolated);
    const log = new RecordingLog(made.manifest);
    const worker = new FakeWorker();
    const ledger = client(log, { spawn: () => worker });
    for (const message of made.messages) log.append(shareable(message));
    const sent = worker.heard.filter((message) => message.type === "message");
    expect(sent.length).toBe(made.messages.length);
    expect(sent.every(({ bytes }) => isShared(bytes))).toBe(isolated);
    expect(isShared(new Uint8Array(log.model(0).block(0).buffer))).toBe(isolated);
    expect(await ledger.shares(0, null, 0, 129)).toEqual(log.model(0).memory().readShares(0, 129));
  });
});
