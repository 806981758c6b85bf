/** Questions to the server that follow what is being typed or dragged. */

import { readable, type MnemoscopeError } from "./errors";

/** Pause after a change before it is asked, ms. */
const SETTLED = 140;

/** Asks after a pause; the way to stop it, which also silences an answer on its way. */
export function debounced<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  took: (answer: T) => void,
  failed: (error: MnemoscopeError) => void,
): () => void {
  const abort = new AbortController();
  const timer = setTimeout(() => {
    ask(abort.signal)
      .then((answer) => {
        if (!abort.signal.aborted) took(answer);
      })
      .catch((reason: unknown) => {
        if (!abort.signal.aborted) failed(readable(reason));
      });
  }, SETTLED);
  return () => {
    clearTimeout(timer);
    abort.abort();
  };
}
