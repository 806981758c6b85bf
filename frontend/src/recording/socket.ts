/**
 * The socket of a live recording: kept open, reconnected with growing pauses, resumed from what is already held.
 *
 * It knows the protocol's envelope (text is one JSON message, binary is frame messages, hello first) and nothing of what
 * the messages mean; the session does.
 */
import type { ClientMessage, ServerMessage } from "../wire/wire.gen";
import { backoff } from "../server/backoff";

export type Connection = "connecting" | "open" | "reconnecting" | "closed";

/** What of a WebSocket is used; tests put something else in its place. */
export interface SocketLike {
  binaryType: string;
  readonly readyState: number;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent<string | ArrayBuffer>) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  onerror: ((event: Event) => void) | null;
}

export interface SocketOptions {
  readonly url: string;
  readonly open?: (url: string) => SocketLike;
  /** Contiguous steps held: the server sends from there on. */
  readonly have: () => number;
  readonly message: (message: ServerMessage) => void;
  /** The key of the wheel, where it was given to this page; "": not. */
  readonly wheel: string;
  /** Frame messages; may throw, then the connection is started anew. */
  readonly frames: (bytes: ArrayBuffer) => void;
  /** The connection changed; `attempt` counts tries since it was last open. */
  readonly changed: (connection: Connection, attempt: number) => void;
  /** Asked before each new try: false = the run is over or gone, there is nothing to come back to. */
  readonly worthwhile?: () => Promise<boolean>;
  readonly wait?: (k: number) => number;
  /** After this silence (ms), in which the server is asked four times where it stands, the connection counts as lost. */
  readonly silence?: number;
}

const OPEN = 1;
const PULSES = 4;
/** On a slow line a message of a long stretch takes its time: silence is borne for up to so many times as long. */
const MAX_PATIENCE = 8;

export class LiveSocket {
  private socket: SocketLike | null = null;
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private pulse: ReturnType<typeof setInterval> | null = null;
  /** Pulses since something was heard, and how many times `silence` may pass so. */
  private quiet = 0;
  private patience = 1;
  private done = false;

  constructor(private readonly options: SocketOptions) {}

  connect(): void {
    if (this.done || this.socket) return;
    const { open = (url) => new WebSocket(url) as SocketLike, url, changed, have } = this.options;
    changed(this.attempt === 0 ? "connecting" : "reconnecting", this.attempt);
    const socket = open(url);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    socket.onopen = () => {
      this.send({ type: "hello", have: have(), wheel: this.options.wheel });
      this.watch();
    };
    socket.onmessage = (event) => {
      if (this.socket === socket) this.receive(event.data);
    };
    socket.onclose = (event) => {
      if (this.socket !== socket) return;
      this.lose();
      // 1000: the server is through with this run and has said so before.
      if (event.code === 1000) this.finish();
      else this.again();
    };
    socket.onerror = () => undefined; // a close follows, and says all there is to know
  }

  /** Sends a command; false while there is no connection (commands are not queued: the run may have moved on). */
  send(message: ClientMessage): boolean {
    if (this.socket?.readyState !== OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  /** No reconnecting from here on. */
  close(): void {
    const socket = this.socket;
    this.lose();
    this.finish();
    socket?.close(1000);
  }

  /** Gives this connection up and starts anew at once: after bytes that make no sense. */
  restart(): void {
    const socket = this.socket;
    this.lose();
    socket?.close(4000, "restart");
    this.again();
  }

  private receive(data: string | ArrayBuffer): void {
    this.quiet = 0;
    if (typeof data !== "string") {
      try {
        this.options.frames(data);
      } catch {
        this.restart(); // the steps held so far are whole; the server sends the rest again
      }
      return;
    }
    let message: ServerMessage;
    try {
      message = JSON.parse(data) as ServerMessage;
    } catch {
      this.restart();
      return;
    }
    if (message.type === "hello") {
      this.attempt = 0;
      this.options.changed("open", 0);
    }
    this.options.message(message);
  }

  private again(): void {
    if (this.done) return;
    this.attempt++;
    this.options.changed("reconnecting", this.attempt);
    this.timer = setTimeout(() => void this.retry(), (this.options.wait ?? backoff)(this.attempt));
  }

  private async retry(): Promise<void> {
    this.timer = null;
    const worthwhile = (await this.options.worthwhile?.()) ?? true;
    if (this.done) return;
    if (worthwhile) this.connect();
    else this.finish();
  }

  private finish(): void {
    if (this.done) return;
    this.done = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.options.changed("closed", 0);
  }

  /** Forget the present connection. */
  private lose(): void {
    if (this.pulse !== null) clearInterval(this.pulse);
    this.pulse = null;
    this.socket = null;
  }

  /**
   * Asks where the server stands, again and again: the answer says how far behind this page is, and that the line is alive. Of a dead
   * one nothing is heard, nor of one that takes long over a large message: each time it is given up, the next is given longer.
   */
  private watch(): void {
    this.quiet = 0;
    this.send({ type: "ping" });
    this.pulse = setInterval(
      () => {
        if (++this.quiet < PULSES * this.patience) this.send({ type: "ping" });
        else {
          this.patience = Math.min(2 * this.patience, MAX_PATIENCE);
          this.restart();
        }
      },
      (this.options.silence ?? 8_000) / PULSES,
    );
  }
}
