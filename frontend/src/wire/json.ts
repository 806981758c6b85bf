/** Reading JSON of unknown origin key by key. Every failure is a ManifestError with the path of the key. */
import { ManifestError } from "./errors";

export type Json = Readonly<Record<string, unknown>>;

/** Throws ManifestError: what was wanted at `path`, and what came. */
export function fail(path: string, wanted: string, got: unknown): never {
  const shown = typeof got === "string" ? got : (JSON.stringify(got) ?? "nothing");
  throw new ManifestError(
    "bad-manifest",
    `The manifest does not describe a recording: ${wanted}, got ${shown.slice(0, 120)}.`,
    path,
    "Load the recording again; if it stays so, run `mnemoscope verify` on the file.",
  );
}

export function object(value: unknown, path: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return fail(path, "wanted an object", value);
  return value as Json;
}

export function array(from: Json, key: string, path: string): readonly unknown[] {
  const value = from[key];
  return Array.isArray(value) ? (value as readonly unknown[]) : fail(join(path, key), "wanted a list", value);
}

export function text(from: Json, key: string, path: string): string {
  const value = from[key];
  return typeof value === "string" ? value : fail(join(path, key), "wanted text", value);
}

/** Whether the key is missing or null. */
export function absent(from: Json, key: string): boolean {
  return from[key] === undefined || from[key] === null;
}

export function optionalText(from: Json, key: string, path: string): string | null {
  return absent(from, key) ? null : text(from, key, path);
}

/** A finite number. */
export function real(from: Json, key: string, path: string): number {
  const value = from[key];
  return typeof value === "number" && Number.isFinite(value)
    ? value
    : fail(join(path, key), "wanted a finite number", value);
}

/** A whole number of 0 or more. */
export function count(from: Json, key: string, path: string): number {
  const value = from[key];
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0
    ? value
    : fail(join(path, key), "wanted a whole number of 0 or more", value);
}

/** True or false; false where the key is missing. */
export function flag(from: Json, key: string, path: string): boolean {
  const value = from[key] ?? false;
  return typeof value === "boolean" ? value : fail(join(path, key), "wanted true or false", value);
}

function join(path: string, key: string): string {
  return path ? `${path}.${key}` : key;
}
