/**
 * Commands to a live run, as fast as the server allows: a held key repeats 30 times a second, a server that is asked more
 * than 20 times a second hangs up. The first command goes out at once; those that follow quickly are folded together.
 */
import type { ClientMessage } from "../wire/wire.gen";

/** Between two messages, ms. */
const APART = 80;

export class CommandQueue {
  private waiting: ClientMessage[] = [];
  private timer: ReturnType<typeof setTimeout> | null = null;

  /** `send` says false while there is no connection. */
  constructor(
    private readonly send: (message: ClientMessage) => boolean,
    private readonly lost: (message: ClientMessage) => void,
    private readonly apart = APART,
  ) {}

  give(message: ClientMessage): void {
    this.waiting = fold(this.waiting, message);
    if (this.timer === null) this.next();
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.waiting = [];
  }

  private next(): void {
    this.timer = null;
    const message = this.waiting.shift();
    if (!message) return;
    if (!this.send(message)) {
      this.waiting = []; // the run may have moved on by the time it can be reached again
      this.lost(message);
      return;
    }
    this.timer = setTimeout(() => this.next(), this.apart);
  }
}

/** `message` after those waiting: steps add up, of speeds the last one counts, play and pause undo one another. */
export function fold(waiting: readonly ClientMessage[], message: ClientMessage): ClientMessage[] {
  const last = waiting.at(-1);
  if (message.type === "step" && last?.type === "step") {
    return [...waiting.slice(0, -1), { type: "step", count: (last.count ?? 1) + (message.count ?? 1) }];
  }
  if (message.type === "speed") return [...waiting.filter((other) => other.type !== "speed"), message];
  if (message.type === "play" || message.type === "pause") {
    return [...waiting.filter((other) => other.type !== "play" && other.type !== "pause"), message];
  }
  return [...waiting, message];
}
