/** Shares of a model's whole read vector, from those of its heads, as the ledger delivers them. */

import type { LedgerClient } from "./client";
import type { RecordingLog } from "../log";
import { combineHeads, combineSums, headWeights, type Sums } from "../shares";
import type { BankSpec } from "../../wire/manifest";

/** Bytes of rows combined from several heads that are held; those of single heads stay in the ledger's own cache. */
const MAX_BYTES = 12 << 20;

export class ShareCache {
  private readonly combined = new Map<string, Float64Array>();
  private bytes = 0;
  private readonly asked = new Map<string, number>();
  /** Where it is, once it has moved. */
  playhead: number | null = null;
  /** The last row shown of each model, and of which bank and heads it is. */
  private readonly latest = new Map<number, { of: string; row: Float64Array }>();
  /** What is being computed in the background of each model. */
  private readonly swept = new Map<number, { of: string; bank: string; heads: readonly number[] }>();

  constructor(
    private readonly log: RecordingLog,
    private readonly ledger: LedgerClient,
    /** The bank of a model that is looked at. */
    private readonly bankOf: (stream: number) => BankSpec,
    /** The one read head of a model that is looked at; null: all of them. */
    private readonly headOf: (stream: number) => number | null = () => null,
  ) {}

  /** Row [t + 2] if every head is known; otherwise the missing ones are asked for (`whole`: not as sums first) and null is returned. */
  at(stream: number, t: number, asker: string, whole = false): Float64Array | null {
    const known = this.peek(stream, t);
    if (known) return known;
    const bank = this.bankOf(stream);
    for (const head of this.headsOf(stream)) {
      // Painters ask again in every frame; a question that is on its way already is not asked twice.
      const key = `${asker}/${stream}/${bank.name}/${head}`;
      if (this.asked.get(key) === t) continue;
      this.asked.set(key, t);
      const done = (): void => void (this.asked.get(key) === t && this.asked.delete(key));
      // A refused question (a step that was lost meanwhile) leaves no arcs; the lane itself says what failed.
      this.ledger.shares(stream, bank.name, head, t, asker, whole).then(done, done);
    }
    return null;
  }

  /**
   * Row of step t, or while it is being computed the last one that was shown, so that a playing run does not blink.
   * A row knows its own step: row.length − 2. While it plays sums would never be taken apart, and what lies before is held: whole rows
   * are asked for.
   */
  now(stream: number, t: number, playing = false): Float64Array | null {
    const row = this.at(stream, t, "now", playing);
    const of = this.shown(stream);
    if (row) this.latest.set(stream, { of, row });
    const last = this.latest.get(stream);
    return row ?? (last?.of === of ? last.row : null); // of another bank or head nothing is of use any more
  }

  /**
   * As `now`, for words and numbers, which may be behind the playhead: of a step that it has left they show what is known. Were that step
   * asked about, it would take the place of the one that everybody waits for.
   */
  said(stream: number, t: number): Float64Array | null {
    if (t === (this.playhead ?? t)) return this.now(stream, t);
    const last = this.latest.get(stream);
    return this.peek(stream, t) ?? (last?.of === this.shown(stream) ? last.row : null);
  }
  /** Shares [t + 2] in the read vectors of the heads looked at, side by side (combineHeads), if every row is there. */
  peek(stream: number, t: number): Float64Array | null {
    const bank = this.bankOf(stream);
    const key = `${stream}/${this.shown(stream)}/${t}`;
    const known = this.combined.get(key);
    if (known) return known;
    const rows: Float64Array[] = [];
    for (const head of this.headsOf(stream)) {
      const row = this.ledger.peek({ kind: "shares", stream, bank: bank.name, index: head, t });
      if (!row) return null;
      rows.push(row);
    }
    if (rows.length === 1) return rows[0]!;
    if (!this.log.model(stream).hasStep(t)) return null; // the worker, which fetches for itself, may be ahead of the page
    const row = combineHeads(this.log.model(stream).memory(bank.name), rows, t);
    this.combined.set(key, row);
    this.bytes += row.byteLength;
    for (const [oldest, old] of this.combined) {
      if (this.bytes <= MAX_BYTES || old === row) break;
      this.combined.delete(oldest);
      this.bytes -= old.byteLength;
    }
    return row;
  }

  /**
   * The shares of step t as far as they are known while they are computed, with sums where single ones are not; null where there is
   * nothing yet, or all of it. The step has to be held.
   */
  sums(stream: number, t: number): Sums | null {
    const bank = this.bankOf(stream);
    const rows: Sums[] = [];
    for (const head of this.headsOf(stream)) {
      const question = { kind: "shares", stream, bank: bank.name, index: head, t } as const;
      const row = this.ledger.peek(question);
      const known = row ? { row, blocks: [] } : this.ledger.sums(question);
      if (!known) return null;
      rows.push(known);
    }
    if (!rows.some(({ blocks }) => blocks.length > 0)) return null;
    if (rows.length === 1) return rows[0]!;
    const key = `${stream}/${this.shown(stream)}/${t}`;
    if (this.summed?.key !== key || this.summed.rows.some((row, k) => row !== rows[k])) {
      const weights = headWeights(this.log.model(stream).memory(bank.name), t, rows.length);
      this.summed = { key, rows, sums: combineSums(rows, weights) };
    }
    return this.summed.sums;
  }
  private summed: { key: string; rows: readonly Sums[]; sums: Sums } | null = null;

  /** Have the shares of steps first … until (excluded) computed in the background, for the lag view. */
  sweep(stream: number, first: number, until: number): void {
    const of = this.shown(stream);
    if (this.swept.get(stream)?.of !== of) this.stopSweep(stream);
    const now = this.swept.get(stream) ?? { of, bank: this.bankOf(stream).name, heads: this.headsOf(stream) };
    this.swept.set(stream, now);
    for (const head of now.heads) this.ledger.fill(stream, now.bank, head, first, until);
  }

  stopSweep(stream: number): void {
    const swept = this.swept.get(stream);
    if (!swept) return;
    this.swept.delete(stream);
    for (const head of swept.heads) this.ledger.stopFill(stream, swept.bank, head);
  }

  /** The read head looked at; null: all of them. */
  head(stream: number): number | null {
    const head = this.headOf(stream);
    return head !== null && head < heads(this.bankOf(stream)) ? head : null;
  }

  /** Names the bank and the heads that are looked at. */
  shown(stream: number): string {
    return `${this.bankOf(stream).name}/${this.head(stream) ?? "all"}`;
  }

  private headsOf(stream: number): number[] {
    const one = this.head(stream);
    return one === null ? Array.from({ length: heads(this.bankOf(stream)) }, (_, head) => head) : [one];
  }
}

export function heads(bank: BankSpec): number {
  return bank.readHeads;
}
