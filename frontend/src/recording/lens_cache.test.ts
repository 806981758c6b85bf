/** What is asked of the server when, and what is made of its answers. */
import { describe, expect, it } from "vitest";
import { ApiError } from "../server/errors";
import { LensCache, type LensRow } from "./lens_cache.svelte";
import { until } from "./testuntil";

/** A server that answers when the test says so. */
function made() {
  const asked: string[] = [];
  const owed: { give: (row: LensRow) => void; refuse: (error: Error) => void }[] = [];
  const cache = new LensCache(
    (stream, step, lens) => {
      asked.push(`${lens} of ${stream} at ${step}`);
      return new Promise((give, refuse) => owed.push({ give, refuse }));
    },
    1,
    1,
  );
  return { cache, asked, owed };
}
const both = [
  { stream: 0, t: 3 },
  { stream: 1, t: 3 },
];

describe("a cache of lens answers", () => {
  it("asks one question after the other and keeps the answers", async () => {
    const { cache, asked, owed } = made();
    cache.want("sensitivity", both);
    await until(() => owed.length === 1);
    owed[0]!.give({ first: 1, values: [1, 0, 3] });
    await until(() => owed.length === 2);
    expect([...cache.moves("sensitivity", 0, 3)!]).toEqual([0, 0, 1, 0, 3]);
    expect(cache.moves("intervention", 0, 3)).toBeNull();
    owed[1]!.give({ first: 0, values: [0, 0, 0, 0] });
    await until(() => cache.answers === 2);
    expect([...cache.moves("sensitivity", 1, 3)!]).toEqual([0, 0, 0, 0, 0]);
    cache.want("sensitivity", both);
    await new Promise((done) => setTimeout(done, 10));
    expect(asked).toEqual(["sensitivity of 0 at 3", "sensitivity of 1 at 3"]);
  });

  it("drops what nobody looks at any more", async () => {
    const { cache, asked, owed } = made();
    for (const t of [3, 4, 5]) cache.want("intervention", [{ stream: 0, t }]); // a playhead that moves
    await until(() => owed.length === 1);
    cache.want("intervention", [{ stream: 0, t: 9 }]);
    owed[0]!.give({ first: 0, values: [1, 1, 1, 1, 1, 1] });
    await until(() => owed.length === 2);
    expect(asked).toEqual(["intervention of 0 at 5", "intervention of 0 at 9"]);
    expect(cache.moves("intervention", 0, 5)).not.toBeNull();
  });

  it("asks again about a step that a live run has not written yet, and says why another cannot be had", async () => {
    const { cache, asked, owed } = made();
    cache.want("sensitivity", [{ stream: 0, t: 3 }]);
    await until(() => owed.length === 1);
    owed[0]!.refuse(new ApiError(422, "not-yet", "step 3 is not in the recording"));
    await until(() => owed.length === 2);
    owed[1]!.refuse(new ApiError(422, "checkpoint-error", "other weights"));
    await until(() => cache.answers === 1);
    expect(asked.length).toBe(2);
    expect(cache.refusal("sensitivity", 0, 3)!.message).toBe("other weights");
    expect(cache.moves("sensitivity", 0, 3)).toBeNull();
    cache.want("sensitivity", [{ stream: 0, t: 3 }]); // final: not asked again
    await new Promise((done) => setTimeout(done, 10));
    expect(asked.length).toBe(2);
  });

  it("asks again after a failure that may pass", async () => {
    const { cache, owed } = made();
    cache.want("sensitivity", [{ stream: 0, t: 3 }]);
    await until(() => owed.length === 1);
    owed[0]!.refuse(new ApiError(503, "worker-busy", "busy"));
    await until(() => cache.answers === 1);
    cache.want("sensitivity", [{ stream: 0, t: 3 }]);
    await until(() => owed.length === 2);
    owed[1]!.give({ first: 3, values: [2] });
    await until(() => cache.moves("sensitivity", 0, 3) !== null);
  });

  it("has the mechanism alone where there is no server", () => {
    const cache = new LensCache(null);
    expect(cache.offered).toBe(false);
    cache.want("sensitivity", both);
    expect(cache.moves("sensitivity", 0, 3)).toBeNull();
  });
});
