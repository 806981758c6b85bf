/**
 * The transport of an open recording: the same calls whatever leads. At the newest step of a live run the server leads
 * and follows commands; anywhere else the cursor moves through what is held, and the run is left alone.
 */
import type { ClientMessage } from "../wire/wire.gen";
import type { Cursor } from "../view/cursor.svelte";
import { CommandQueue } from "./command_queue";
import { SessionState } from "./session_state.svelte";
import type { Refusal, SessionStatus } from "./session_state.svelte";

/** By then a run has said that it goes at the speed asked for, or somebody else has set another one; ms. */
const ANSWERED_WITHIN = 5000;

export abstract class Transport extends SessionState {
  private readonly queue: CommandQueue;
  /** Steps asked for that have not been commanded yet (Infinity: play), and where those commanded end. */
  private due = 0;
  private goal = 0;
  /** The run's speed that was asked for here and is not confirmed yet. */
  private asked: { speed: number | null; at: number } | null = null;

  /** `apart`: least time between two commands, ms. */
  constructor(cursor: Cursor, apart?: number) {
    super(cursor);
    this.queue = new CommandQueue(
      (message) => this.send(message),
      ({ type }) => this.refused(notConnected(type)),
      apart,
    );
  }

  /** Sends a command to the run; false while there is no connection. */
  protected abstract send(message: ClientMessage): boolean;

  play(): void {
    if (this.leads()) {
      this.backToLive();
      if (this.stepping) this.due = Infinity;
      else if (this.status !== "running") this.command({ type: "play" });
    } else this.cursor.play();
  }

  pause(): void {
    this.due = 0;
    this.goal = 0; // wherever it pauses, the stepping is over
    if (this.live && this.cursor.followLive && (this.stepping || this.status === "running"))
      this.command({ type: "pause" });
    this.cursor.pause();
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  /** Steps on or back. At the newest step of a live run that is paused, "on" computes more. */
  step(count: number): void {
    if (count > 0 && this.leads() && (this.stepping || this.status !== "running")) {
      this.backToLive();
      this.due += count;
      if (!this.stepping) this.compute();
    } else this.cursor.step(count);
  }

  /** Steps per second; Infinity = as fast as possible. At the newest step of a live run this is the run's own speed. */
  setSpeed(speed: number): void {
    this.cursor.speed = speed;
    if (!this.leads()) return;
    this.asked = { speed: speed === Infinity ? null : speed, at: performance.now() };
    this.command({ type: "speed", steps_per_second: this.asked.speed });
  }

  /** The run goes at this speed. What it says of an earlier wish does not turn back the one that is on its way. */
  protected runsAt(speed: number | null): void {
    this.runSpeed = speed;
    const waiting = this.asked && performance.now() - this.asked.at < ANSWERED_WITHIN;
    if (waiting && speed !== this.asked!.speed) return;
    this.asked = null;
    if (this.cursor.followLive) this.cursor.speed = speed ?? Infinity;
  }

  /** The server took no command: the knob stands where the run is. */
  protected refused(refusal: Refusal): void {
    this.stepping = false;
    this.refusal = refusal;
    if (this.asked === null) return;
    this.asked = null;
    this.runsAt(this.runSpeed);
  }

  backToLive(): void {
    this.cursor.backToLive();
    if (this.live) this.runsAt(this.runSpeed);
  }

  /** Ends a live run; what was computed stays. */
  stop(): void {
    this.command({ type: "stop" });
  }

  /** The run has moved: if it has carried out the steps it was sent, send those asked for since. */
  protected advanced(status: SessionStatus, step: number): void {
    if (this.stepping && status === "paused" && step >= this.goal) this.compute();
  }

  protected stopCommands(): void {
    this.queue.stop();
  }

  /** At the newest step of a live run: there the server leads. */
  private leads(): boolean {
    return this.live && (this.cursor.followLive || this.cursor.t >= this.total - 1);
  }

  /** Has the steps that are due computed. The server takes no more of them until it has finished and paused. */
  private compute(): void {
    const playing = this.due === Infinity;
    const count = playing ? 0 : Math.min(this.due, Math.max(0, this.planned - this.total));
    this.due = 0;
    this.stepping = count > 0;
    if (playing) this.command({ type: "play" });
    if (!this.stepping) return;
    this.goal = this.total + count;
    this.command({ type: "step", count });
  }

  private command(message: ClientMessage): void {
    this.refusal = null;
    this.queue.give(message);
  }
}

function notConnected(type: ClientMessage["type"]): Refusal {
  const message = `The command ${type} did not reach the run: there is no connection now.`;
  return { code: "not-connected", message, cure: "Try again when it is back." };
}
