/**
 * A recording inside its own page: the manifest as JSON and the frame messages gzip-compressed and base64-coded, each the
 * text of a `<script>` element with a type that no browser runs; engines as words.ts has it.
 */
import { EmbeddedError } from "./errors";
import { parseManifest } from "./manifest";
import type { Manifest } from "./manifest";
import { fromBase85, joinedWords } from "./words";
import type { Verdict } from "./wire.gen";

/** Ids of the elements; `mnemoscope_viewer.page` writes them. Files made before there were verdicts have none. */
export const MANIFEST_ELEMENT = "mnemoscope-manifest";
export const MESSAGES_ELEMENT = "mnemoscope-messages";
export const VERDICT_ELEMENT = "mnemoscope-verdict";
/** And the number of the stream: its engine, where the page was made with them. */
export const ENGINE_ELEMENT = "mnemoscope-engine-";

/** No recording is this large; a page that says so is broken or means harm. */
const MAX_BYTES = 1 << 30;

export interface Embedded {
  readonly manifest: Manifest;
  /** Wire messages of all streams, one after another. */
  readonly messages: Uint8Array;
  readonly verdict: Verdict | null;
  /** The engine of a stream, unpacked when it is wanted; null where the page does not carry it. */
  readonly engine: (stream: number) => Promise<Uint8Array> | null;
}

/**
 * Reads the recording of an exported page. `textOf` gives the text of the element with an id, null where there is none.
 * Returns null for a page without a recording. Throws EmbeddedError or ManifestError.
 */
export async function readEmbedded(textOf: (id: string) => string | null): Promise<Embedded | null> {
  const manifestText = textOf(MANIFEST_ELEMENT);
  if (manifestText === null) return null;
  const messagesText = textOf(MESSAGES_ELEMENT);
  if (messagesText === null) throw broken("no-messages", `wanted an element ${MESSAGES_ELEMENT}, found none`);
  const verdictText = textOf(VERDICT_ELEMENT);
  return {
    manifest: parseManifest(parseJson(manifestText, "a manifest")),
    messages: await inflate(fromBase64(messagesText)),
    verdict: verdictText === null ? null : (parseJson(verdictText, "a verdict") as Verdict | null),
    engine: (stream) => {
      const text = textOf(`${ENGINE_ELEMENT}${stream}`);
      return text === null ? null : engineOf(text.trim());
    },
  };
}

async function engineOf(text: string): Promise<Uint8Array> {
  const bytes = fromBase85(text);
  if (bytes === null) throw broken("bad-base85", `wanted base 85, got ${text.length} characters that are not`);
  return joinedWords(await inflate(bytes));
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw broken("bad-json", `wanted ${what} in JSON, got: ${String(error)}`);
  }
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  let binary: string;
  try {
    binary = atob(text.trim());
  } catch {
    throw broken("bad-base64", `wanted base64, got ${text.length} characters that are not`);
  }
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      pieces.push(value);
      length += value.byteLength;
      if (length > MAX_BYTES) break;
    }
  } catch (error) {
    throw broken("bad-gzip", `wanted gzip data, got ${bytes.byteLength} bytes that are not whole: ${String(error)}`);
  }
  if (length > MAX_BYTES) {
    void reader.cancel();
    throw broken("too-large", `wanted at most ${MAX_BYTES} bytes, got more`);
  }
  const out = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.byteLength;
  }
  return out;
}

function broken(code: string, what: string): EmbeddedError {
  return new EmbeddedError(
    code,
    `The recording in this page cannot be read: ${what}.`,
    null,
    "The file was probably cut short; export or download it again.",
  );
}
