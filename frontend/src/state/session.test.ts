/** Live, replay and exported pages through one code path, against a server made of promises. */
import { afterEach, describe, expect, it } from "vitest";
import { memoryAt } from "../ledger/banks";
import { encodeMessage } from "../wire/messages";
import { loaded, makeLog } from "../ledger/testlog";
import type { ClientMessage, ServerMessage } from "../wire/wire.gen";
import { Api } from "./api";
import { Cursor } from "./cursor.svelte";
import { openRecording } from "./session.svelte";
import type { Session, SessionOptions } from "./session.svelte";
import type { SocketLike } from "./socket";
import { until } from "./testuntil";

const STEPS = 300;
const made = makeLog(STEPS, [{ slots: 5, width: 3 }, { units: 4 }, { width: 2, heads: 2 }]);
const whole = loaded(made);

class FakeSocket implements SocketLike {
  binaryType = "";
  readyState = 0;
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent<string | ArrayBuffer>) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  readonly sent: ClientMessage[] = [];

  constructor(private readonly server: FakeServer) {}

  send(text: string): void {
    const message = JSON.parse(text) as ClientMessage;
    this.sent.push(message);
    this.server.hear(this, message);
  }

  close(): void {
    this.readyState = 3;
  }

  tell(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) } as MessageEvent<string>);
  }

  give(bytes: Uint8Array): void {
    const copy = new Uint8Array(bytes);
    this.onmessage?.({ data: copy.buffer } as MessageEvent<ArrayBuffer>);
  }

  drop(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code } as CloseEvent);
  }
}

/** A recording on a server: `steps` of it computed, `live` or not, reachable or not. */
class FakeServer {
  steps = STEPS;
  live = false;
  status: "opened" | "running" | "paused" | "ended" = "ended";
  speed: number | null = 8;
  up = true;
  readonly sockets: FakeSocket[] = [];
  readonly requests: string[] = [];
  /** Steps are carried out only when the test says so. */
  slow = false;
  private owed = 0;
  /** Answers instead of the usual ones, by path. */
  readonly instead = new Map<string, () => Response>();

  get socket(): FakeSocket {
    return this.sockets.at(-1)!;
  }

  readonly api = new Api({
    base: "http://fake/",
    fetch: async (input) => {
      await new Promise((done) => setTimeout(done, 1));
      const path = String(input).replace("http://fake/api/recordings/", "");
      this.requests.push(path);
      if (!this.up) throw new TypeError("Failed to fetch");
      const special = this.instead.get(path);
      if (special) return special();
      const chunk = /^run\/chunks\/(\d+)$/.exec(path);
      if (chunk) return new Response(this.chunk(Number(chunk[1])));
      const { steps, live, status } = this;
      if (path === "run") return Response.json({ id: "run", title: "A run", status, steps, manifest: made.raw, live });
      return Response.json(
        { error: { code: "unknown-recording", message: "No recording x.", where: null, cure: "See the gallery." } },
        { status: 404 },
      );
    },
  });

  /** Messages of steps from … to (excluded) inside one chunk, keyframe included at its start. */
  slice(from: number, to: number): Uint8Array[] {
    const out: Uint8Array[] = [];
    for (const model of whole.models) {
      const { stream } = model.spec;
      const first = from - (from % 64);
      if (model.spec.keyframe.bytes && from === first) {
        out.push(
          made.messages.find(
            (m) => m[0] === stream && m[2] === 2 && new DataView(m.buffer).getUint32(4, true) === first,
          )!,
        );
      }
      const frames = made.messages.find(
        (m) => m[0] === stream && m[2] === 1 && new DataView(m.buffer).getUint32(4, true) === first,
      )!;
      const bytes = model.spec.frame.bytes;
      const payload = frames.subarray(16 + (from - first) * bytes, 16 + (to - first) * bytes);
      out.push(encodeMessage({ stream, kind: "frames", first: from, count: to - from, payload }));
    }
    return out;
  }

  send(from: number, to: number): void {
    for (let at = from; at < to;) {
      const next = Math.min(to, at - (at % 64) + 64);
      for (const message of this.slice(at, next)) this.socket.give(message);
      at = next;
    }
  }

  /** Computes `count` steps and sends them. */
  compute(count: number, { silently = false } = {}): void {
    const from = this.steps;
    this.steps = Math.min(STEPS, from + count);
    if (!silently) this.send(from, this.steps);
  }

  /** Computes the steps that were commanded, then pauses. */
  carryOut(): void {
    this.compute(this.owed);
    this.owed = 0;
    this.status = "paused";
    this.socket.tell({ type: "state", status: "paused", step: this.steps, speed: this.speed });
  }

  private chunk(n: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(Buffer.concat(this.slice(64 * n, Math.min(64 * n + 64, this.steps))));
  }

  readonly open = (): SocketLike => {
    const socket = new FakeSocket(this);
    this.sockets.push(socket);
    setTimeout(() => {
      if (!this.up) return socket.drop();
      socket.readyState = 1;
      socket.onopen?.({} as Event);
    }, 1);
    return socket;
  };

  hear(socket: FakeSocket, message: ClientMessage): void {
    if (message.type === "hello") {
      const { status, steps, speed, live } = this;
      socket.tell({ type: "hello", manifest: made.raw as never, status, steps, speed, live });
      if (live) this.send(message.have ?? 0, steps);
    } else if (message.type === "play" || message.type === "pause") {
      this.status = message.type === "play" ? "running" : "paused";
      socket.tell({ type: "state", status: this.status, step: this.steps, speed: this.speed });
    } else if (message.type === "step") {
      if (this.status === "running") {
        socket.tell({
          type: "error",
          code: "illegal-move",
          message: "cannot step while running",
          cure: "Pause first.",
        });
        return;
      }
      this.status = "running";
      this.owed = message.count ?? 1;
      if (!this.slow) this.carryOut();
    } else if (message.type === "speed") {
      this.speed = message.steps_per_second;
      socket.tell({ type: "state", status: this.status, step: this.steps, speed: this.speed });
    } else if (message.type === "ping") {
      socket.tell({ type: "state", status: this.status, step: this.steps, speed: this.speed });
    }
  }
}

const open: Session[] = [];
afterEach(() => {
  for (const session of open.splice(0)) session.close();
});

function start(server: FakeServer, options: Partial<SessionOptions> = {}, id = "run"): Session {
  const cursor = new Cursor({ request: () => 0, cancel: () => undefined });
  const session = openRecording(
    { id },
    { cursor, api: server.api, socket: server.open, wait: () => 2, apart: 0, ledger: { spawn: null }, ...options },
  );
  open.push(session);
  return session;
}

function liveServer(steps: number, status: FakeServer["status"] = "running"): FakeServer {
  const server = new FakeServer();
  Object.assign(server, { steps, status, live: true });
  return server;
}

function sameAsWhole(session: Session): void {
  expect(session.available).toBe(session.log!.steps);
  for (const t of [0, 63, 64, session.available - 1]) {
    expect(memoryAt(session.log!.model(0), null, t)).toEqual(memoryAt(whole.model(0), null, t));
  }
}

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

describe("a live run", () => {
  it("is followed step by step and ends as a recording", async () => {
    const server = liveServer(70);
    const session = start(server);
    await session.opened;
    await until(() => session.available === 70);
    expect([session.live, session.connection, session.badge]).toEqual([true, "open", "Live, 8 steps/s"]);
    expect([session.cursor.t, session.cursor.followLive, session.playing]).toEqual([69, true, true]);
    for (let i = 0; i < 30; i++) {
      server.compute(1);
      expect(session.cursor.t).toBe(70 + i);
    }
    server.compute(STEPS);
    Object.assign(server, { live: false, status: "ended" });
    server.socket.tell({ type: "ended", steps: STEPS, status: "ended" });
    server.socket.drop(1000);
    await until(() => session.complete);
    expect([session.live, session.badge, session.status, session.connection]).toEqual([
      false,
      "Recorded",
      "ended",
      "none",
    ]);
    expect(server.sockets.length).toBe(1);
    sameAsWhole(session);
  });

  it("is led by its commands at the newest step, and by the cursor elsewhere", async () => {
    const server = liveServer(10, "paused");
    const session = start(server);
    await until(() => session.available === 10);
    session.step(3);
    expect(server.socket.sent.at(-1)).toEqual({ type: "step", count: 3 });
    expect([session.available, session.cursor.t, session.badge]).toEqual([13, 12, "Live, paused"]);
    session.play();
    await until(() => server.status === "running");
    expect(session.playing).toBe(true);
    session.setSpeed(Infinity);
    await until(() => server.speed === null);
    expect(session.badge).toBe("Live, full speed");
    session.pause();
    await until(() => server.status === "paused");
    const said = server.socket.sent.length;
    session.cursor.seek(4); // let go
    session.step(1);
    expect(session.cursor.t).toBe(5);
    session.setSpeed(2);
    session.play();
    expect([session.cursor.playing, session.playing]).toEqual([true, true]);
    session.pause();
    expect(server.socket.sent.length).toBe(said); // the run was left alone
    server.compute(5);
    expect(session.cursor.t).toBe(5);
    session.backToLive();
    expect([session.cursor.t, session.cursor.speed]).toEqual([17, Infinity]);
  });

  it("that is asked for steps faster than it computes them owes none and is never asked too early", async () => {
    const server = liveServer(10, "paused");
    const session = start(server);
    await until(() => session.available === 10);
    server.slow = true;
    for (let i = 0; i < 5; i++) session.step(1);
    await until(() => server.status === "running");
    expect([session.stepping, session.playing, session.badge]).toEqual([true, false, "Live, paused"]);
    server.carryOut();
    await until(() => server.status === "running");
    server.carryOut();
    expect([session.available, session.cursor.t, session.refusal, session.stepping]).toEqual([15, 14, null, false]);
    session.step(2);
    await until(() => server.status === "running");
    session.play();
    server.carryOut();
    await until(() => server.socket.sent.at(-1)!.type === "play");
    expect([session.available, session.playing, session.refusal]).toEqual([17, true, null]);
    session.pause();
    await until(() => server.status === "paused");
    session.step(100);
    await until(() => server.status === "running");
    session.pause(); // in the middle of them
    await until(() => server.status === "paused");
    expect(session.stepping).toBe(false);
  });

  it("opened at a moment stays there", async () => {
    const server = liveServer(70);
    const session = start(server, { t: 30 });
    await until(() => session.available === 70);
    server.compute(10);
    expect([session.cursor.t, session.cursor.followLive, session.playing]).toEqual([30, false, false]);
  });

  it("reconnects with what it holds, and shows how often it tried", async () => {
    const server = liveServer(70);
    const session = start(server);
    await until(() => session.available === 70);
    server.up = false;
    server.socket.drop();
    await until(() => session.attempt >= 3);
    expect(session.badge).toMatch(/^Reconnecting, \d+$/);
    expect(session.available).toBe(70); // still there to look at
    session.play();
    server.steps = 150;
    server.up = true;
    await until(() => session.connection === "open" && session.available === 150);
    expect(server.socket.sent[0]).toEqual({ type: "hello", have: 70 });
    expect(session.attempt).toBe(0);
    sameAsWhole(session);
  });

  it("that ended while the connection was lost is finished over HTTP", async () => {
    const server = liveServer(70);
    const session = start(server);
    await until(() => session.available === 70);
    Object.assign(server, { live: false, status: "ended", steps: STEPS });
    server.socket.drop();
    await until(() => session.complete);
    expect([session.available, session.status, session.badge]).toEqual([STEPS, "ended", "Recorded"]);
    expect(server.sockets.length).toBe(1);
    sameAsWhole(session);
  });

  it("fills what a slow page was not sent, from chunks", async () => {
    const server = liveServer(40);
    const session = start(server);
    await until(() => session.available === 40);
    server.compute(100, { silently: true });
    server.socket.tell({ type: "behind", from: 40, to: 140 });
    server.compute(2);
    expect(session.available).toBe(40); // newer steps are here, but not without a gap
    expect(session.log!.newest).toBe(142);
    await until(() => session.available === 142);
    expect(server.requests.filter((path) => path.includes("chunks"))).toEqual([0, 1, 2].map((n) => `run/chunks/${n}`));
    sameAsWhole(session);
  });

  it("mends a hole even if nobody told of it", async () => {
    const server = liveServer(40);
    const session = start(server);
    await until(() => session.available === 40);
    server.compute(10, { silently: true });
    server.compute(1);
    await until(() => session.available === 51);
  });

  it("says how far behind the page is", async () => {
    const server = liveServer(10);
    const session = start(server);
    await until(() => session.available === 10);
    server.socket.tell({ type: "state", status: "running", step: 40, speed: 8 });
    expect([session.behind, session.badge]).toEqual([30, "30 steps behind"]);
  });

  it("goes on when one model fails", async () => {
    const server = liveServer(10);
    const session = start(server);
    await until(() => session.available === 10);
    server.socket.tell({ type: "model-failed", stream: 1, step: 10, reason: "NaN in the state" });
    server.steps = 12;
    for (const message of server.slice(10, 12)) if (message[0] !== 1) server.socket.give(message);
    expect(session.failures).toEqual([{ stream: 1, step: 10, reason: "NaN in the state" }]);
    expect(session.available).toBe(12);
    expect(server.requests.filter((path) => path.includes("chunks"))).toEqual([]);
  });

  it("keeps a refused command to be read, and says when there is nobody to command", async () => {
    const server = liveServer(10, "paused");
    const session = start(server);
    await until(() => session.available === 10);
    server.socket.tell({ type: "error", code: "illegal-move", message: "It is paused.", cure: "Play it." });
    expect(session.refusal).toEqual({ code: "illegal-move", message: "It is paused.", cure: "Play it." });
    session.dismiss();
    server.up = false;
    server.socket.drop();
    session.play();
    await until(() => session.refusal !== null);
    expect(session.refusal).toMatchObject({ code: "not-connected" });
  });

  it("starts the connection anew after bytes that make no sense", async () => {
    const server = liveServer(70);
    const session = start(server);
    await until(() => session.available === 70);
    const bad = server.slice(64, 70)[1]!.slice();
    bad[0] = 99;
    server.socket.give(bad);
    await until(() => server.sockets.length === 2 && session.connection === "open");
    server.compute(10);
    expect(session.available).toBe(80);
  });

  it("notices a connection that is dead without saying so", async () => {
    const server = liveServer(10, "paused");
    const session = start(server, { silence: 10 });
    await until(() => session.available === 10);
    await until(() => server.socket.sent.some((message) => message.type === "ping"));
    expect(server.sockets.length).toBe(1); // it answered
    server.socket.tell = () => undefined;
    await until(() => server.sockets.length === 2 && session.connection === "open");
  });

  it("that turns out to be over when it is joined is replayed", async () => {
    const server = liveServer(STEPS, "ended");
    const socket = (): SocketLike => {
      server.live = false; // after the page learned that it is live, before it joined
      return server.open();
    };
    const session = start(server, { socket });
    await until(() => session.complete);
    expect(server.sockets.length).toBe(1);
    expect([session.available, session.badge]).toEqual([STEPS, "Recorded"]);
  });

  it("is left alone once it is closed", async () => {
    const server = liveServer(70);
    const session = start(server);
    await until(() => session.available === 70);
    session.close();
    server.socket.drop();
    await new Promise((done) => setTimeout(done, 20));
    expect(server.sockets.length).toBe(1);
  });
});

describe("an exported page", () => {
  it("opens without any server", async () => {
    const cursor = new Cursor({ request: () => 0, cancel: () => undefined });
    const embedded = { manifest: made.manifest, messages: new Uint8Array(Buffer.concat(made.messages)) };
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
