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

/** Chunks in the first request of a walk and in its largest: it asks for twice as many every time. */
const START = 2;
const AT_ONCE = 32;

/** From now on chunks that the log does not hold are taken from `address`. */
export function pulling(log: RecordingLog, address: string, fetch: Fetch): void {
  for (const model of log.models) {
    const { frame, keyframe } = model.spec;
    // What comes at once must not push out what it came for.
    const most = Math.floor(log.keep / 4 / (KEYFRAME_EVERY * frame.bytes + keyframe.bytes));
    const limit = Math.max(1, Math.min(AT_ONCE, most));
    let [first, last, count] = [-2, -2, START];
    model.pull = (k) => {
      const goesOn = k === first - 1 || k === last + 1;
      count = Math.min(limit, goesOn ? 2 * count : START);
      // Most walk back; who came to the end of what was fetched last goes forward.
      first = goesOn && k === last + 1 ? k : Math.max(0, k - count + 1);
      last = first === k ? k + count - 1 : k;
      const bytes = fetch(`${address}/${first}?stream=${model.spec.stream}&count=${last - first + 1}`);
      // Each in memory of its own: a view would keep all of the answer as long as one chunk of it is held.
      for (const message of decodeMessages(bytes)) log.append(message.bytes.slice());
    };
  }
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
