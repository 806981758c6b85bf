import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../server/errors";
import { StretchMoves } from "./stretch_moves.svelte";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function made(answer: (stream: number, until: number) => Promise<readonly number[]>) {
  const asked: string[] = [];
  const moves = new StretchMoves((stream, [a, b], until) => {
    asked.push(`${stream}: ${a}-${b} to ${until}`);
    return answer(stream, until);
  }, 100);
  return { asked, moves };
}

describe("how far a blanked stretch moves the answers", () => {
  it("is asked for once of each model, when the selection rests, and known of every later step", async () => {
    const { asked, moves } = made((stream) => Promise.resolve([stream, 0.5, 0.25]));
    moves.want([0, 1], [3, 4], 5);
    moves.want([0, 1], [3, 5], 5);
    expect(moves.at(0, [3, 5], 5)).toBeNull();
    await vi.advanceTimersByTimeAsync(100);
    moves.want([0, 1], [3, 5], 5);
    await vi.advanceTimersByTimeAsync(100);
    expect(asked).toEqual(["0: 3-5 to 5", "1: 3-5 to 5"]);
    expect([3, 4, 5, 6].map((t) => moves.at(1, [3, 5], t))).toEqual([1, 0.5, 0.25, null]);
  });

  it("is asked for again when a live run has gone on, and not before all of the stretch is there", async () => {
    const { asked, moves } = made((_, until) => Promise.resolve(Array.from({ length: until - 2 }, () => 1)));
    moves.want([0], [3, 9], 8);
    await vi.advanceTimersByTimeAsync(100);
    for (const until of [9, 9, 20]) {
      moves.want([0], [3, 9], until);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(asked).toEqual(["0: 3-9 to 9", "0: 3-9 to 20"]);
    expect(moves.at(0, [3, 9], 20)).toBe(1);
  });

  it("says why it cannot be known, and asks again where that passes", async () => {
    let busy = true;
    const { asked, moves } = made(() =>
      busy ? Promise.reject(new ApiError(503, "busy", "busy.")) : Promise.resolve([1]),
    );
    moves.want([0], [3, 3], 3);
    await vi.advanceTimersByTimeAsync(100);
    expect(moves.refusal(0, [3, 3])?.message).toContain("busy");
    busy = false;
    moves.want([0], [3, 3], 3);
    await vi.advanceTimersByTimeAsync(100);
    expect([asked.length, moves.refusal(0, [3, 3]), moves.at(0, [3, 3], 3)]).toEqual([2, null, 1]);
  });

  it("has nobody to ask in a page from disk", async () => {
    const moves = new StretchMoves(null);
    moves.want([0], [3, 3], 9);
    await vi.advanceTimersByTimeAsync(1000);
    expect([moves.offered, moves.at(0, [3, 3], 3)]).toEqual([false, null]);
  });

  it("is not asked for any more when nobody looks", async () => {
    const { asked, moves } = made(() => Promise.resolve([1]));
    moves.want([0], [3, 3], 9);
    moves.stop();
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toEqual([]);
  });
});
