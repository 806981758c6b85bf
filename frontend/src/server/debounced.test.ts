/** Questions that follow what is typed: after a pause, and never an older answer over a newer one. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { debounced } from "./debounced";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function asked(answer: () => Promise<string>): { said: string[]; signals: AbortSignal[]; stop: () => void } {
  const said: string[] = [];
  const signals: AbortSignal[] = [];
  const ask = (signal: AbortSignal): Promise<string> => (signals.push(signal), answer());
  const stop = debounced(ask, (found) => said.push(found), (error) => said.push(`failed: ${error.message}`)); // prettier-ignore
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
