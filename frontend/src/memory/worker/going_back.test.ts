/** A read of a run that is held in part: sums of blocks first, single steps after them, and in the end the row of the whole log. */
import { describe, expect, it } from "vitest";
import { combineSums, type Sums } from "../shares";
import { RecordingLog } from "../log";
import { loaded, makeLog } from "../testlog";
import { GoingBack } from "./going_back";
import { PassedBlocks } from "./passed";
import { passing } from "./passing";
import { LedgerService } from "./questions";
import type { FromWorker, ToWorker } from "./questions";

const STEPS = 64 * 9 + 20;
const SHAPES = [{ slots: 6, width: 4, deallocation: true }, { units: 5 }, { keys: 4, width: 3, heads: 2 }] as const;
const made = makeLog(STEPS, [...SHAPES]);
const whole = loaded(made);

function total({ row, blocks }: Sums): number {
  return row.reduce((sum, share) => sum + share, 0) + blocks.reduce((sum, [, , share]) => sum + share, 0);
}

function apart(got: ArrayLike<number>, wanted: ArrayLike<number>): number {
  expect(got.length).toBe(wanted.length);
  return Math.max(...Array.from(wanted, (value, i) => Math.abs(value - got[i]!)));
}

/** What the page tells of every chunk, in the order given. */
function told(order = made.messages): (ToWorker & { type: "passed" })[] {
  const log = new RecordingLog(made.manifest);
  const out: (ToWorker & { type: "passed" })[] = [];
  const stop = passing(log, (message) => out.push(message));
  for (const message of order) log.append(message.slice());
  for (const message of order) log.append(message.slice()); // a chunk that comes again is told once
  stop();
  return out;
}

describe.each([0, 1, 2])("a read of model %i", (stream) => {
  const memory = whole.model(stream).memory();
  /** Blocks of one chunk, and of three where there is little room. */
  function passed(chunks: number): PassedBlocks {
    const own = told().filter((message) => message.stream === stream);
    const [{ chunk }] = own as [(typeof own)[0]];
    const bytes = (chunk.left.byteLength + chunk.state.byteLength) * Math.ceil(STEPS / 64);
    const out = new PassedBlocks(memory.blocks!, STEPS, bytes / chunks);
    for (const { k, chunk } of [...own].reverse()) out.take(k, chunk);
    expect(out.length).toBe(64 * chunks);
    return out;
  }

  it.each([1, 3])("is summed up by blocks of %i chunks, and taken apart to the row of the whole log", (chunks) => {
    for (const head of [0, memory.bank.readHeads - 1]) {
      for (const t of [STEPS - 1, 64 * 6, 64 * 6 + 5, 70]) {
        const exact = memory.readShares(head, t);
        const going = GoingBack.of(unheld(stream), memory, passed(chunks), head, t)!;
        const length = 64 * chunks;
        expect(Math.abs(total(going) - total({ row: exact, blocks: [] }))).toBeLessThan(1e-4);
        for (const [from, to, share] of going.blocks) {
          expect([from % length, to - from + 1]).toEqual([0, length]);
          expect(to).toBeLessThan(t - (t % length));
          const wanted = exact.subarray(from + 1, to + 2).reduce((sum, one) => sum + one, 0);
          expect(Math.abs(share - wanted)).toBeLessThan(1e-4);
          expect(going.row.subarray(from + 1, to + 2).every((one) => one === 0)).toBe(true);
        }
        expect(going.row.subarray(1, going.oldest + 1).every((one) => one === 0)).toBe(true);
        const sizes = going.blocks.map(([, , share]) => Math.abs(share));
        for (let n = 0; !going.exact; n++) {
          going.refine();
          if (n === 0 && Math.max(...sizes) > 0.01)
            expect(going.blocks.some(([, , share]) => Math.abs(share) === Math.max(...sizes))).toBe(false);
          expect(n).toBeLessThan(20);
          expect(going.row.subarray(1, going.oldest + 1).every((one) => one === 0)).toBe(true);
        }
        expect(apart(going.row, exact)).toBeLessThan(1e-5);
      }
    }
  });

  it("goes through blocks that are held step by step, and needs those that are not", () => {
    const all = passed(1);
    expect(GoingBack.of(whole.model(stream), memory, all, 0, 200)!.exact).toBe(true);
    const own = told().filter((message) => message.stream === stream);
    const some = new PassedBlocks(memory.blocks!, STEPS);
    expect(GoingBack.of(unheld(stream), memory, some, 0, 200)).toBeNull();
    for (const { k, chunk } of own) if (k !== 1) some.take(k, chunk);
    expect(GoingBack.of(unheld(stream), memory, some, 0, 200)).toBeNull();
    expect(GoingBack.of(unheld(stream), memory, some, 0, 60)!.exact).toBe(true);
  });
});

/** A log that says it holds no block. */
function unheld(stream: number): ReturnType<RecordingLog["model"]> {
  const model = whole.model(stream);
  return new Proxy(model, {
    get: (of, key) => {
      if (key === "has") return () => false;
      const value: unknown = Reflect.get(of, key, of);
      return typeof value === "function" ? (value.bind(of) as unknown) : value;
    },
  });
}

it("blocks of a run that grows beyond its plan are forgotten from the first on", () => {
  const { blocks } = whole.model(1).memory();
  const chunks = told().filter(({ stream }) => stream === 1);
  const bytes = chunks[0]!.chunk.left.byteLength + chunks[0]!.chunk.state.byteLength;
  const passed = new PassedBlocks(blocks!, 64 * 2, bytes * 2);
  for (const { k, chunk } of chunks.slice(0, 6)) passed.take(k, chunk);
  expect(Array.from({ length: 6 }, (_, k) => passed.at(k) !== null)).toEqual([false, false, true, true, true, true]);
});

it("a worker answers by sums where they will do, and by the whole row where not", () => {
  const answers: FromWorker[] = [];
  const asked: string[] = [];
  const service = new LedgerService(
    (message) => answers.push(message),
    (address) => {
      asked.push(address);
      const [, first, stream, count] = /^all\/(\d+)(?:\?stream=(\d+)&count=(\d+))?$/.exec(address)!;
      const wanted = made.messages.filter((message) => {
        const view = new DataView(message.buffer, message.byteOffset);
        const k = view.getUint32(4, true) / 64;
        const own = stream === undefined || view.getUint16(0, true) === Number(stream);
        return own && k >= Number(first) && k < Number(first) + Number(count ?? 1);
      });
      return new Uint8Array(wanted.flatMap((message) => [...message]));
    },
  );
  service.receive({ type: "open", manifest: made.manifest, chunks: { keep: 1, address: "all" } });
  const question = { kind: "shares", stream: 2, bank: null, index: 0, t: 64 * 8 + 10 } as const;
  const ask = (sums: boolean): FromWorker => {
    service.receive({ type: "ask", id: 1, question, sums });
    return answers.at(-1)!;
  };
  expect(ask(true).type).toBe("answer"); // nothing has passed yet
  for (const message of told()) service.receive(message);
  const before = asked.length;
  const first = ask(true);
  expect([first.type, asked.length - before]).toEqual(["sums", 1]);
  const { from, row: known, initial } = first as FromWorker & { type: "sums" };
  expect([from, known.length]).toEqual([64 * 8, 11]);
  expect(initial).not.toBe(0);
  const types: string[] = [];
  for (let last = first; last.type !== "answer"; types.push(last.type)) last = ask(true);
  expect(types.at(-1)).toBe("answer");
  const exact = whole.model(2).memory().readShares(0, question.t);
  expect(apart((answers.at(-1) as FromWorker & { type: "answer" }).row, exact)).toBeLessThan(1e-5);
  expect(ask(true).type).toBe("sums"); // a row that was given is not kept here
  expect(ask(false).type).toBe("answer");
});

it("a block that is a sum of one head is a sum of all heads", () => {
  const heads: Sums[] = [
    { row: Float64Array.of(0.1, 0, 0, 0.5, 0.1), blocks: [[0, 1, 0.3]] },
    { row: Float64Array.of(0, 0.2, 0.1, 0.7, 0), blocks: [] },
  ];
  const { row, blocks } = combineSums(heads, [0.25, 0.75]);
  expect(apart(row, [0.025, 0, 0, 0.65, 0.025])).toBeLessThan(1e-12);
  expect(blocks.map(([from, to]) => [from, to])).toEqual([[0, 1]]);
  expect(blocks[0]![2]).toBeCloseTo(0.25 * 0.3 + 0.75 * 0.3, 12);
});
