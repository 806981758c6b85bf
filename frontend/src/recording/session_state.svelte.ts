/** What the page may know of an open recording: state to read, and the few words that sum it up. */
import type { LedgerClient } from "../memory/worker/client";
import type { RecordingLog } from "../memory/log";
import type { Failure, Manifest } from "../wire/manifest";
import type { RecordingDetail, Source as LiveSource } from "../wire/wire.gen";
import type { Cursor } from "../view/cursor.svelte";
import type { MnemoscopeError } from "../server/errors";

export type SessionStatus = RecordingDetail["status"];

/** A command the server did not carry out. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly cure: string | null;
}

export class SessionState {
  /** opening: nothing to draw yet · open · error: it cannot be opened, see `error`. */
  phase = $state<"opening" | "open" | "error">("opening");
  error = $state.raw<MnemoscopeError | null>(null);
  manifest = $state.raw<Manifest | null>(null);
  log = $state.raw<RecordingLog | null>(null);
  ledger = $state.raw<LedgerClient | null>(null);
  title = $state("");
  status = $state<SessionStatus>("opened");
  /** The server may compute more. */
  live = $state(false);
  /** Steps held from 0 on without a gap. */
  available = $state(0);
  /** Steps computed so far, held or not. */
  total = $state(0);
  /** Live: steps per second asked for; null = as fast as the host can. */
  runSpeed = $state<number | null>(null);
  /** Live: the run is carrying out single steps; it pauses by itself when it has. */
  stepping = $state(false);
  /** none: nothing to be connected to (a replay, an exported page). */
  connection = $state<"none" | "connecting" | "open" | "reconnecting" | "closed">("none");
  /** Tries since the connection was lost. */
  attempt = $state(0);
  failures = $state.raw<readonly Failure[]>([]);
  refusal = $state.raw<Refusal | null>(null);
  /** Trouble that does not keep the recording from being looked at. */
  notices = $state.raw<readonly string[]>([]);
  /** Where the live source of the run stands; null where there is none, or nothing is known of it yet. */
  liveSource = $state.raw<LiveSource | null>(null);
  /** Counts the times that length or scale became others: what is drawn from them has to be made anew. */
  layouts = $state(0);
  /** It is a file in the folder that the server watches: another program drives it. */
  watched = $state(false);
  /** Live: whether the run is driven from here, because it was begun here or because the wheel was given to this page. */
  seat = $state<"unknown" | "owner" | "given" | "watching">("unknown");
  /** Counts what has arrived, in any order: read it to redraw on it. */
  grown = $state(0);
  /** Seconds until the planned end at the measured rate; null where it cannot be known. */
  eta = $state<number | null>(null);

  private readonly troubles = new Map<string, string>();

  constructor(readonly cursor: Cursor) {}

  /** Steps the run is planned to have. */
  get planned(): number {
    return Math.max(this.manifest?.steps ?? 0, this.total);
  }

  /** Nothing more will come: all there is has been computed and is held. */
  get complete(): boolean {
    return !this.live && this.available >= this.total && this.phase === "open";
  }

  /** Whether now moves: by itself, or with the live run it follows. */
  get playing(): boolean {
    const led = this.live && this.cursor.followLive && this.status === "running" && !this.stepping;
    return this.cursor.playing || led;
  }

  /** Live: computed steps that have not arrived yet. */
  get behind(): number {
    return this.live ? Math.max(0, this.total - this.available) : 0;
  }

  /** The state of things in a few words: "Live, 8 steps/s", "Reconnecting, 3", "Recorded". */
  get badge(): string {
    if (this.connection === "reconnecting") return `Reconnecting, ${this.attempt}`;
    if (!this.live) return "Recorded";
    if (this.behind > Math.max(12, this.runSpeed ?? 60)) return `${this.behind} steps behind`;
    const goes = this.status === "running" && !this.stepping;
    if (this.seat === "watching") return goes ? "Live, you watch" : "Paused, you watch";
    if (!goes) return "Live, paused";
    const { liveSource } = this;
    if (this.watched) return "Live";
    if (liveSource) return liveSource.state === "receiving" ? "Live" : `Live, ${liveSource.state}`;
    return this.runSpeed === null ? "Live, full speed" : `Live, ${this.runSpeed} steps/s`;
  }

  dismiss(): void {
    this.refusal = null;
  }

  /** A sentence for the reader, until it is taken back with null. */
  protected notice(key: string, text: string | null): void {
    if (text === null) this.troubles.delete(key);
    else this.troubles.set(key, text);
    this.notices = [...new Set(this.troubles.values())];
  }
}
