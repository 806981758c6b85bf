/** Questions to the server that follow what is being typed or dragged. */

import { backoff } from "./backoff";
import { ApiError, readable, type MnemoscopeError } from "./errors";

/** Pause after a change before it is asked, ms. */
const SETTLED = 140;
/** The first pause before it is asked again is the third of `backoff`, a second: nobody waits for a typed question as for a chunk. */
const UNHURRIED = 2;

/**
 * Asks after a pause, and again after longer and longer ones while the server is away or busy (`failed` is told each time, `again`
 * true); the way to stop it, which also silences an answer on its way.
 */
export function debounced<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  took: (answer: T) => void,
  failed: (error: MnemoscopeError, again: boolean) => void,
): () => void {
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout>;
  function askIn(pause: number, tries: number): void {
    timer = setTimeout(() => {
      ask(abort.signal)
        .then((answer) => {
          if (!abort.signal.aborted) took(answer);
        })
        .catch((reason: unknown) => {
          if (abort.signal.aborted) return;
          const again = reason instanceof ApiError && reason.passing;
          if (again) askIn(backoff(tries + UNHURRIED), tries + 1);
          failed(readable(reason), again); // which may stop it
        });
    }, pause);
  }
  askIn(SETTLED, 1);
  return () => {
    clearTimeout(timer);
    abort.abort();
  };
}
