import { afterEach, describe, expect, it, vi } from "vitest";
import { Api } from "./api";
import type { Queued } from "./errors";
import { inTurn, placeInWords } from "./queue";

const full = (place: number): Response =>
  Response.json(
    { error: { code: "too-many-sessions", message: "Full." } },
    { status: 429, headers: { "queue-place": String(place), "queue-ticket": `t${place}`, "retry-after": "7" } },
  );

describe("a queue for runs", () => {
  afterEach(() => void vi.useRealTimers());

  it("is waited in with the ticket of the last answer until there is a place", async () => {
    vi.useFakeTimers();
    const answers = [full(2), full(1), Response.json({ id: "run" }, { status: 201 })];
    const sent: (string | null)[] = [];
    const api = new Api({
      base: "http://x/",
      fetch: (_, init) => {
        sent.push(new Headers(init?.headers).get("queue-ticket"));
        return Promise.resolve(answers.shift()!);
      },
    });
    const told: (Queued | null)[] = [];
    const run = inTurn(
      (ticket, signal) => api.createSession({} as never, { signal, ...(ticket && { ticket }) }),
      (place) => told.push(place),
      new AbortController().signal,
    );
    await vi.advanceTimersByTimeAsync(6900);
    expect(sent).toEqual([null]);
    await vi.advanceTimersByTimeAsync(7200);
    await expect(run).resolves.toEqual({ id: "run" });
    expect(sent).toEqual([null, "t2", "t1"]);
    expect(told.map((one) => one?.place ?? null)).toEqual([2, 1, null]);
    expect(placeInWords({ place: 2, ticket: "", seconds: 7 })).toContain(
      "number 2 in the queue; the page asks again every 7 s",
    );
    expect(placeInWords({ place: 1, ticket: "", seconds: 7 })).toContain("next in the queue");
  });

  it("is left when that is wanted, and by any other refusal", async () => {
    const leaving = new AbortController();
    const waiting = inTurn(
      () => new Api({ base: "http://x/", fetch: () => Promise.resolve(full(3)) }).createSession({} as never),
      () => leaving.abort(),
      leaving.signal,
    );
    await expect(waiting).rejects.toMatchObject({ code: "cancelled" });
    const error = { error: { code: "no-workers", message: "Off." } };
    const refused = inTurn(
      () =>
        new Api({
          base: "http://x/",
          fetch: () => Promise.resolve(Response.json(error, { status: 503 })),
        }).createSession({} as never),
      () => undefined,
      new AbortController().signal,
    );
    await expect(refused).rejects.toMatchObject({ code: "no-workers" });
  });
});
