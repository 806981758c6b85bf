/**
 * Memory that the page and its worker read together, so that a long recording is there once and not twice.
 *
 * A browser grants it only to pages that are isolated from others (COOP and COEP, which this server sends). In a frame on
 * another site, in a file opened from disk or over plain HTTP it does not: there the worker is given a copy.
 */

/** The same bytes in memory that can be shared, or, where that is not granted, as they are. */
export function shareable(bytes: Uint8Array): Uint8Array {
  if (!globalThis.crossOriginIsolated || isShared(bytes)) return bytes;
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  shared.set(bytes);
  return shared;
}

/** Whether these bytes may be handed to a worker as they are. */
export function isShared(bytes: Uint8Array | Float32Array): boolean {
  return typeof SharedArrayBuffer !== "undefined" && bytes.buffer instanceof SharedArrayBuffer;
}
