/** What comes first, what is waited for and what is tried again. */
import { describe, expect, it } from "vitest";
import { ChunkLoader } from "./chunks";
import { ApiError } from "../server/errors";
import { until } from "./testuntil";

/** A loader whose chunks come when the test says so. */
function made(wait = 2) {
  const asked: number[] = [];
  const taken: number[] = [];
  const troubled: number[] = [];
  const ended: number[] = [];
  const owed = new Map<number, { give: () => void; refuse: (error: Error) => void }>();
  const loader = new ChunkLoader({
    fetch: (n, signal) => {
      asked.push(n);
      signal.addEventListener("abort", () => ended.push(n));
      return new Promise((resolve, reject) => owed.set(n, { give: () => resolve(new Uint8Array(1)), refuse: reject }));
    },
    take: (n) => void taken.push(n),
    failed: (n) => void troubled.push(n),
    wait: () => wait,
  });
  return { loader, asked, taken, troubled, ended, give: (n: number) => owed.get(n)!.give(), owed };
}

describe("a loader of chunks", () => {
  it("waits for the chunks it is asked about and not for the others", async () => {
    const { loader, asked, give } = made();
    loader.want([5, 6, 7, 8]);
    loader.hurry(62, 0);
    let over = false;
    const both = loader.settled(62, 0).then(() => (over = true));
    for (const n of [5, 6, 7]) give(n); // these were under way
    await until(() => asked.includes(62) && asked.includes(0));
    expect(asked.slice(3, 5)).toEqual([62, 0]);
    give(62);
    await until(() => asked.includes(8));
    expect(over).toBe(false);
    give(0);
    await both;
    expect(asked).toEqual([5, 6, 7, 62, 0, 8]);
  });

  it("asks once for a chunk that is hurried before its next try is due", async () => {
    const { loader, asked, taken, troubled, give, owed } = made(20);
    loader.want([3]);
    owed.get(3)!.refuse(new ApiError(0, "unreachable", "The server does not answer."));
    await until(() => troubled.length === 1);
    loader.hurry(3);
    give(3);
    await loader.settled(3);
    await new Promise((done) => setTimeout(done, 40)); // the try that was due
    expect([asked, taken]).toEqual([[3, 3], [3]]);
  });

  it("does not have the chunk under the playhead wait for those of a place that it has left", async () => {
    const { loader, asked } = made();
    loader.want([5, 6, 7, 8]);
    loader.look([30, 29]);
    expect(asked).toEqual([5, 6, 7, 30]);
    loader.look([40, 39]);
    loader.look([50, 49]); // but not one after another without end
    expect(asked).toEqual([5, 6, 7, 30, 40]);
  });

  it("ends what is on its way beside a place that the playhead has left, unless it was wanted anyway", async () => {
    const { loader, asked, taken, ended, give } = made();
    loader.look([10, 9, 8]);
    give(10);
    await until(() => asked.length === 3);
    loader.want([8]);
    loader.look([40, 39]);
    expect(ended).toEqual([9]);
    expect(asked).toEqual([10, 9, 8, 40]);
    loader.look([9]); // back again before it has heard that it was ended
    expect(asked).toEqual([10, 9, 8, 40, 9]);
    for (const n of [8, 40, 9]) give(n);
    await loader.settled(8, 9, 40);
    expect(taken).toEqual([10, 8, 40, 9]);
  });

  it("lets the step under the playhead be drawn before it fetches what lies beside", async () => {
    const { loader, asked, taken, give } = made();
    loader.look([10, 9]);
    loader.want([3]);
    give(10);
    await until(() => taken.length === 1);
    expect(asked).toEqual([10]);
    loader.look([20, 19]); // whoever has moved on by then has the next one fetched at once
    expect(asked).toEqual([10, 20]);
    give(20);
    await until(() => asked.length === 4);
    expect(asked).toEqual([10, 20, 19, 3]);
  });

  it("leaves what the picture before needed where the playhead has moved on, and not what was wanted anyway", async () => {
    const { loader, asked, give } = made();
    loader.look([10, 9, 8]);
    loader.want([9, 30]);
    expect(asked).toEqual([10]); // nothing shares the line with the chunk under the playhead
    loader.look([20, 19]);
    expect(asked).toEqual([10, 20]);
    give(10);
    give(20);
    await until(() => asked.length === 5);
    expect(asked).toEqual([10, 20, 19, 9, 30]);
    for (const n of [19, 9, 30]) give(n);
    await loader.settled(8, 9, 19, 30);
    expect(asked.length).toBe(5);
  });
});
