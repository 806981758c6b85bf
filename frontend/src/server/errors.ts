/** Errors as the page shows them: what, where, what to do. */
import { MnemoscopeError } from "../wire/errors";
import type { Retry } from "../wire/wire.gen";

export { MnemoscopeError } from "../wire/errors";

/** A place in the server's queue for runs. */
export interface Queued {
  /** 1 = the next. */
  readonly place: number;
  /** What to show when asking again, which keeps the place. */
  readonly ticket: string;
  /** After how many seconds to ask again. */
  readonly seconds: number;
}

/** The server refused a request, or could not be reached (`status` 0, code "unreachable"). */
export class ApiError extends MnemoscopeError {
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** What of the cure can be done at the press of a button. */
  readonly retry: Retry | null;
  /** Where it was refused since all places are taken. */
  readonly queued: Queued | null;

  constructor(
    status: number,
    code: string,
    message: string,
    where: string | null = null,
    cure: string | null = null,
    retry: Retry | null = null,
    queued: Queued | null = null,
  ) {
    super(code, message, where, cure);
    this.status = status;
    this.retry = retry;
    this.queued = queued;
  }

  /** Whether the same request may succeed a little later. */
  get passing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** Anything thrown, as an error a person can read. Errors of ours come back as they are. */
export function readable(error: unknown): MnemoscopeError {
  if (error instanceof MnemoscopeError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new MnemoscopeError("unexpected", `Something went wrong in the page: ${message}`, null, "Reload the page.");
}
