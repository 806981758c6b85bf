/** A verdict taken apart for whoever shows it. */

import type { VerdictClause, VerdictRow, Verdict } from "../wire/wire.gen";

/** A part of a sentence: a clause leads to its moment, what joins them does not. */
export interface Phrase {
  readonly text: string;
  readonly clause: VerdictClause | null;
}

/** The sentence of one model, with each of its clauses where it stands. */
export function phrasesOf({ ranking, clauses }: Verdict, model: string): Phrase[] {
  const because = ranking.find((row) => row.model === model)?.because ?? "";
  const phrases: Phrase[] = [];
  let at = 0;
  const plain = (until: number): void => {
    if (until > at) phrases.push({ text: because.slice(at, until), clause: null });
  };
  for (const clause of clauses) {
    if (clause.model !== model) continue;
    const start = because.indexOf(clause.text, at);
    if (start < 0) continue;
    plain(start);
    phrases.push({ text: clause.text, clause });
    at = start + clause.text.length;
  }
  plain(because.length);
  return phrases;
}

/** Places from 1 on; those level with the one before share its place. */
export function placesOf(ranking: readonly VerdictRow[]): number[] {
  const places: number[] = [];
  ranking.forEach((row, k) => places.push(row.tied && k > 0 ? places[k - 1]! : k + 1));
  return places;
}
