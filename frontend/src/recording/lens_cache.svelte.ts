/**
 * Lenses on where an output comes from. Mechanism is the ledger, computed here; the other two need the model, so a worker of the
 * server is asked, one question at a time, about what is looked at now; its answers are cached.
 */
import { ApiError, readable } from "../server/errors";
import type { MnemoscopeError } from "../server/errors";
import type { LensName, ModelLens } from "../view/vocabulary";

/** How much the output of a step depended on the input of each step first … t. */
export interface LensRow {
  readonly first: number;
  readonly values: readonly number[];
}

export type Looker = (stream: number, step: number, lens: ModelLens) => Promise<LensRow>;

interface Question {
  readonly key: string;
  readonly lens: ModelLens;
  readonly stream: number;
  readonly t: number;
}

/** Rows held; each has some hundred numbers. */
const MAX_ROWS = 400;

export class LensCache {
  /** Grows with every answer, so that what shows them is made again. */
  answers = $state(0);
  private readonly known = new Map<string, Float64Array | MnemoscopeError>();
  private wanted: Question[] = [];
  private asking = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    /** Null: no server has the models, as in a page that was opened from disk. */
    private readonly look: Looker | null,
    /** A playhead that rests this long is asked about, ms. */
    private readonly patience = 150,
    /** A step that is not in the file yet is asked about again after this time, ms. */
    private readonly again = 700,
  ) {}

  /** Whether there is more than the mechanism. */
  get offered(): boolean {
    return this.look !== null;
  }

  /** Have these steps looked at, first things first; what was wanted before and has not been begun is not any more. */
  want(lens: LensName, steps: readonly { readonly stream: number; readonly t: number }[]): void {
    clearTimeout(this.timer);
    this.wanted = [];
    if (lens === "mechanism" || !this.look) return;
    for (const { stream, t } of steps) {
      const key = `${lens}/${stream}/${t}`;
      const known = this.known.get(key);
      if (known instanceof ApiError && known.passing) this.known.delete(key);
      if (!this.known.has(key)) this.wanted.push({ key, lens, stream, t });
    }
    if (this.wanted.length) this.timer = setTimeout(() => void this.go(), this.patience);
  }

  /**
   * How far the inputs of steps 0 … t move the output of step t, as the model's own numbers count, so that models can be compared: a row
   * [t + 2] in the ledger's layout (the first, for the initial content, is 0; so are steps too far back to be looked at). Null while it
   * is not known.
   */
  moves(lens: LensName, stream: number, t: number): Float64Array | null {
    const known = this.known.get(`${lens}/${stream}/${t}`);
    return known instanceof Float64Array ? known : null;
  }

  /** Why this cannot be looked at. */
  refusal(lens: LensName, stream: number, t: number): MnemoscopeError | null {
    const known = this.known.get(`${lens}/${stream}/${t}`);
    return known === undefined || known instanceof Float64Array ? null : known;
  }

  close(): void {
    clearTimeout(this.timer);
    this.wanted = [];
  }

  private async go(): Promise<void> {
    if (this.asking || !this.look) return;
    this.asking = true;
    for (let question; (question = this.wanted.shift());) {
      const { key, lens, stream, t } = question;
      try {
        this.keep(key, rowOf(await this.look(stream, t, lens), t));
      } catch (error) {
        const shown = readable(error);
        if (shown.code === "not-yet" && this.wanted.every((other) => other.t === t)) {
          this.wanted.push(question); // a live run: its last steps are on their way to the file
          await new Promise((done) => setTimeout(done, this.again));
          continue;
        }
        this.keep(key, shown);
      }
      this.answers++;
    }
    this.asking = false;
  }

  private keep(key: string, what: Float64Array | MnemoscopeError): void {
    this.known.set(key, what);
    for (const oldest of this.known.keys()) {
      if (this.known.size <= MAX_ROWS) break;
      this.known.delete(oldest);
    }
  }
}

function rowOf({ first, values }: LensRow, t: number): Float64Array {
  const out = new Float64Array(t + 2);
  out.set(values, first + 1);
  return out;
}
