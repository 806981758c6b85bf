/**
 * Brings the messages of a recording on this server into its log: by socket while it is live, by chunks over HTTP for
 * the rest, the holes and the replay. Knows nothing of cursors or pictures.
 */
import type { RecordingLog } from "../memory/log";
import { shareable } from "../memory/worker/shareable";
import { KEYFRAME_EVERY } from "../wire/manifest";
import type { ClientMessage, ServerMessage } from "../wire/wire.gen";
import type { Api } from "../server/api";
import { ChunkLoader } from "./chunks";
import { ApiError } from "../server/errors";
import type { MnemoscopeError } from "../server/errors";
import { LiveSocket } from "./socket";
import type { Connection, SocketLike } from "./socket";

/** Chunks before and after that of the playhead that a picture of the stage shows at its usual width. */
const BEHIND = 5;
const AHEAD = 1;

/** Chunks that come with one that was let go of and is wanted again, where whoever wants it goes through the run. */
const AGAIN = 8;

export interface SupplyOptions {
  readonly api: Api;
  readonly id: string;
  readonly log: RecordingLog;
  /**
   * Whether chunks go to memory that the worker can read too. Not where they are let go of again: what is shared does not count as garbage
   * of anybody, and would pile up.
   */
  readonly share?: boolean;
  /** A message of the server other than `behind`, which is dealt with here. */
  readonly message: (message: ServerMessage) => void;
  readonly connection: (connection: Connection, attempt: number) => void;
  /** Chunk n cannot be had; `again`: it will be tried again. Null: it has come after all. */
  readonly trouble: (n: number, error: MnemoscopeError | null, again: boolean) => void;
  /** The key of the wheel, where it was given to this page. */
  readonly wheel?: string;
  readonly socket?: (url: string) => SocketLike;
  readonly wait?: (k: number) => number;
  readonly silence?: number;
}

export class Supply {
  private readonly loader: ChunkLoader;
  private socket: LiveSocket | null = null;
  private readonly troubled = new Set<number>();
  /** The chunk of the playhead. */
  private at = 0;

  constructor(private readonly options: SupplyOptions) {
    const { api, id, log, wait, share = true } = options;
    this.loader = new ChunkLoader({
      fetch: (n, signal) => api.chunk(id, n, { signal }),
      take: (n, bytes) => {
        for (let k = this.at - BEHIND; k <= this.at + AHEAD; k++) log.touch(k);
        log.append(share ? shareable(bytes) : bytes);
        if (this.troubled.delete(n)) options.trouble(n, null, false);
      },
      failed: (n, error, again) => {
        this.troubled.add(n);
        options.trouble(n, error, again);
      },
      ...(wait && { wait }),
    });
  }

  /** Resolves when the first chunk and that of step t are here (or cannot be had); a first picture is possible then. */
  async first(t = 0): Promise<void> {
    const wanted = [Math.floor(t / KEYFRAME_EVERY), 0];
    this.loader.hurry(...wanted);
    await this.loader.settled(...wanted);
  }

  /** Everything below step `until` that is not here, in order, the chunk of step `t` before the others. */
  rest(until: number, t: number): void {
    this.reach(t, until);
    this.loader.want(this.options.log.missing(until));
  }

  /** The playhead is at t: its chunk comes next if it is not here, then those of the picture around it, unless it has moved on before. */
  reach(t: number, until: number): void {
    if (t >= until) return;
    const { models } = this.options.log;
    const at = (this.at = Math.floor(t / KEYFRAME_EVERY));
    const wanted = [at, ...Array.from({ length: BEHIND }, (_, k) => at - 1 - k), at + AHEAD];
    this.loader.look(wanted.filter((n) => n >= 0 && !models.every((model) => model.hasChunk(n, until))));
  }

  /** Chunk k was let go of and is wanted again, after all that is on its way; `onward`: with those after it. */
  again(k: number, until: number, onward: boolean): void {
    const { models } = this.options.log;
    const wanted = Array.from({ length: onward ? AGAIN : 1 }, (_, n) => k + n).filter(
      (n) => n * KEYFRAME_EVERY < until,
    );
    this.loader.want(wanted.filter((n) => !models.every((model) => model.hasChunk(n, until))));
  }

  /** A hole inside a stream is a message that was lost or skipped; the chunks that close it are on the server's disk. */
  mend(): void {
    const { log } = this.options;
    if (log.models.some((model) => model.newest > model.steps)) this.loader.want(log.missing(log.newest));
  }

  /** Connects to the live run; `connection` hears "closed" when there is nothing more to come. */
  join(): void {
    const { api, id, log, message, connection, wheel = "", socket, wait, silence } = this.options;
    this.socket = new LiveSocket({
      url: api.socketUrl(id),
      have: () => log.steps,
      wheel,
      frames: (bytes) => log.append(bytes),
      message: (received) => {
        if (received.type === "behind") this.loader.want(chunksOf(received.from, received.to));
        else message(received);
      },
      changed: connection,
      worthwhile: () => this.isLive(),
      ...(socket && { open: socket }),
      ...(wait && { wait }),
      ...(silence && { silence }),
    });
    this.socket.connect();
  }

  /** False while there is no connection. */
  send(message: ClientMessage): boolean {
    return this.socket?.send(message) ?? false;
  }

  /** Leaves the live run; chunks go on loading. */
  leave(): void {
    this.socket?.close();
  }

  stop(): void {
    this.socket?.close();
    this.loader.stop();
  }

  private async isLive(): Promise<boolean> {
    try {
      return (await this.options.api.recording(this.options.id)).live;
    } catch (error) {
      return !(error instanceof ApiError) || error.passing; // a server that is away may come back; a 404 will not
    }
  }
}

function chunksOf(from: number, to: number): number[] {
  const out: number[] = [];
  for (let n = Math.floor(from / KEYFRAME_EVERY); n * KEYFRAME_EVERY < to; n++) out.push(n);
  return out;
}
