/** Runs of the bridge against a server made of promises. */
import { describe, expect, it } from "vitest";
import { makeLog } from "../memory/testlog";
import { Api } from "../server/api";
import { Bridge } from "./bridge.svelte";
import { START } from "./permalink";
import { until } from "../recording/testuntil";

const made = makeLog(20, [
  { width: 2, heads: 2 },
  { width: 2, heads: 2 },
]);
const CARDS = ["transformer", "encoder-decoder", "ntm"].map((model) => ({
  name: `${model}-copy`,
  model,
  task: "copy",
}));

class FakeServer {
  readonly asked: Record<string, unknown>[] = [];
  readonly there = new Set<string>();
  readonly measured: string[] = [];
  workers: "ready" | "failed" | "starting" = "ready";
  refuses = false;

  readonly api = new Api({
    base: "http://fake/",
    fetch: async (input, init) => {
      await new Promise((done) => setTimeout(done, 2));
      const path = String(input).replace("http://fake/api/", "");
      if (path === "models") return Response.json(CARDS);
      if (path === "status")
        return Response.json({ workers: this.workers, replay_only: this.workers === "failed", workers_reason: null });
      if (path.startsWith("bridge")) {
        this.measured.push(path);
        return Response.json({ ok: true });
      }
      if (path === "sessions") {
        if (this.refuses)
          return Response.json({ error: { code: "too-many-sessions", message: "Full." } }, { status: 429 });
        this.asked.push(JSON.parse(init!.body as string) as Record<string, unknown>);
        const id = `run${this.asked.length}`;
        this.there.add(id);
        return Response.json({ id });
      }
      const [, id = "", chunk] = /^recordings\/([^/]+)(?:\/chunks\/(\d+))?$/.exec(path)!;
      if (init?.method === "DELETE") {
        this.there.delete(id);
        return new Response(null, { status: 204 });
      }
      if (chunk !== undefined) {
        const bytes = made.messages.flatMap((message) => [...message]);
        return new Response(Uint8Array.from(bytes));
      }
      return Response.json({ id, title: "", status: "ended", steps: 20, manifest: made.raw, live: false });
    },
  });
}

function at(server: FakeServer, crossing = START): Bridge {
  return new Bridge(server.api, crossing, { session: { ledger: { spawn: null } }, patience: 5 });
}

describe("the bridge", () => {
  it("runs what crosses, without keeping it, and measures it", async () => {
    const server = new FakeServer();
    const bridge = at(server);
    await bridge.start();
    await until(() => bridge.run !== null && bridge.report !== null);
    expect(bridge.cards!.map(({ name }) => name)).toEqual(["transformer-copy", "encoder-decoder-copy"]);
    expect(server.asked[0]).toMatchObject({
      models: ["transformer-copy"],
      task: "copy",
      keep: false,
      bridge: { memory: "stores", slots: null, links: 0 },
    });
    expect(bridge.run!.session.available).toBe(20);
    bridge.close();
    await until(() => server.there.size === 0);
  });

  it("remembers the last thing wanted alone, and lets go of what is no longer shown", async () => {
    const server = new FakeServer();
    const bridge = at(server);
    await bridge.start();
    await until(() => bridge.run !== null);
    for (const links of [0.1, 0.2, 0.3, 0.4]) bridge.change({ links });
    await until(() => bridge.run!.crossing.links === 0.4 && !bridge.busy);
    expect(server.asked.map(({ bridge }) => (bridge as { links: number }).links)).toEqual([0, 0.1, 0.4]);
    await until(() => server.there.size === 1);
    expect(server.measured).toHaveLength(1);
    bridge.change({ seed: 5 });
    await until(() => server.measured.length === 2);
    await until(() => bridge.report !== null && !bridge.busy);
    bridge.change({ seed: 6 });
    bridge.change({ seed: 5 });
    expect(bridge.report).toBe(null);
    await until(() => bridge.report !== null && !bridge.busy);
    expect(bridge.crossing.links).toBe(0.4);
    bridge.close();
  });

  it("lets an encoder-decoder cross with stores alone, and does not measure it", async () => {
    const server = new FakeServer();
    const bridge = at(server, { ...START, model: "encoder-decoder-copy", memory: "graves", links: 0.2 });
    await bridge.start();
    await until(() => bridge.run !== null);
    bridge.change({ links: 0.5 });
    await new Promise((done) => setTimeout(done, 20));
    expect(server.asked.map(({ bridge }) => (bridge as { memory: string }).memory)).toEqual(["stores"]);
    expect(server.measured).toEqual([]);
    bridge.close();
  });

  it("asks for nothing where live runs are off", async () => {
    const server = new FakeServer();
    server.workers = "failed";
    const bridge = at(server);
    await bridge.start();
    expect([bridge.off, bridge.busy, server.asked.length]).toEqual([true, false, 0]);
    bridge.close();
  });

  it("looks again while the workers start", async () => {
    const server = new FakeServer();
    server.workers = "starting";
    const bridge = at(server);
    await bridge.start();
    expect(bridge.host!.workers).toBe("starting");
    server.workers = "ready";
    await until(() => bridge.host!.workers === "ready");
    bridge.close();
  });

  it("says why a run cannot be had, keeps what is shown, and tries again", async () => {
    const server = new FakeServer();
    const bridge = at(server);
    await bridge.start();
    await until(() => bridge.run !== null);
    server.refuses = true;
    bridge.change({ links: 0.1 });
    await until(() => bridge.error !== null && !bridge.busy);
    expect(bridge.error!.message).toBe("Full.");
    expect(bridge.run!.crossing.links).toBe(0);
    server.refuses = false;
    bridge.again();
    await until(() => bridge.run!.crossing.links === 0.1);
    expect(bridge.error).toBe(null);
    bridge.close();
  });

  it("names the checkpoints there are where a link names another", async () => {
    const server = new FakeServer();
    const bridge = at(server, { ...START, model: "elsewhere" });
    await bridge.start();
    expect(bridge.error!.message).toContain("transformer-copy, encoder-decoder-copy");
    expect(server.asked).toEqual([]);
    bridge.close();
  });
});
