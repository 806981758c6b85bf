/** A server made of promises, and sessions opened on it: for the tests of live, replay and exported pages. */
import { afterEach, expect } from "vitest";
import { encodeMessage } from "../wire/messages";
import { loaded, makeLog } from "../memory/testlog";
import type { ClientMessage, ServerMessage } from "../wire/wire.gen";
import { Api } from "../server/api";
import { Cursor } from "../view/cursor.svelte";
import { openRecording } from "./session.svelte";
import type { Session, SessionOptions } from "./session.svelte";
import type { SocketLike } from "./socket";

export const STEPS = 300;
export const made = makeLog(STEPS, [{ slots: 5, width: 3 }, { units: 4 }, { width: 2, heads: 2 }]);
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

  deliver(message: ServerMessage): void {
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
export class FakeServer {
  steps = STEPS;
  live = false;
  status: "opened" | "running" | "paused" | "ended" = "ended";
  speed: number | null = 8;
  up = true;
  readonly sockets: FakeSocket[] = [];
  readonly requests: string[] = [];
  /** Steps are carried out only when the test says so. */
  slow = false;
  /** It answers no wish for a speed: the test does. */
  deaf = false;
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
    this.socket.deliver({ type: "state", status: "paused", step: this.steps, speed: this.speed });
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
      socket.deliver({ type: "hello", manifest: made.raw as never, status, steps, speed, live });
      if (live) this.send(message.have ?? 0, steps);
    } else if (message.type === "play" || message.type === "pause") {
      this.status = message.type === "play" ? "running" : "paused";
      socket.deliver({ type: "state", status: this.status, step: this.steps, speed: this.speed });
    } else if (message.type === "step") {
      if (this.status === "running") {
        socket.deliver({
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
      if (this.deaf) return;
      this.speed = message.steps_per_second;
      socket.deliver({ type: "state", status: this.status, step: this.steps, speed: this.speed });
    } else if (message.type === "ping") {
      socket.deliver({ type: "state", status: this.status, step: this.steps, speed: this.speed });
    }
  }
}

export const open: Session[] = [];
afterEach(() => {
  for (const session of open.splice(0)) session.close();
});

export function start(server: FakeServer, options: Partial<SessionOptions> = {}, id = "run"): Session {
  const cursor = new Cursor({ request: () => 0, cancel: () => undefined });
  const session = openRecording(
    { id },
    { cursor, api: server.api, socket: server.open, wait: () => 2, apart: 0, ledger: { spawn: null }, ...options },
  );
  open.push(session);
  return session;
}

export function liveServer(steps: number, status: FakeServer["status"] = "running"): FakeServer {
  const server = new FakeServer();
  Object.assign(server, { steps, status, live: true });
  return server;
}

export function sameAsWhole(session: Session): void {
  expect(session.available).toBe(session.log!.steps);
  for (const t of [0, 63, 64, session.available - 1]) {
    expect(session.log!.model(0).memory().content(t)).toEqual(whole.model(0).memory().content(t));
  }
}
