/** Questions that follow what is typed: after a pause, and never an older answer over a newer one. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { debounced } from "./debounced";
import { ApiError } from "./errors";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function asked(answer: () => Promise<string>): { said: string[]; signals: AbortSignal[]; stop: () => void } {
  const said: string[] = [];
  const signals: AbortSignal[] = [];
  const ask = (signal: AbortSignal): Promise<string> => (signals.push(signal), answer());
  const stop = debounced(ask, (found) => said.push(found), (error, again) => said.push(`${again ? "again" : "failed"}: ${error.message}`)); // prettier-ignore
  return { said, signals, stop };
}

it("asks once the typing has rested, and takes the answer", async () => {
  const one = asked(() => Promise.resolve("here"));
  await vi.advanceTimersByTimeAsync(139);
  expect(one.signals.length).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(one.said).toEqual(["here"]);
});

it("does not ask what was changed again, and says why an answer failed", async () => {
  const [gone, failing] = [asked(() => Promise.resolve("old")), asked(() => Promise.reject(new Error("No connection.")))]; // prettier-ignore
  gone.stop();
  await vi.advanceTimersByTimeAsync(500);
  expect([gone.signals.length, gone.said]).toEqual([0, []]);
  expect(failing.said.length).toBe(1);
  expect(failing.said[0]).toMatch(/^failed: ./);
});

it.each(["resolve", "reject"] as const)(
  "hears nothing of an answer on its way when it is stopped (%s)",
  async (how) => {
    let settle = (): void => undefined;
    const late = asked(() => new Promise((resolve, reject) => (settle = () => (how === "resolve" ? resolve("late") : reject(new Error("late")))))); // prettier-ignore
    await vi.advanceTimersByTimeAsync(140);
    late.stop();
    expect(late.signals[0]!.aborted).toBe(true);
    settle();
    await vi.advanceTimersByTimeAsync(0);
    expect(late.said).toEqual([]);
  },
);

it("asks again after longer and longer pauses while the server is away or busy, until it answers", async () => {
  const answers = [new ApiError(503, "a", "Busy."), new ApiError(0, "b", "Away."), new ApiError(502, "c", "Changing.")];
  const at: number[] = [];
  const began = Date.now();
  const one = asked(() => {
    at.push(Date.now() - began);
    const trouble = answers.shift();
    return trouble ? Promise.reject(trouble) : Promise.resolve("here");
  });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(one.said).toEqual(["again: Busy.", "again: Away.", "again: Changing.", "here"]);
  const pauses = at.slice(1).map((time, k) => time - at[k]!);
  for (const [k, pause] of pauses.entries()) {
    expect(pause).toBeGreaterThanOrEqual(800 * 2 ** k);
    expect(pause).toBeLessThanOrEqual(1200 * 2 ** k + 1);
  }
});

it("does not ask again what was refused, nor what was stopped meanwhile", async () => {
  const refused = asked(() => Promise.reject(new ApiError(422, "a", "Too long.")));
  const away = asked(() => Promise.reject(new ApiError(0, "b", "Away.")));
  await vi.advanceTimersByTimeAsync(200);
  away.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([refused.said, away.said]).toEqual([["failed: Too long."], ["again: Away."]]);
});
