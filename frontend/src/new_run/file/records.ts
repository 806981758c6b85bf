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

/** Extensions that nothing but a format of several files has, such as that of a header. */
function joinedBy(formats: readonly FileFormat[]): Set<string> {
  const alone = new Set(formats.filter(({ several }) => !several).flatMap(({ extensions }) => extensions));
  return new Set(
    formats.flatMap(({ several, extensions }) => (several ? extensions.filter((one) => !alone.has(one)) : [])),
  );
}

/** Bytes of a header: a longer file is none. */
const HEADER = 1 << 20;

/**
 * Which files, and which names without their extension, stand at the beginning of a line of a header among them: samples that are
 * called otherwise than it, and the segments of a record. Each with the name of that header without its extension.
 */
export async function namedByHeaders(
  files: readonly File[],
  formats: readonly FileFormat[],
): Promise<ReadonlyMap<string, string>> {
  const joining = joinedBy(formats);
  const given = new Set(files.flatMap(({ name }) => [name, parts(name)[0]]));
  const found = new Map<string, string>();
  for (const file of files) {
    const [stem, end] = parts(file.name);
    if (!joining.has(end) || file.size > HEADER) continue;
    for (const line of (await file.text()).split("\n")) {
      const [first = ""] = line.trim().split(/\s+/);
      if (first !== stem && given.has(first)) found.set(first, stem);
    }
  }
  return found;
}

/** The records among files, in the order in which they were given; `named` by headers. */
export function recordsOf(
  files: readonly File[],
  formats: readonly FileFormat[],
  named: ReadonlyMap<string, string> = new Map(),
): FileRecord[] {
  const joining = joinedBy(formats);
  const joined = new Set(
    files.map(({ name }) => parts(name)).flatMap(([stem, end]) => (joining.has(end) ? [stem] : [])),
  );
  const groups = new Map<string, File[]>();
  files.forEach((file, n) => {
    const [stem] = parts(file.name);
    const own = joined.has(stem) ? stem : `${n} ${file.name}`;
    let key = named.get(file.name) ?? named.get(stem) ?? own;
    key = named.get(key) ?? key; // the samples of a segment belong where the segment does
    groups.set(key, [...(groups.get(key) ?? []), file]);
  });
  return [...groups].map(([key, group]) => {
    const heads = group.filter(({ name }) => joining.has(parts(name)[1]));
    const head = heads.find(({ name }) => parts(name)[0] === key) ?? heads[0] ?? group[0]!;
    const more = group.length > 1 ? ` with ${group.length - 1} more` : "";
    return { name: head.name + more, files: group, bytes: group.reduce((sum, { size }) => sum + size, 0) };
  });
}
