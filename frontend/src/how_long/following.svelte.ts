/** A measurement that is followed while it grows, and what can be done to it. */
import type { Api } from "../server/api";
import { ApiError, readable, type MnemoscopeError } from "../server/errors";
import type { Retention } from "../wire/wire.gen";
import { underWay } from "./rows";

/** Of the results that ship. */
export const STANDING = "standing";

const RETRY_MS = 2000;

export class Following {
  measurement = $state.raw<Retention | null>(null);
  error = $state.raw<MnemoscopeError | null>(null);
  /** It is being stopped: the button was pressed. */
  stopping = $state(false);
  private ended: AbortController | null = null;

  constructor(
    private readonly api: Pick<Api, "retention" | "stopRetention" | "retentionAgain">,
    private readonly wait: (ms: number) => Promise<void> = (ms) => new Promise((done) => setTimeout(done, ms)),
  ) {}

  readonly going = $derived(this.measurement !== null && underWay(this.measurement));

  /** Shows this measurement and everything that is added to it; what was followed before is let go. */
  async follow(id: string): Promise<void> {
    this.close();
    const { signal } = (this.ended = new AbortController());
    this.measurement = this.error = null;
    this.stopping = false;
    let after = -1;
    while (!signal.aborted) {
      try {
        const found = await this.api.retention(id, after, { signal });
        if (signal.aborted) return;
        this.measurement = found;
        this.error = null;
        if (!underWay(found)) return;
        after = found.version;
      } catch (reason) {
        if (signal.aborted) return;
        this.error = readable(reason);
        if (!(reason instanceof ApiError && reason.passing)) return;
        await this.wait(RETRY_MS);
      }
    }
  }

  /** Ends the measurement with what it has. */
  async stop(): Promise<void> {
    const { measurement } = this;
    if (!measurement || this.stopping) return;
    this.stopping = true;
    try {
      await this.api.stopRetention(measurement.id);
    } catch (reason) {
      this.error = readable(reason);
      this.stopping = false;
    }
  }

  /** Measures the question once more, where it was stopped or failed, and follows that. */
  async again(): Promise<void> {
    const { measurement } = this;
    if (!measurement || this.going) return;
    try {
      const { id } = await this.api.retentionAgain(measurement.id);
      await this.follow(id);
    } catch (reason) {
      this.error = readable(reason);
    }
  }

  /** Nothing is followed any more. */
  close(): void {
    this.ended?.abort();
  }
}
