/** What is said about how a file is read: added to, taken back, compared. What is not said is found out by the reader. */

import type { ImportOptions } from "../../wire/wire.gen";

/** Options that grow by what is added; of the others the last word holds. */
const LISTS = ["missing", "sentinels", "text_columns"] as const;
const DEFAULTS: ImportOptions = { ragged: "refuse", infinite: "refuse" };

type Key = keyof ImportOptions;

const keysOf = (options: ImportOptions): Key[] => Object.keys(options) as Key[];
const isList = (key: Key): key is (typeof LISTS)[number] => (LISTS as readonly Key[]).includes(key);

/** Without what says nothing: null, empty lists, defaults. An empty `time` says that there is none. */
export function plain(options: ImportOptions): ImportOptions {
  return Object.fromEntries(
    Object.entries(options).filter(
      ([key, value]) =>
        value !== null &&
        value !== undefined &&
        value !== DEFAULTS[key as Key] &&
        !(isList(key as Key) && (value as unknown[]).length === 0),
    ),
  );
}

/** Options with more of them: lists grow. */
export function added(said: ImportOptions, more: ImportOptions): ImportOptions {
  const lists = LISTS.map((key) => [key, [...new Set([...(said[key] ?? []), ...(more[key] ?? [])])]] as const);
  return plain({ ...said, ...more, ...Object.fromEntries(lists) });
}

/** Options with others in the place of those of the same name; null takes one back. */
export function changed(said: ImportOptions, to: ImportOptions): ImportOptions {
  return plain({ ...said, ...to });
}

/** Options without what `taken` says. */
export function without(said: ImportOptions, taken: ImportOptions): ImportOptions {
  const left: ImportOptions = { ...said };
  for (const key of keysOf(taken)) {
    if (isList(key)) {
      const gone: readonly (string | number)[] = taken[key] ?? [];
      Object.assign(left, { [key]: (left[key] ?? []).filter((one) => !gone.includes(one)) });
    } else delete left[key];
  }
  return plain(left);
}

/** Whether `said` says all that `some` does. */
export function holds(said: ImportOptions, some: ImportOptions): boolean {
  return keysOf(some).every((key) => {
    const [ours, theirs] = [said[key], some[key]];
    if (isList(key)) return (theirs as unknown[]).every((one) => ((ours ?? []) as unknown[]).includes(one));
    return JSON.stringify(ours ?? null) === JSON.stringify(theirs ?? null);
  });
}

/** Whether both say something about the same thing. */
export function touches(said: ImportOptions, other: ImportOptions): boolean {
  return keysOf(plain(other)).some((key) => plain(said)[key] !== undefined);
}
