/** The key of the wheel of a live run, out of the link by which it was given: kept for this tab, and not left in its address. */

const PARAMETER = "drive";

/** The link that gives the wheel away. */
export function drivingLink(address: string, key: string): string {
  const url = new URL(address);
  url.searchParams.set(PARAMETER, key);
  return url.href;
}

/** The key that the address of this page has, or had when it was opened; "" where the run is only watched from here. */
export function heldKey(
  id: string,
  place: Pick<Location, "search" | "pathname" | "hash"> = location,
  past: Pick<History, "state" | "replaceState"> = history,
  kept: Pick<Storage, "getItem" | "setItem"> | null = storage(),
): string {
  const name = `mnemoscope-wheel-${id}`;
  const given = new URLSearchParams(place.search);
  const key = given.get(PARAMETER);
  if (key === null) return kept?.getItem(name) ?? "";
  given.delete(PARAMETER);
  const rest = given.size ? `?${given}` : "";
  past.replaceState(past.state, "", place.pathname + rest + place.hash);
  kept?.setItem(name, key);
  return key;
}

/** Null in a frame that is sandboxed without "allow-same-origin": there the key lasts as long as the page. */
function storage(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}
