/** Files that were chosen together: some are one record in several files, each of the others is a choice of its own. */

import type { FileFormat } from "../../wire/wire.gen";

export interface FileRecord {
  readonly name: string;
  readonly files: readonly File[];
  readonly bytes: number;
}

const parts = (name: string): [stem: string, extension: string] => {
  const at = name.lastIndexOf(".");
  return at > 0 ? [name.slice(0, at), name.slice(at).toLowerCase()] : [name, ""];
};

/** The records among files, in the order in which they were given. */
export function recordsOf(files: readonly File[], formats: readonly FileFormat[]): FileRecord[] {
  const alone = new Set(formats.filter(({ several }) => !several).flatMap(({ extensions }) => extensions));
  // an extension that nothing but a format of several files has, such as that of a header
  const joining = new Set(
    formats.flatMap(({ several, extensions }) => (several ? extensions.filter((one) => !alone.has(one)) : [])),
  );
  const joined = new Set(
    files.map(({ name }) => parts(name)).flatMap(([stem, end]) => (joining.has(end) ? [stem] : [])),
  );
  const groups = new Map<string, File[]>();
  files.forEach((file, n) => {
    const [stem] = parts(file.name);
    const key = joined.has(stem) ? stem : `${n} ${file.name}`;
    groups.set(key, [...(groups.get(key) ?? []), file]);
  });
  return [...groups.values()].map((group) => {
    const head = group.find(({ name }) => joining.has(parts(name)[1])) ?? group[0]!;
    const more = group.length > 1 ? ` with ${group.length - 1} more` : "";
    return { name: head.name + more, files: group, bytes: group.reduce((sum, { size }) => sum + size, 0) };
  });
}
