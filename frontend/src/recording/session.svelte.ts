/**
 * One recording that is open: live, replayed from the server, or out of an exported page. The stage sees no difference.
 *
 * Whatever brings messages (socket, chunks by HTTP, the page itself) appends them to one log; the cursor hears how far
 * it reaches. A live run is led by the server and followed by the cursor; to scrub is to let go of it.
 */
import { roomFor } from "../memory/letting_go";
import { LedgerClient } from "../memory/worker/client";
import type { ChunksOf, LedgerOptions } from "../memory/worker/client";
import { RecordingLog } from "../memory/log";
import type { Embedded } from "../wire/embedded";
import { EmbeddedError } from "../wire/errors";
import { KEYFRAME_EVERY, parseManifest } from "../wire/manifest";
import type { Failure, Manifest } from "../wire/manifest";
import type { ClientMessage, ServerMessage } from "../wire/wire.gen";
import { api } from "../server/api";
import type { Api } from "../server/api";
import { Cursor } from "../view/cursor.svelte";
import { readable } from "../server/errors";
import type { MnemoscopeError } from "../server/errors";
import type { Looker } from "./lens_cache.svelte";
import type { Blanker } from "./stretch_moves.svelte";
import { GrowthRate } from "./growth";
import type { SessionStatus } from "./session_state.svelte";
import type { SocketLike } from "./socket";
import { Supply } from "./supply";
import { Transport } from "./transport";

export type { Refusal, SessionStatus } from "./session_state.svelte";

/** What is opened: a recording of this server, or the one inside this page. */
export type Source = { readonly id: string } | { readonly embedded: Embedded };

export interface SessionOptions {
  readonly cursor?: Cursor;
  /** Step to stand on once it is known to exist, from the link. A live run is then not followed. */
  readonly t?: number;
  /** The key of the wheel of a live run, where it was given to this page. */
  readonly wheel?: string;
  readonly api?: Api;
  readonly socket?: (url: string) => SocketLike;
  /** Pause before the k-th new try of a connection or chunk, ms. */
  readonly wait?: (k: number) => number;
  readonly silence?: number;
  /** Least time between two commands, ms. */
  readonly apart?: number;
  readonly ledger?: LedgerOptions;
  /** Bytes of chunks that the page holds at most. */
  readonly keep?: number;
  readonly now?: () => number;
}

/** Opens a recording. Look at `phase`; `opened` resolves when a first picture is possible or opening has failed. */
export function openRecording(source: Source, options: SessionOptions = {}): Session {
  return new Session(source, options);
}

export class Session extends Transport {
  readonly opened: Promise<void>;
  private readonly api: Api;
  private readonly rate: GrowthRate;
  private supply: Supply | null = null;
  private closed = false;

  constructor(
    readonly source: Source,
    private readonly options: SessionOptions,
  ) {
    super(options.cursor ?? new Cursor(), options.apart);
    this.api = options.api ?? api;
    this.rate = new GrowthRate(options.now ?? (() => performance.now()));
    this.cursor.holds = (t) => this.log?.has(t, t) ?? false;
    this.opened = this.open().catch((error: unknown) => this.fail(readable(error)));
  }

  /** Asks the server that has the models to look at an output; null where there is none. */
  get looker(): Looker | null {
    const { source, api } = this;
    return "id" in source ? (stream, step, lens) => api.lens(source.id, stream, step, lens) : null;
  }

  /** Asks the server that has the models to blank a stretch of the input; null where there is none. */
  get blanker(): Blanker | null {
    const { source, api } = this;
    return "id" in source ? async (...question) => (await api.moves(source.id, ...question)).values : null;
  }

  /** Gets the engine of a stream, with which this page can run its model; null where there is none to get. */
  get packer(): ((stream: number) => Promise<Uint8Array>) | null {
    const { source, api } = this;
    if ("id" in source) return (stream) => api.engine(source.id, stream);
    const { engine } = source.embedded;
    if (!this.log?.models.some((_, stream) => engine(stream) !== null)) return null;
    return (stream) =>
      engine(stream) ??
      Promise.reject(new EmbeddedError("no-engine", "this page does not carry the engine of this model"));
  }

  /** Lets go of everything: connection, loading, worker. */
  close(): void {
    this.closed = true;
    this.stopCommands();
    this.supply?.stop();
    this.ledger?.close();
    this.cursor.dispose();
  }

  protected override send(message: ClientMessage): boolean {
    return this.supply?.send(message) ?? false;
  }

  // --- opening ---

  private async open(): Promise<void> {
    const { source } = this;
    if ("embedded" in source) {
      const { manifest, messages } = source.embedded;
      const log = this.begin(manifest);
      log.append(messages);
      this.settle(manifest.status, log.steps);
      this.stand();
      this.phase = "open";
      return;
    }
    const detail = await this.api.recording(source.id);
    if (this.closed) return;
    const log = this.begin(parseManifest(detail.manifest), detail.live);
    this.title = detail.title;
    this.status = detail.status;
    this.watched = detail.watched;
    this.total = detail.steps;
    const { wheel, socket, wait, silence } = this.options;
    let joined = (): void => undefined;
    const join = new Promise<void>((resolve) => (joined = resolve));
    const supply = new Supply({
      api: this.api,
      id: source.id,
      log,
      share: log.keep === Infinity,
      message: (message) => this.hear(message, joined),
      connection: (connection, attempt) => {
        this.connection = connection;
        this.attempt = attempt;
        if (connection === "closed") void this.ended(source.id).then(joined);
      },
      trouble: (n, error, again) => this.trouble(n, error, again),
      ...(wheel && { wheel }),
      ...(socket && { socket }),
      ...(wait && { wait }),
      ...(silence && { silence }),
    });
    this.supply = supply;
    if (detail.live) {
      this.live = this.cursor.growing = this.cursor.followLive = true;
      this.reached(detail.steps);
      this.stand();
      this.supplied(supply);
      supply.join();
      await join;
      return;
    }
    this.settle(detail.status, detail.steps);
    this.stand();
    const first = this.total > 0 ? supply.first(this.cursor.t) : null; // nothing shares the line with it
    this.supplied(supply);
    await first;
    if (this.closed || this.error) return;
    this.phase = "open";
    supply.rest(this.total, this.cursor.t);
  }

  /** From now on the chunks around the playhead come first. */
  private supplied(supply: Supply): void {
    this.cursor.onMove((t) => {
      supply.reach(t, this.live ? this.available : this.total); // of a run that goes on what was let go of
    });
  }

  /** Take the place the link names. */
  private stand(): void {
    if (this.options.t !== undefined) this.cursor.seek(this.options.t);
  }

  /** Null: page and worker hold all of it, which they share. */
  private chunksOf({ models, steps }: Manifest, live: boolean): ChunksOf | null {
    const { source } = this;
    const step = models.reduce((sum, { frame }) => sum + frame.bytes, 0);
    const { keep = roomFor(step) } = this.options;
    const bytes = step * steps;
    if (!("id" in source) || (!live && bytes <= keep)) return null;
    return { address: this.api.chunksUrl(source.id), keep, steps: () => this.total, sent: live };
  }

  private begin(manifest: Manifest, live = false): RecordingLog {
    const log = new RecordingLog(manifest);
    this.manifest = manifest;
    this.title = manifest.title;
    this.failures = manifest.failures;
    this.log = log;
    this.ledger = new LedgerClient(log, { chunks: this.chunksOf(manifest, live), ...this.options.ledger });
    log.wished = (k, onward) => this.supply?.again(k, this.total, onward);
    log.onGrow(() => this.arrived(log));
    return log;
  }

  private hear(message: ServerMessage, joined: () => void): void {
    switch (message.type) {
      case "hello":
        this.status = message.status;
        this.stepping = false; // whatever was commanded over another connection
        this.reached(message.steps);
        this.runsAt(message.speed);
        this.phase = "open";
        joined();
        if (!message.live) this.supply?.leave();
        break;
      case "state":
        this.status = message.status;
        this.reached(message.step);
        this.runsAt(message.speed);
        this.advanced(message.status, message.step);
        break;
      case "model-failed":
        this.failed({
          stream: message.stream,
          step: message.step,
          reason: message.reason,
          tensor: message.tensor ?? null,
        });
        break;
      case "source":
        this.liveSource = message;
        break;
      case "wheel":
        this.seated(message.drives, message.owner);
        break;
      case "revised":
        void this.revise();
        break;
      case "ended":
        this.status = message.status;
        this.reached(message.steps);
        break;
      case "error":
        this.refused({ code: message.code, message: message.message, cure: message.cure });
        break;
    }
  }

  /** Who drives has changed, or is known now. */
  private seated(drives: boolean, owner: boolean): void {
    const before = this.seat;
    this.seat = owner ? "owner" : drives ? "given" : "watching";
    if (this.seat === "given") this.notice("wheel", "The wheel was given to you: what you do here, the run does.");
    else if (before === "given") this.notice("wheel", "The wheel was taken back: you watch.");
  }

  /** More is known of a live source: how it is scaled, where it has gaps. */
  private async revise(): Promise<void> {
    if (!("id" in this.source)) return;
    try {
      const detail = await this.api.recording(this.source.id);
      if (!this.closed && this.live) this.known(parseManifest(detail.manifest));
      this.notice("revised", null);
    } catch (error) {
      this.notice("revised", `What is known of the source by now has not arrived: ${readable(error).message}`);
    }
  }

  /** A manifest that says more. What is drawn is laid out anew where its length or its scale is another. */
  private known(manifest: Manifest): void {
    const before = this.log!.manifest;
    this.manifest = this.log!.manifest = manifest;
    const scaled = (of: Manifest): string => JSON.stringify(of.signal?.scaling);
    if (manifest.steps !== before.steps || scaled(manifest) !== scaled(before)) this.layouts++;
  }

  /** The socket is closed for good: what is missing comes by HTTP, from a recording that does not grow any more. */
  private async ended(id: string): Promise<void> {
    if (this.closed) return;
    // The server keeps no recording without a step: it would answer that there is none.
    const empty = this.status === "stopped" && this.total === 0;
    if (empty) {
      this.settle("stopped", 0);
      this.notice("ended", "The run was stopped before its first step: nothing was recorded.");
    } else await this.endedWithSteps(id);
    this.connection = "none";
    this.phase = "open";
    if (!empty) this.supply?.rest(this.total, this.cursor.t);
  }

  private async endedWithSteps(id: string): Promise<void> {
    try {
      const detail = await this.api.recording(id);
      if (this.closed) return;
      const manifest = parseManifest(detail.manifest);
      this.manifest = manifest;
      this.title = detail.title;
      for (const failure of this.manifest.failures) this.failed(failure);
      this.settle(detail.status, detail.steps);
      if (manifest.openEnded) this.known(manifest); // how long it is was not planned
    } catch (error) {
      // What is held stays on the stage; only that nothing more comes has to be said.
      this.settle(this.status === "running" ? "stopped" : this.status, this.available);
      this.notice("ended", readable(error).message);
    }
  }

  /** Nothing more will be computed. */
  private settle(status: SessionStatus, steps: number): void {
    const followed = this.cursor.followLive;
    this.status = status;
    this.live = this.cursor.growing = this.stepping = false;
    this.total = steps;
    this.eta = null;
    this.cursor.grow(this.available, steps);
    this.cursor.followLive = followed && this.available < steps; // until the last steps have come
  }

  // --- growing ---

  private arrived(log: RecordingLog): void {
    this.grown++;
    if (log.steps !== this.available) this.available = log.steps;
    if (this.available > this.total) this.total = this.available;
    this.cursor.grow(this.available, this.total);
    if (this.live) {
      this.eta = this.manifest?.openEnded ? null : this.rate.eta(this.available, this.planned);
      this.supply?.mend();
    } else if (this.available >= this.total) this.cursor.followLive = false;
  }

  private reached(steps: number): void {
    if (steps > this.total) this.total = steps;
    this.cursor.grow(this.available, this.total);
  }

  private failed(failure: Failure): void {
    if (this.failures.some((known) => known.stream === failure.stream)) return;
    this.failures = [...this.failures, failure];
    this.log?.fail(failure);
  }

  private trouble(n: number, error: MnemoscopeError | null, again: boolean): void {
    const first = n * KEYFRAME_EVERY;
    const last = first + KEYFRAME_EVERY - 1;
    this.notice(`chunk ${n}`, error && `Steps ${first} to ${last} have not arrived: ${error.message}`);
    if (error && !again && this.phase === "opening") this.fail(error);
  }

  private fail(error: MnemoscopeError): void {
    if (this.closed) return;
    this.error = error;
    this.phase = "error";
    this.supply?.stop();
  }
}
