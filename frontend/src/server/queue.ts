/** Waiting for a place: ask, and where all places are taken ask again when the server says so, keeping the place in the queue. */
import { ApiError, type Queued } from "./errors";

/**
 * What `ask` comes to. `told` hears every place that one is given, and null once there is one. Ends with an ApiError "cancelled" when
 * `signal` is aborted, and with any other refusal at once.
 */
export async function inTurn<T>(
  ask: (ticket: string | undefined, signal: AbortSignal) => Promise<T>,
  told: (place: Queued | null) => void,
  signal: AbortSignal,
): Promise<T> {
  let ticket: string | undefined;
  for (;;) {
    try {
      const answer = await ask(ticket, signal);
      told(null);
      return answer;
    } catch (error) {
      if (!(error instanceof ApiError) || error.queued === null) {
        told(null);
        throw error;
      }
      ticket = error.queued.ticket || undefined;
      told(error.queued);
      await pause(error.queued.seconds * 1000, signal);
    }
  }
}

/** In words: which place it is, and when the page asks again. */
export function placeInWords({ place, seconds }: Queued): string {
  const ahead = place === 1 ? "You are next in the queue" : `You are number ${place} in the queue`;
  return `All places for runs are taken. ${ahead}; the page asks again every ${seconds} s and starts the run as soon as it can.`;
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done, fail) => {
    const stop = (): void => {
      clearTimeout(timer);
      fail(new ApiError(0, "cancelled", "The request was cancelled."));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      done();
    }, milliseconds);
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
  });
}
