/**
 * The key of the wheel of a live run, out of the link by which it was given: kept for this tab, and not left in its address. It stands
 * behind `#`, which no server and no proxy is told.
 */

const NAME = "drive";
const PART = `${NAME}=`;

/** The link that gives the wheel away. */
export function drivingLink(address: string, key: string): string {
  const url = new URL(address);
  url.hash = [...partsOf(url.hash), PART + encodeURIComponent(key)].join("&");
  return url.href;
}

/** Whether an address gives the wheel, by what stands behind its `#`. */
export function givesWheel(hash: string): boolean {
  return partsOf(hash).some((part) => part.startsWith(PART));
}

/**
 * The key that the address of this page has, or had when it was opened; "" where the run is only watched from here. Links of the first
 * days have it behind `?`.
 */
export function heldKey(
  id: string,
  place: Pick<Location, "search" | "pathname" | "hash"> = location,
  past: Pick<History, "state" | "replaceState"> = history,
  kept: Pick<Storage, "getItem" | "setItem"> | null = storage(),
): string {
  const name = `mnemoscope-wheel-${id}`;
  const query = new URLSearchParams(place.search);
  const parts = partsOf(place.hash);
  const given = parts.find((part) => part.startsWith(PART));
  const key = given === undefined ? query.get(NAME) : decode(given.slice(PART.length));
  if (key === null) return kept?.getItem(name) ?? "";
  query.delete(NAME);
  const view = parts.filter((part) => !part.startsWith(PART)).join("&");
  past.replaceState(past.state, "", place.pathname + (query.size ? `?${query}` : "") + (view && `#${view}`));
  kept?.setItem(name, key);
  return key;
}

function partsOf(hash: string): string[] {
  return hash
    .replace(/^#/, "")
    .split("&")
    .filter((part) => part !== "");
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a broken %-sequence: it opens nothing
  }
}

/** Null in a frame that is sandboxed without "allow-same-origin": there the key lasts as long as the page. */
function storage(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}
