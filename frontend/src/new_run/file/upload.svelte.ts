/** A file on its way to the server: sent, refused, and read again by what its owner says about it. */

import { size } from "../../draw/ink/format";
import { api, type Api } from "../../server/api";
import { ApiError, readable, type MnemoscopeError } from "../../server/errors";
import type { ImportOptions, ImportReport, ReadingProgress, Retry, Upload } from "../../wire/wire.gen";
import { added, plain } from "../reading/options";
import { beginningOf } from "./first_look";
import type { FileRecord } from "./records";

/** What a recording begins with (docs/format.md). */
const MAGIC = [0x89, 0x4d, 0x4e, 0x45, 0x4d, 0x4f];
/** How often the server is asked how far a reading is, in milliseconds; short readings are never asked about. */
const ASKED_EVERY = 400;

export class Sending {
  /** What is being sent or read. */
  under = $state.raw<FileRecord | null>(null);
  /** Bytes of it that have gone out. */
  sent = $state(0);
  /** How the beginning of a long file was read, while the whole is on its way or where it is too large to be sent. */
  look = $state.raw<ImportReport | null>(null);
  /** How far the server has read it. */
  progress = $state.raw<ReadingProgress | null>(null);
  /** It lies on the server and is being read by other options. */
  rereading = $state(false);
  error = $state.raw<MnemoscopeError | null>(null);
  /** What of the cure a button can do. */
  readonly retry: Retry | null = $derived(this.error instanceof ApiError ? this.error.retry : null);
  /** What has been said about the file, whether or not it could be read so. */
  said = $state.raw<ImportOptions>({});
  /** How the file was read first: what is asked about it stays asked. */
  found = $state.raw<ImportReport | null>(null);
  /** What had to be said for that, which stays when all else is taken back. */
  basis = $state.raw<ImportOptions>({});
  /** What was sent is a recording, which nothing said about it makes readable. */
  private recorded = $state(false);
  /** A file was chosen that could not be read at all yet. */
  readonly unread = $derived(this.error?.code === "import-failed" && this.found === null && !this.recorded);

  /** What was sent last. */
  last = $state.raw<FileRecord | null>(null);
  /** What is larger than the server takes: it is looked at, and not sent. */
  beyond = $state.raw<FileRecord | null>(null);
  readonly name = $derived((this.last ?? this.beyond)?.name ?? "");
  /** What was read of it. */
  private upload: Upload | null = null;
  private abort: AbortController | null = null;
  /** The most bytes that the server takes, of a file that has more. */
  private limit = 0;

  /** `took` hears of what was read; `again`: the same file was read before, and is now read otherwise. A recording is opened. */
  constructor(
    private readonly took: (upload: Upload, name: string, again: boolean) => void,
    private readonly server: Pick<Api, "upload" | "readAgain" | "readingProgress" | "removeUpload" | "bring"> = api,
    private readonly open: (recording: string) => void = (id) =>
      location.assign(api.url(`s/${encodeURIComponent(id)}`)),
  ) {}

  /** Sends a new file, or the files of one record; `limit` is the most bytes that the server takes, null where it is not known. */
  async send(record: FileRecord, limit: number | null): Promise<void> {
    this.stop();
    this.forget();
    if (limit !== null && record.bytes > limit) {
      this.beyond = record;
      return this.lookAt(record, limit);
    }
    this.last = record;
    await this.go(record, (abort) => this.whole(record, abort));
  }

  /** Reads the same file with more options: cures add up until it can be read. */
  again(more: ImportOptions): Promise<void> {
    return this.read(added(this.said, more));
  }

  /** Reads the same file by these options alone; where that fails, what was read before stays. */
  async read(options: ImportOptions): Promise<void> {
    const { last, upload, beyond } = this;
    if (!last && !beyond) return;
    this.stop();
    this.said = options;
    if (!last) return this.lookAt(beyond!, this.limit);
    if (!upload) return this.go(last, (abort) => this.whole(last, abort));
    this.rereading = true;
    await this.go(null, async (abort) => {
      try {
        this.taken(await this.server.readAgain(upload.id, options, { signal: abort.signal }), last, abort);
      } catch (reason) {
        const gone = reason instanceof ApiError && reason.code === "unknown-upload";
        if (!gone || abort.signal.aborted) throw reason;
        this.under = last; // its time on the server was over
        await this.whole(last, abort);
      }
    });
  }

  stop(): void {
    this.abort?.abort();
  }

  /** Ends what is under way, and forgets what could not be read: what holds is what was read last. */
  dismiss(): void {
    this.stop();
    this.error = null;
    if (this.upload) this.said = plain(this.upload.report.options);
  }

  /** Nothing of the file is kept, in the page either. */
  forget(): void {
    this.last = this.beyond = this.look = this.error = this.found = this.upload = null;
    this.said = this.basis = {};
    this.recorded = false;
  }

  private async go(record: FileRecord | null, work: (abort: AbortController) => Promise<void>): Promise<void> {
    const abort = new AbortController();
    this.abort = abort;
    this.under = record;
    this.error = this.progress = this.look = null;
    this.sent = 0;
    try {
      await work(abort);
    } catch (reason) {
      if (!abort.signal.aborted) this.error = readable(reason);
    } finally {
      if (this.abort === abort) {
        this.under = this.abort = this.look = null;
        this.rereading = false;
      }
    }
  }

  /** Says that a file is too large and what can be done, and shows how its beginning is read. */
  private async lookAt(record: FileRecord, limit: number): Promise<void> {
    const abort = new AbortController();
    [this.abort, this.limit] = [abort, limit];
    this.error = tooLarge(record, limit);
    const [file] = record.files;
    if (file && record.files.length === 1) await this.glance(file, abort.signal, limit);
  }

  /** Sends all of a file. */
  private async whole(record: FileRecord, abort: AbortController): Promise<void> {
    const { signal } = abort;
    const [file] = record.files;
    const progress = (bytes: number): void => void (this.sent = bytes);
    if (file && record.files.length === 1 && (await isRecording(file))) {
      this.recorded = true;
      const { id } = await this.server.bring(file, { signal, progress });
      if (!signal.aborted) this.open(id);
      return;
    }
    if (file && record.files.length === 1) void this.glance(file, signal);
    const watch = anyName();
    const asking = this.follow(watch, record.bytes, signal);
    try {
      const sending = { signal, progress, options: this.said, watch };
      this.taken(await this.server.upload(record.files, sending), record, abort);
    } finally {
      clearInterval(asking);
    }
  }

  /** Reads the beginning of a long file. What goes wrong with it is said of the whole file, soon after. */
  private async glance(file: File, signal: AbortSignal, most = Infinity): Promise<void> {
    const begun = await beginningOf(file, most);
    if (!begun || signal.aborted) return;
    try {
      const { id, report } = await this.server.upload([begun], { signal, options: this.said });
      if (!signal.aborted && (this.under || this.beyond)) this.look = report;
      await this.server.removeUpload(id);
    } catch (reason) {
      if (signal.aborted) return;
      if (this.beyond)
        this.error = readable(reason); // nothing else will say so, and what was seen last stays
      else this.look = null;
    }
  }

  /** Asks how far the reading is, once all was sent. */
  private follow(watch: string, bytes: number, signal: AbortSignal): ReturnType<typeof setInterval> {
    const asking = setInterval(() => {
      if (signal.aborted) clearInterval(asking);
      if (signal.aborted || this.sent < bytes) return;
      this.server.readingProgress(watch, { signal }).then(
        (progress) => {
          if (!signal.aborted && progress.reading) this.progress = progress;
        },
        () => undefined, // the upload itself says what is wrong with the line
      );
    }, ASKED_EVERY);
    return asking;
  }

  private taken(upload: Upload, record: FileRecord, { signal }: AbortController): void {
    if (signal.aborted) return;
    const again = this.upload !== null;
    this.upload = upload;
    if (!this.found) {
      this.found = upload.report;
      this.basis = this.said;
    }
    this.took(upload, record.name, again);
  }
}

function tooLarge(record: FileRecord, limit: number): ApiError {
  const enough = Math.ceil(record.bytes / 1_000_000) * 1_000_000;
  return new ApiError(
    413,
    "too-large",
    `The file ${record.name} has ${size(record.bytes)}; this server takes files up to ${size(limit)}.`,
    null,
    `Cut out the part you want, start the server with MNEMOSCOPE_UPLOAD_BYTES=${enough}, or run the file where it lies: mnemoscope record --signal FILE.`,
  );
}

/** A name that nobody guesses; also where a page over plain HTTP has no `randomUUID`. */
function anyName(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** By what it holds: files are renamed. */
async function isRecording(file: File): Promise<boolean> {
  const head = new Uint8Array(await file.slice(0, MAGIC.length).arrayBuffer());
  return MAGIC.every((byte, n) => head[n] === byte);
}
