import { expect, it } from "vitest";
import type { Api } from "../server/api";
import type { RecordingLog } from "../memory/log";
import { Supply } from "./supply";
import { until } from "./testuntil";

/** Chunks in the order in which they are asked of the server; those in `here` have arrived before. */
function supply(here: readonly number[] = []): { asked: number[]; supply: Supply } {
  const asked: number[] = [];
  const api = { chunk: (_: string, n: number) => (asked.push(n), Promise.resolve(new Uint8Array(n + 1))) };
  const log = {
    append: () => undefined,
    touch: () => undefined,
    missing: (to: number) => Array.from({ length: Math.ceil(to / 64) }, (_, n) => n).filter((n) => !here.includes(n)),
    models: [{ hasChunk: (n: number, to: number) => here.includes(n) || 64 * n >= to }],
  };
  const nothing = (): void => undefined;
  const options = { api: api as unknown as Api, id: "run", log: log as unknown as RecordingLog };
  return { asked, supply: new Supply({ ...options, message: nothing, connection: nothing, trouble: nothing }) };
}

it("fetches the chunk under the playhead, then those before it that the picture shows, then the one after", async () => {
  const { asked, supply: chunks } = supply();
  chunks.reach(64 * 10 + 5, 64 * 20);
  await until(() => asked.length === 7);
  expect(asked).toEqual([10, 9, 8, 7, 6, 5, 11]);
  chunks.stop();
});

it("asks for nothing before the start, beyond the end or here already", async () => {
  const { asked, supply: chunks } = supply([1]);
  chunks.reach(64 * 2, 64 * 3);
  await until(() => asked.length === 2);
  expect(asked).toEqual([2, 0]);
  chunks.reach(64 * 3, 64 * 3);
  expect(asked).toEqual([2, 0]);
  chunks.stop();
});

it("the rest comes after the picture, in order", async () => {
  const { asked, supply: chunks } = supply();
  chunks.rest(64 * 10, 64 * 8);
  await until(() => asked.length === 10);
  expect(asked).toEqual([8, 7, 6, 5, 4, 3, 9, 0, 1, 2]);
  chunks.stop();
});

it("what was let go of comes again with what follows, or alone where a few steps are looked at", async () => {
  const { asked, supply: chunks } = supply();
  chunks.again(3, 64 * 20, false);
  await until(() => asked.length === 1);
  chunks.again(6, 64 * 9, true);
  await until(() => asked.length === 4);
  expect(asked).toEqual([3, 6, 7, 8]);
  chunks.stop();
});
