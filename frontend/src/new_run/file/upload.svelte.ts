/** A file on its way to the server: sent, refused, and sent again with what its owner says about it. */

import { size } from "../../draw/ink/format";
import { api, type Api } from "../../server/api";
import { ApiError, readable, type MnemoscopeError } from "../../server/errors";
import type { ImportOptions, Retry, Upload } from "../../wire/wire.gen";

/** What a recording begins with (docs/format.md). */
const MAGIC = [0x89, 0x4d, 0x4e, 0x45, 0x4d, 0x4f];

export class Sending {
  /** The file that is being sent or read. */
  file = $state.raw<File | null>(null);
  /** Bytes of it that have gone out. */
  sent = $state(0);
  error = $state.raw<MnemoscopeError | null>(null);
  /** What of the cure a button can do. */
  readonly retry: Retry | null = $derived(this.error instanceof ApiError ? this.error.retry : null);

  /** The file that was sent last, and what has been said about it so far. */
  private last: File | null = null;
  private said: ImportOptions = {};
  /** It has been read before. */
  private known = false;
  private abort: AbortController | null = null;

  /** `took` hears of what was read; `again`: the same file was read before, and is now read otherwise. A recording is opened. */
  constructor(
    private readonly took: (upload: Upload, name: string, again: boolean) => void,
    private readonly server: Pick<Api, "upload" | "bring"> = api,
    private readonly open: (recording: string) => void = (id) =>
      location.assign(api.url(`s/${encodeURIComponent(id)}`)),
  ) {}

  /** Sends a new file; `limit` is the most bytes that the server takes, null where it is not known. */
  async send(file: File, limit: number | null): Promise<void> {
    this.stop();
    this.forget();
    if (limit !== null && file.size > limit) {
      this.error = new ApiError(
        413,
        "too-large",
        `${file.name} has ${size(file.size)}; this server takes files up to ${size(limit)}.`,
        null,
        "Cut out the part you want, or start the server with a larger limit.",
      );
      return;
    }
    this.last = file;
    await this.go(file, {});
  }

  /** Sends the same file with more options: cures add up until it can be read. */
  async again(more: ImportOptions): Promise<void> {
    const { last } = this;
    if (!last) return;
    this.stop();
    await this.go(last, added(this.said, more));
  }

  stop(): void {
    this.abort?.abort();
  }

  /** Nothing of the file is kept, in the page either. */
  forget(): void {
    this.last = this.error = null;
    this.said = {};
    this.known = false;
  }

  private async go(file: File, options: ImportOptions): Promise<void> {
    const abort = new AbortController();
    this.abort = abort;
    this.file = file;
    this.error = null;
    this.sent = 0;
    const progress = (bytes: number): void => void (this.sent = bytes);
    try {
      if (await isRecording(file)) {
        const { id } = await this.server.bring(file, { signal: abort.signal, progress });
        if (!abort.signal.aborted) this.open(id);
        return;
      }
      const upload = await this.server.upload(file, { signal: abort.signal, progress, options });
      if (abort.signal.aborted) return;
      this.said = options;
      this.took(upload, file.name, this.known);
      this.known = true;
    } catch (reason) {
      if (abort.signal.aborted) return;
      this.said = options;
      this.error = readable(reason);
    } finally {
      if (this.abort === abort) this.file = this.abort = null;
    }
  }
}

/** By what it holds: files are renamed. */
async function isRecording(file: File): Promise<boolean> {
  const head = new Uint8Array(await file.slice(0, MAGIC.length).arrayBuffer());
  return MAGIC.every((byte, n) => head[n] === byte);
}

/** Options with more of them: lists grow, of the others the last word holds. */
export function added(said: ImportOptions, more: ImportOptions): ImportOptions {
  const lists = {
    missing: [...(said.missing ?? []), ...(more.missing ?? [])],
    sentinels: [...(said.sentinels ?? []), ...(more.sentinels ?? [])],
  };
  return { ...said, ...more, ...lists };
}
