/** Parts of a page that are loaded when they are wanted (Late.svelte): what has come once is shown at once from then on. */
import type { Component } from "svelte";

/** Loads a part; the same function is the same part. */
export type LatePart<P extends Record<string, unknown>> = () => Promise<{ default: Component<P> }>;

const there = new Map<unknown, unknown>();

/** The part, loaded where it is not there yet. */
export async function loadPart<P extends Record<string, unknown>>(part: LatePart<P>): Promise<Component<P>> {
  const { default: found } = await part();
  there.set(part, found);
  return found;
}

/** The part if it has been loaded. */
export function partThere<P extends Record<string, unknown>>(part: LatePart<P>): Component<P> | undefined {
  return there.get(part) as Component<P> | undefined;
}
