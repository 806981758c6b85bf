/** Where the list of recordings was left: kept with its entry in the browser's history, so that *back* leads there. */

export interface Place {
  /** Rows that were shown. */
  count: number;
  /** What was looked for. */
  query: string;
  /** Pixels that the page was scrolled down. */
  scroll: number;
  /** The recording that was opened. */
  opened: string | null;
}

/** What an entry of the history holds, null for one without a place. */
export function placeOf(state: unknown): Place | null {
  const place = (state as { list?: Partial<Place> } | null)?.list;
  if (!place || typeof place.count !== "number" || typeof place.query !== "string" || typeof place.scroll !== "number")
    return null;
  return { count: place.count, query: place.query, scroll: place.scroll, opened: place.opened ?? null };
}

/** Keep a place with the entry that is shown now. */
export function keepPlace(place: Place): void {
  history.replaceState({ ...(history.state as object | null), list: place }, "");
}
