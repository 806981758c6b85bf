/**
 * Chunks that a worker fetches while it computes. A share may come from any step before; of a long run neither page nor worker holds all
 * chunks, so the worker takes those it comes to from the server, here and now: a worker may wait, a page may not.
 */
import { decodeMessages } from "../../wire/messages";
import { KEYFRAME_EVERY } from "../../wire/manifest";
import { LedgerError } from "../errors";
import type { RecordingLog } from "../log";

/** Gets what an address leads to, and returns when it is there. Throws LedgerError where it cannot be had. */
export type Fetch = (address: string) => Uint8Array;

/** Chunks of one model in the second request of a walk and in its largest: it asks for twice as many every time. */
const START = 2;
const AT_ONCE = 32;

/** From now on chunks that the log does not hold are taken from `address`. */
export function pulling(log: RecordingLog, address: string, fetch: Fetch): void {
  /** By stream: the chunks that came last, and how many of them were asked for. */
  const walks = log.models.map(() => ({ first: -2, last: -2, count: 1 }));
  const take = (what: string): void => {
    // Each in memory of its own: a view would keep all of the answer as long as one chunk of it is held.
    for (const message of decodeMessages(fetch(`${address}/${what}`))) log.append(message.bytes.slice());
  };
  log.models.forEach((model, stream) => {
    const { frame, keyframe } = model.spec;
    // What comes at once must not push out what it came for.
    const most = Math.floor(log.keep / 4 / (KEYFRAME_EVERY * frame.bytes + keyframe.bytes));
    const limit = Math.max(1, Math.min(AT_ONCE, most));
    model.pull = (k) => {
      const walk = walks[stream]!;
      if (k !== walk.first - 1 && k !== walk.last + 1) {
        // A walk begins: all models are asked about next, and the page is fetching the same, for which a browser asks a server once.
        for (const other of walks) Object.assign(other, { first: k, last: k, count: 1 });
        return take(String(k));
      }
      walk.count = Math.min(limit, Math.max(START, 2 * walk.count));
      // Most walk back; who came to the end of what was fetched last goes forward.
      walk.first = k === walk.last + 1 ? k : Math.max(0, k - walk.count + 1);
      walk.last = walk.first === k ? k + walk.count - 1 : k;
      take(`${walk.first}?stream=${stream}&count=${walk.last - walk.first + 1}`);
    };
  });
}

let request: XMLHttpRequest | null = null;

/** By a request that the thread waits for: always the same one, since one that is done holds its answer until it is collected. */
export function fetchNow(address: string): Uint8Array {
  request ??= new XMLHttpRequest();
  request.open("GET", address, false);
  request.responseType = "arraybuffer";
  try {
    request.send();
  } catch {
    throw missing(address, "the server cannot be reached");
  }
  if (request.status !== 200) throw missing(address, `the server answered ${request.status}`);
  return new Uint8Array(request.response as ArrayBuffer);
}

function missing(address: string, why: string): LedgerError {
  return new LedgerError(
    "not-held",
    `Steps that a share may come from have not arrived: ${why}.`,
    address,
    "Try again.",
  );
}
