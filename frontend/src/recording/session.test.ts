/** Replays and exported pages through the one code path of a session. */
import { describe, expect, it } from "vitest";
import type { WorkerLike } from "../memory/worker/client";
import type { ToWorker } from "../memory/worker/questions";
import { Cursor } from "../view/cursor.svelte";
import { openRecording } from "./session.svelte";
import { FakeServer, STEPS, made, open, sameAsWhole, start } from "./testserver";
import { until } from "./testuntil";

describe("a replay", () => {
  it("shows a first picture after one chunk and then has everything", async () => {
    const server = new FakeServer();
    const session = start(server);
    await session.opened;
    expect(session.phase).toBe("open");
    expect(session.available).toBe(64);
    expect(session.total).toBe(STEPS);
    expect(server.requests).toEqual(["run", "run/chunks/0"]);
    await until(() => session.complete);
    expect(session.available).toBe(STEPS);
    expect(server.requests.length).toBe(1 + 5);
    expect([session.badge, session.live, session.title]).toEqual(["Recorded", false, "A run"]);
    sameAsWhole(session);
    expect(server.sockets.length).toBe(0);
  });

  it("fetches the chunk under the playhead before the others", async () => {
    const server = new FakeServer();
    const session = start(server, { t: 290 });
    await session.opened;
    expect(session.cursor.t).toBe(290);
    await until(() => session.complete);
    expect(server.requests.slice(0, 2)).toEqual(["run", "run/chunks/4"]);
    expect(session.cursor.t).toBe(290);
  });

  it("that is larger than its room is held in part, and the worker fetches for itself", async () => {
    const server = new FakeServer();
    const heard: ToWorker[] = [];
    const worker: WorkerLike = {
      postMessage: (message) => void heard.push(message),
      terminate: () => undefined,
      onmessage: null,
      onerror: null,
      onmessageerror: null,
    };
    const keep = 40_000;
    const session = start(server, { t: 290, keep, ledger: { spawn: () => worker, startWithin: 60_000 } });
    await session.opened;
    void session.ledger!.shares(0, null, 0, 290); // long before all of it is there
    const [opened, asked, ...others] = heard.filter(({ type }) => !["passed", "stays"].includes(type));
    expect(opened).toMatchObject({
      type: "open",
      chunks: { address: "http://fake/api/recordings/run/chunks", keep: keep / 2 },
    });
    expect(asked).toMatchObject({ type: "ask", question: { kind: "shares", t: 290 } });
    await until(() => session.complete);
    expect(others).toEqual([]);
    expect(heard.some(({ type }) => type === "passed")).toBe(true); // what whole chunks leave, and none of them
    const model = session.log!.model(0);
    const gone = [0, 1, 2, 3].find((k) => !model.hasStep(64 * k + 6))!;
    session.cursor.seek(64 * gone + 6);
    await until(() => model.hasStep(64 * gone + 6));
    expect(server.requests.filter((path) => path === `run/chunks/${gone}`).length).toBe(2);
  });

  it("survives a server that goes away and comes back", async () => {
    const server = new FakeServer();
    const session = start(server);
    await session.opened;
    server.up = false;
    await until(() => session.notices.length > 0);
    expect(session.notices[0]).toContain("have not arrived");
    server.up = true;
    await until(() => session.complete);
    expect(session.notices).toEqual([]);
  });

  it("that does not exist says so", async () => {
    const session = start(new FakeServer(), {}, "other");
    await session.opened;
    expect(session.phase).toBe("error");
    expect(session.error).toMatchObject({ code: "unknown-recording", cure: "See the gallery." });
  });

  it("with a damaged first chunk says so; a later one leaves the rest to look at", async () => {
    const bad = (): Response => new Response(new Uint8Array(40).fill(255));
    const first = new FakeServer();
    first.instead.set("run/chunks/0", bad);
    const broken = start(first);
    await broken.opened;
    expect(broken.error).toMatchObject({ code: "unknown-kind" });
    const later = new FakeServer();
    later.instead.set("run/chunks/2", bad);
    const session = start(later);
    await until(() => session.notices.length > 0 && later.requests.length === 6);
    await until(() => session.log!.has(192, STEPS - 1));
    expect(session.available).toBe(128);
    expect(session.notices[0]).toContain("Steps 128 to 191");
    expect(session.phase).toBe("open");
  });

  it("of a manifest from the future is refused with the way out", async () => {
    const server = new FakeServer();
    server.instead.set("run", () =>
      Response.json({
        id: "run",
        title: "",
        status: "ended",
        steps: 1,
        live: false,
        manifest: { ...made.raw, version: 2 },
      }),
    );
    const session = start(server);
    await session.opened;
    expect(session.error).toMatchObject({ code: "newer-version" });
  });
});

describe("an exported page", () => {
  it("opens without any server", async () => {
    const cursor = new Cursor({ request: () => 0, cancel: () => undefined });
    const embedded = {
      manifest: made.manifest,
      messages: new Uint8Array(Buffer.concat(made.messages)),
      verdict: null,
      engine: () => null,
    };
    const session = openRecording({ embedded }, { cursor, ledger: { spawn: null } });
    open.push(session);
    await session.opened;
    expect([session.phase, session.complete, session.badge, session.total]).toEqual(["open", true, "Recorded", STEPS]);
    expect((await session.ledger!.shares(0, null, 0, 200))!.length).toBe(202);
    session.play();
    expect(session.cursor.playing).toBe(true);
    sameAsWhole(session);
  });
});
