/** The kinds of files that the server reads, as a file chooser and a person need them. */

import type { FileFormat } from "../wire/wire.gen";

/** What a file chooser shows: all that can be read here, and recordings. */
export function accepted(formats: readonly FileFormat[]): string {
  const known = formats.filter(({ available }) => available).flatMap(({ extensions }) => extensions);
  return formats.length ? [...new Set([...known, ".mnemo"])].join(",") : "";
}

/** What can be read here, in words; "" while it is not known. */
export function readableHere(formats: readonly FileFormat[]): string {
  return formats
    .filter(({ available }) => available)
    .map(({ label }) => label)
    .join("; ");
}

/** The first word of each kind that can be read here: "CSV, EDF, WFDB, WAV, NumPy …"; "" while it is not known. */
export function namesHere(formats: readonly FileFormat[]): string {
  const names = formats.filter(({ available }) => available).map(({ label }) => /^[.\w]+/.exec(label)?.[0] ?? label);
  return names.filter((name) => name !== "any").join(", ");
}

/** What could be read if it were installed: a kind and the command for it. */
export function installable(formats: readonly FileFormat[]): { readonly label: string; readonly install: string }[] {
  return formats.flatMap(({ label, install }) => (install === null ? [] : [{ label, install }]));
}
