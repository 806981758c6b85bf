/** Recordings of this data folder as the first page lists them: a few, then more as they are asked for, or those that are looked for. */

import type { Api } from "../server/api";
import { readable, type MnemoscopeError } from "../server/errors";
import type { RecordingSummary } from "../wire/wire.gen";

/** Rows at first, and how many more at a time. */
export const FEW = 5;
export const MORE = 50;
/** What the server gives at a time. */
const PART = 200;

export class Recents {
  /** Null until the first answer. */
  rows = $state.raw<readonly RecordingSummary[] | null>(null);
  /** How many there are in all, of those that are looked for. */
  total = $state(0);
  error = $state.raw<MnemoscopeError | null>(null);
  /** What is looked for. */
  query = $state("");
  /** A search is worth its room: there have been more than a few. */
  searchable = $state(false);
  /** Counts questions: a late answer to an old one is not shown. */
  private asked = 0;

  constructor(private readonly server: Pick<Api, "recordings">) {}

  /** How many more the next press shows; 0: all are shown. */
  get more(): number {
    return Math.min(MORE, Math.max(0, this.total - (this.rows?.length ?? 0)));
  }

  /** Asks again for as many as are shown. */
  async refresh(): Promise<void> {
    const limit = Math.max(this.query.trim() ? MORE : FEW, this.rows?.length ?? 0);
    await this.take(limit, null);
  }

  /** Looks for something else, or for everything again. */
  async search(query: string): Promise<void> {
    this.query = query;
    this.rows = this.rows && []; // of another question: as many as at first
    await this.refresh();
  }

  /** Shows the rows that follow. Where the last one is gone, or newer ones came above, the whole list is asked for again. */
  async on(): Promise<void> {
    const before = this.rows?.length ?? 0;
    const last = this.rows?.at(-1);
    if (!last) return;
    await this.take(MORE, last.id);
    if (this.rows?.length === before && (this.error?.code === "list-changed" || this.more))
      await this.take(before + MORE, null);
  }

  /** As it was left: so many rows of what was looked for. */
  async restore(count: number, query: string): Promise<void> {
    this.query = query;
    this.searchable ||= query !== "" || count > FEW;
    await this.take(Math.max(count, FEW), null);
  }

  private async take(limit: number, after: string | null): Promise<void> {
    const asked = ++this.asked;
    try {
      const found = after === null ? [] : [...(this.rows ?? [])];
      const wanted = found.length + limit;
      let [from, total] = [after, 0];
      do {
        const part = Math.min(wanted - found.length, PART);
        const question = { query: this.query.trim(), limit: part, ...(from !== null && { after: from }) };
        const listed = await this.server.recordings(question);
        if (asked !== this.asked) return;
        found.push(...listed.rows);
        total = listed.total;
        from = listed.rows.length < part ? null : (listed.rows.at(-1)?.id ?? null);
      } while (from !== null && found.length < Math.min(wanted, total));
      this.rows = found;
      this.total = total;
      this.searchable ||= total > FEW;
      this.error = null;
    } catch (reason) {
      if (asked === this.asked) this.error = readable(reason);
    }
  }
}
