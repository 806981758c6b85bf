/** Shares of a model's whole read vector, from those of its heads, as the ledger delivers them. */

import type { LedgerClient } from "./client";
import type { RecordingLog } from "../log";
import { combineHeads } from "../shares";
import type { BankSpec } from "../../wire/manifest";

/** Bytes of rows combined from several heads that are held; those of single heads stay in the ledger's own cache. */
const MAX_BYTES = 12 << 20;

export class ShareCache {
  private readonly combined = new Map<string, Float64Array>();
  private bytes = 0;
  private readonly asked = new Map<string, number>();
  private readonly latest = new Map<number, Float64Array>();
  /** The one read head that is looked at, of models where not all are. */
  private readonly only = new Map<number, number>();

  constructor(
    private readonly log: RecordingLog,
    private readonly ledger: LedgerClient,
    private readonly bankOf: (stream: number) => BankSpec,
  ) {}

  /** Row [t + 2] if every head is known; otherwise the missing ones are asked for and null is returned. */
  at(stream: number, t: number, asker: string): Float64Array | null {
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
      this.ledger.shares(stream, bank.name, head, t, asker).then(done, done);
    }
    return null;
  }

  /**
   * Row of step t, or while it is being computed the last one that was shown, so that a playing run does not blink.
   * A row knows its own step: row.length − 2.
   */
  now(stream: number, t: number): Float64Array | null {
    const row = this.at(stream, t, "now");
    if (row) this.latest.set(stream, row);
    return row ?? this.latest.get(stream) ?? null;
  }

  /** Shares [t + 2] in the read vectors of the heads looked at, side by side (combineHeads), if every row is there. */
  peek(stream: number, t: number): Float64Array | null {
    const bank = this.bankOf(stream);
    const key = `${stream}/${bank.name}/${this.only.get(stream) ?? "all"}/${t}`;
    const known = this.combined.get(key);
    if (known) return known;
    const rows: Float64Array[] = [];
    for (const head of this.headsOf(stream)) {
      const row = this.ledger.peek({ kind: "shares", stream, bank: bank.name, index: head, t });
      if (!row) return null;
      rows.push(row);
    }
    if (rows.length === 1) return rows[0]!;
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

  /** Have the shares of steps first … until (excluded) computed in the background, for the lag view. */
  sweep(stream: number, first: number, until: number): void {
    const bank = this.bankOf(stream);
    for (const head of this.headsOf(stream)) this.ledger.fill(stream, bank.name, head, first, until);
  }

  stopSweep(stream: number): void {
    const bank = this.bankOf(stream);
    for (let head = 0; head < heads(bank); head++) this.ledger.stopFill(stream, bank.name, head);
  }

  /** Look at one read head of a model, or with null at all of them. */
  look(stream: number, head: number | null): void {
    this.stopSweep(stream);
    if (head === null || head >= heads(this.bankOf(stream))) this.only.delete(stream);
    else this.only.set(stream, head);
    this.forget(stream);
  }

  /** The read head looked at; null: all of them. */
  head(stream: number): number | null {
    return this.only.get(stream) ?? null;
  }

  private headsOf(stream: number): number[] {
    const one = this.only.get(stream);
    return one === undefined ? Array.from({ length: heads(this.bankOf(stream)) }, (_, head) => head) : [one];
  }

  /** Nothing shown is of use any more, when another bank of the model is looked at. */
  forget(stream: number): void {
    this.latest.delete(stream);
  }
}

export function heads(bank: BankSpec): number {
  return bank.readHeads;
}
