/** What the reader cannot decide alone, and what it assumed: each with its other readings, one of which is chosen by one click. */

import type { Guess, ImportOptions, ImportReport } from "../../wire/wire.gen";
import { added, holds, touches, without } from "./options";

export interface Choice {
  readonly label: string;
  readonly chosen: boolean;
  /** What the file is read by when this is chosen. */
  readonly next: ImportOptions;
}

export interface Asked {
  /** "decimal sign", "order of day and month", … */
  readonly what: string;
  readonly why: string;
  readonly choices: readonly Choice[];
  /** Nobody has decided yet. */
  readonly open: boolean;
  /** What its answers are about. */
  readonly about: readonly (keyof ImportOptions)[];
}

type Guesses = Pick<ImportReport, "questions" | "assumptions">;

/** Questions of the file as it was found, then those that came up since; an answered one stays, with what was answered. */
export function questions(found: Guesses, now: Guesses, said: ImportOptions): Asked[] {
  const known = new Set(found.questions.map(({ what }) => what));
  const since = now.questions.filter(({ what }) => !known.has(what));
  return [...found.questions, ...since].map((guess) => asked(guess, said));
}

/** What was taken for granted, with its other readings, but for what a question is about already. */
export function assumptions(found: Guesses, now: Guesses, said: ImportOptions): Asked[] {
  const questioned = new Set(found.questions.map(({ what }) => what));
  return now.assumptions.filter(({ what }) => !questioned.has(what)).map((guess) => asked(guess, said));
}

function asked({ what, chosen, evidence, alternatives }: Guess, said: ImportOptions): Asked {
  const others = alternatives.map(({ options, label }) => ({ label, options: spoken(options) }));
  const answered = others.some(({ options }) => touches(said, options));
  const bare = others.reduce((left, { options }) => without(left, options), said);
  const choices = [
    { label: chosen, chosen: !answered, next: bare },
    ...others.map(({ label, options }) => ({ label, chosen: holds(said, options), next: added(bare, options) })),
  ];
  // of two readings one of which says more than the other, the one that says more was meant
  const best = choices.findLastIndex((choice) => choice.chosen);
  return {
    what,
    why: evidence,
    choices: choices.map((choice, n) => ({ ...choice, chosen: n === best })),
    open: !answered,
    about: [...new Set(others.flatMap(({ options }) => Object.keys(options) as (keyof ImportOptions)[]))],
  };
}

/** Options as they came from the server, which names all of them: those that say something. */
function spoken(options: ImportOptions): ImportOptions {
  return added({}, options);
}
