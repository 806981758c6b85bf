/**
 * How far blanking a stretch of the input moves the answers after it. The model has to run again for that, so a worker of the server is
 * asked, once for all later steps of a run that has ended; the playhead then goes through the answer.
 */
import { ApiError, readable } from "../server/errors";
import type { MnemoscopeError } from "../server/errors";

type Span = readonly [first: number, last: number];

/** Moves of the answers of steps first … until, [until + 1 − first]. */
export type Blanker = (stream: number, range: Span, until: number) => Promise<readonly number[]>;

interface Known {
  readonly until: number;
  readonly found: readonly number[] | MnemoscopeError;
}

export class StretchMoves {
  private known = $state.raw<ReadonlyMap<string, Known>>(new Map());
  private wanted: { stream: number; range: Span; until: number }[] = [];
  private asking = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    /** Null: no server has the models, as in a page that was opened from disk. */
    private readonly blank: Blanker | null,
    /** A selection that rests this long is asked about, ms: not every one that a drag passes. */
    private readonly patience = 250,
  ) {}

  /** Whether anybody can run the models again. */
  get offered(): boolean {
    return this.blank !== null;
  }

  /** Have it known up to a step; what was wanted before and has not been begun is not any more. */
  want(streams: readonly number[], range: Span, until: number): void {
    clearTimeout(this.timer);
    this.wanted = [];
    if (!this.blank || until < range[1]) return;
    for (const stream of streams) {
      const before = this.known.get(name(stream, range));
      const passing = before?.found instanceof ApiError && before.found.passing;
      if (!before || before.until < until || passing) this.wanted.push({ stream, range, until });
    }
    if (this.wanted.length) this.timer = setTimeout(() => void this.go(), this.patience);
  }

  /** How far the answer of step t moves, as the model counts; null while it is not known. */
  at(stream: number, range: Span, t: number): number | null {
    const found = this.known.get(name(stream, range))?.found;
    return Array.isArray(found) ? ((found as number[])[t - range[0]] ?? null) : null;
  }

  /** Why it cannot be known. */
  refusal(stream: number, range: Span): MnemoscopeError | null {
    const found = this.known.get(name(stream, range))?.found;
    return found === undefined || Array.isArray(found) ? null : (found as MnemoscopeError);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.wanted = [];
  }

  private async go(): Promise<void> {
    if (this.asking || !this.blank) return;
    this.asking = true;
    for (let question; (question = this.wanted.shift());) {
      const { stream, range, until } = question;
      const found = await this.blank(stream, range, until).catch(readable);
      this.known = new Map(this.known).set(name(stream, range), { until, found });
    }
    this.asking = false;
  }
}

function name(stream: number, [first, last]: Span): string {
  return `${stream}/${first}-${last}`;
}
