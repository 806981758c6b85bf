/**
 * The server's HTTP interface, one typed function per endpoint. Addresses are relative to the page's base, so the same
 * bundle works under any path prefix. Every failure is an ApiError.
 */
import type {
  BridgeReport,
  Brought,
  Change,
  DelayRecording,
  ErrorBody,
  Fit,
  FitPlan,
  FitPlanRequest,
  FitRequest,
  GalleryEntry,
  Feeding,
  FileFormat,
  Generator,
  ImportOptions,
  LensRow,
  Moves,
  ModelCard,
  MadeQuestion,
  Preview,
  PreviewRequest,
  ReadingProgress,
  RecordingDetail,
  RecordingSummary,
  Retention,
  RetentionCreated,
  RetentionRequest,
  SessionCreated,
  SessionRequest,
  ShareCreated,
  ShareRequest,
  ShippedSeries,
  SignalPreview,
  SignalPreviewRequest,
  Status,
  Study,
  TaskCard,
  TaskPlan,
  TaskPlanRequest,
  Upload,
  WheelGiven,
  Suggestion,
  WindowQuestion,
} from "../wire/wire.gen";
import type { Verdict } from "../wire/wire.gen";
import { ApiError, type Queued } from "./errors";

export interface ApiOptions {
  /** Address the paths are relative to; by default the document's. */
  readonly base?: string;
  readonly fetch?: typeof fetch;
  /** Makes the request object of an upload (fetch cannot report its progress). */
  readonly xhr?: () => XMLHttpRequest;
}

interface Call {
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A part of the list of recordings. */
export interface Listed {
  readonly rows: readonly RecordingSummary[];
  /** How many there are in all. */
  readonly total: number;
}

interface Sending extends Call {
  /** Hears the bytes sent so far. */
  readonly progress?: (sent: number) => void;
}

export class Api {
  constructor(private readonly options: ApiOptions = {}) {}

  /** Absolute address of a path of this server. */
  url(path: string): string {
    return new URL(path, this.options.base ?? document.baseURI).href;
  }

  /** Address of the socket of a recording. */
  socketUrl(id: string): string {
    const url = new URL(this.url(`ws/${encodeURIComponent(id)}`));
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    return url.href;
  }

  status(call?: Call): Promise<Status> {
    return this.json("GET", "api/status", undefined, call);
  }

  models(call?: Call): Promise<ModelCard[]> {
    return this.json("GET", "api/models", undefined, call);
  }

  /** What models can be asked to do on this server, with the ranges of its options. */
  tasks(call?: Call): Promise<TaskCard[]> {
    return this.json("GET", "api/tasks", undefined, call);
  }

  /** Steps and events of a run of a task, before it is asked for. */
  planTask(name: string, question: TaskPlanRequest, call?: Call): Promise<TaskPlan> {
    return this.json("POST", `api/tasks/${encodeURIComponent(name)}/plan`, question, call);
  }

  gallery(call?: Call): Promise<GalleryEntry[]> {
    return this.json("GET", "api/gallery", undefined, call);
  }

  /** Recordings of the data folder, newest first; `query` searches titles, tasks and models; `after`: those that follow that one. */
  async recordings(
    { query = "", limit, after }: { query?: string; limit?: number; after?: string } = {},
    call?: Call,
  ): Promise<Listed> {
    const asked = new URLSearchParams();
    if (query) asked.set("query", query);
    if (limit !== undefined) asked.set("limit", String(limit));
    if (after !== undefined) asked.set("after", after);
    const question = asked.size ? `?${asked}` : "";
    const response = await this.send("GET", `api/recordings${question}`, undefined, call);
    const rows = await this.parsed<RecordingSummary[]>(response);
    return { rows, total: Number(response.headers.get("x-total-count") ?? rows.length) };
  }

  recording(id: string, call?: Call): Promise<RecordingDetail> {
    return this.json("GET", `api/recordings/${encodeURIComponent(id)}`, undefined, call);
  }

  /** What a recording answers: its models ranked, and why. */
  verdict(id: string, call?: Call): Promise<Verdict> {
    return this.json("GET", `api/recordings/${encodeURIComponent(id)}/verdict`, undefined, call);
  }

  /** New title, visibility or expiry; what is left out stays as it is. */
  async change(id: string, change: Change, call?: Call): Promise<void> {
    await this.send("PATCH", `api/recordings/${encodeURIComponent(id)}`, change, call);
  }

  rename(id: string, title: string, call?: Call): Promise<void> {
    return this.change(id, { title }, call);
  }

  /** Makes a copy of some steps that nothing changes any more, with a link of its own. */
  share(id: string, request: ShareRequest, call?: Call): Promise<ShareCreated> {
    return this.json("POST", `api/recordings/${encodeURIComponent(id)}/share`, request, call);
  }

  async remove(id: string, call?: Call): Promise<void> {
    await this.send("DELETE", `api/recordings/${encodeURIComponent(id)}`, undefined, call);
  }

  /** Address of the chunks of a recording, without "/number". */
  chunksUrl(id: string): string {
    return this.url(`api/recordings/${encodeURIComponent(id)}/chunks`);
  }

  /** The frame messages of steps 64·n … 64·n + 63 of all models, as far as they exist. */
  async chunk(id: string, n: number, call?: Call): Promise<Uint8Array> {
    const response = await this.send("GET", `api/recordings/${encodeURIComponent(id)}/chunks/${n}`, undefined, call);
    return new Uint8Array(await this.body(response.arrayBuffer()));
  }

  /** The engine of a model with its weights (engine/package.ts), to run it in this page. */
  async engine(id: string, stream: number, call?: Call): Promise<Uint8Array> {
    const response = await this.send(
      "GET",
      `api/recordings/${encodeURIComponent(id)}/engine/${stream}`,
      undefined,
      call,
    );
    return new Uint8Array(await this.body(response.arrayBuffer()));
  }

  /** Address of the recording as a .mnemo file. */
  fileUrl(id: string): string {
    return this.url(`api/recordings/${encodeURIComponent(id)}/file`);
  }

  /** Address of a picture of the recording, as messengers show it beside a link. */
  pictureUrl(id: string): string {
    return this.url(`api/recordings/${encodeURIComponent(id)}/picture.png`);
  }

  /** Address of the recording as one page that opens from disk; with `engines` it can run the models again. */
  exportUrl(id: string, engines = false): string {
    return this.url(`api/recordings/${encodeURIComponent(id)}/export.html${engines ? "?engines=true" : ""}`);
  }

  /**
   * Sends a file with a signal, or the files of one record; `options` say how to read it where that was not found out,
   * `watch` is a name to ask for the progress of the reading by.
   */
  upload(
    files: readonly File[],
    { options, watch, ...sending }: Sending & { options?: ImportOptions; watch?: string } = {},
  ): Promise<Upload> {
    const form = new FormData();
    for (const file of files) form.append("file", file, file.name);
    if (options) form.append("options", JSON.stringify(options));
    if (watch !== undefined) form.append("watch", watch);
    return this.post("api/uploads", form, sending);
  }

  /** Which part of a channel to look at first. */
  suggestWindow(id: string, request: WindowQuestion, call?: Call): Promise<Suggestion> {
    return this.json("POST", `api/uploads/${encodeURIComponent(id)}/suggestion`, request, call);
  }

  /** How long to run a generated signal, and with what options. */
  suggestLength(request: MadeQuestion, call?: Call): Promise<Suggestion> {
    return this.json("POST", "api/signals/suggestion", request, call);
  }

  /** Measured series that come with the program. */
  shippedSeries(call?: Call): Promise<ShippedSeries[]> {
    return this.json("GET", "api/signals/files", undefined, call);
  }

  /** One of those as a file, to be sent as one's own. */
  async shippedFile(name: string, call?: Call): Promise<File> {
    const answer = await this.send("GET", `api/signals/files/${encodeURIComponent(name)}`, undefined, call);
    return new File([await answer.blob()], `${name}.csv`, { type: "text/csv" });
  }

  /** How far a file is that is being read, by the name it was sent with. */
  readingProgress(watch: string, call?: Call): Promise<ReadingProgress> {
    return this.json("GET", `api/uploads/progress/${encodeURIComponent(watch)}`, undefined, call);
  }

  /** Sends a recording; it opens under the id of the answer. */
  bring(file: File, sending: Sending = {}): Promise<Brought> {
    const form = new FormData();
    form.append("file", file, file.name);
    return this.post("api/recordings", form, sending);
  }

  private post<T>(path: string, form: FormData, { signal, progress }: Sending): Promise<T> {
    return new Promise((resolve, reject) => {
      const request = this.options.xhr?.() ?? new XMLHttpRequest();
      request.open("POST", this.url(path));
      request.upload.onprogress = (event) => progress?.(event.loaded);
      request.onload = () => {
        if (request.status >= 400) reject(refused(request.status, request.responseText));
        else {
          try {
            resolve(JSON.parse(request.responseText) as T);
          } catch {
            reject(unreadable(request.status));
          }
        }
      };
      request.onerror = () => reject(unreachable("The connection broke while the file was being sent."));
      request.onabort = () => reject(new ApiError(0, "cancelled", "The upload was cancelled."));
      signal?.addEventListener("abort", () => request.abort());
      if (signal?.aborted) reject(new ApiError(0, "cancelled", "The upload was cancelled."));
      else request.send(form);
    });
  }

  previewUpload(id: string, request: PreviewRequest, call?: Call): Promise<Preview> {
    return this.json("POST", `api/uploads/${encodeURIComponent(id)}/preview`, request, call);
  }

  /** Reads a file that was sent before by other options; the answer is an upload of its own. */
  readAgain(id: string, options: ImportOptions, call?: Call): Promise<Upload> {
    return this.json("POST", `api/uploads/${encodeURIComponent(id)}/readings`, options, call);
  }

  /** Deletes a file and what was read of it; recordings made from it stay. */
  async removeUpload(id: string, call?: Call): Promise<void> {
    await this.send("DELETE", `api/uploads/${encodeURIComponent(id)}`, undefined, call);
  }

  /** Kinds of files that can be brought, for a picker. */
  formats(call?: Call): Promise<FileFormat[]> {
    return this.json("GET", "api/formats", undefined, call);
  }

  /** The kinds of signals that can be generated, with their parameters. */
  signals(call?: Call): Promise<Generator[]> {
    return this.json("GET", "api/signals", undefined, call);
  }

  previewSignal(request: SignalPreviewRequest, call?: Call): Promise<SignalPreview> {
    return this.json("POST", "api/signals/preview", request, call);
  }

  /** What the output of one step depended on, from the model itself; a worker runs it again for that. */
  lens(id: string, stream: number, step: number, lens: LensRow["lens"], call?: Call): Promise<LensRow> {
    const question = `stream=${stream}&step=${step}&lens=${lens}`;
    return this.json("GET", `api/recordings/${encodeURIComponent(id)}/lens?${question}`, undefined, call);
  }

  /** How far blanking a stretch of the input would have moved each later answer; a worker runs the model again for that. */
  moves(
    id: string,
    stream: number,
    [first, last]: readonly [number, number],
    until: number,
    call?: Call,
  ): Promise<Moves> {
    const question = `stream=${stream}&first=${first}&last=${last}&until=${until}`;
    return this.json("GET", `api/recordings/${encodeURIComponent(id)}/moves?${question}`, undefined, call);
  }

  /** How exactly a Transformer's checkpoint and the stateless DNC of its weights agree, measured by a worker. */
  bridge(model: string, seed: number, call?: Call): Promise<BridgeReport> {
    return this.json("GET", `api/bridge?model=${encodeURIComponent(model)}&seed=${seed}`, undefined, call);
  }

  /** Begins to measure how long a signal is remembered; the same question has the same id. */
  measureRetention(request: RetentionRequest, call?: Call): Promise<RetentionCreated> {
    return this.json("POST", "api/retention", request, call);
  }

  /** A measurement of that; with `after` ≥ 0 the answer comes when it is newer than this version. */
  retention(id: string, after = -1, call?: Call): Promise<Retention> {
    const query = after >= 0 ? `?after=${after}` : "";
    return this.json("GET", `api/retention/${encodeURIComponent(id)}${query}`, undefined, call);
  }

  /** Ends a measurement with what it has. */
  async stopRetention(id: string, call?: Call): Promise<void> {
    await this.send("POST", `api/retention/${encodeURIComponent(id)}/stop`, undefined, call);
  }

  /** Measures the question of one that was stopped or failed once more. */
  retentionAgain(id: string, call?: Call): Promise<RetentionCreated> {
    return this.json("POST", `api/retention/${encodeURIComponent(id)}/again`, undefined, call);
  }

  /** The recording of one delay of a measurement; it is made where there is none yet. */
  recordDelay(id: string, delay: number, call?: Call): Promise<DelayRecording> {
    return this.json("POST", `api/retention/${encodeURIComponent(id)}/recordings`, { delay }, call);
  }

  /** What was measured with several seeds. */
  study(call?: Call): Promise<Study> {
    return this.json("GET", "api/study", undefined, call);
  }

  /** How a series would be split for a fit, and what the baselines reach where training will stop. */
  planFit(request: FitPlanRequest, call?: Call): Promise<FitPlan> {
    return this.json("POST", "api/fits/plan", request, call);
  }

  beginFit(request: FitRequest, call?: Call): Promise<Fit> {
    return this.json("POST", "api/fits", request, call);
  }

  /** One's own fits, newest first. */
  fits(): Promise<Fit[]> {
    return this.json("GET", "api/fits", undefined);
  }

  /** A fit; with `since`, as soon as it has more than so many looks, or after some seconds. */
  fit(id: string, since?: number, call?: Call): Promise<Fit> {
    const question = since === undefined ? "" : `?since=${since}`;
    return this.json("GET", `api/fits/${encodeURIComponent(id)}${question}`, undefined, call);
  }

  /** Ends a training; the best so far becomes the result. */
  async stopFit(id: string, call?: Call): Promise<void> {
    await this.send("POST", `api/fits/${encodeURIComponent(id)}/stop`, undefined, call);
  }

  /** Deletes a fit with its checkpoint; recordings made with it stay. */
  async removeFit(id: string, call?: Call): Promise<void> {
    await this.send("DELETE", `api/fits/${encodeURIComponent(id)}`, undefined, call);
  }

  /** Address of a fitted checkpoint as a ZIP. */
  fitUrl(id: string): string {
    return this.url(`api/fits/${encodeURIComponent(id)}/checkpoint.zip`);
  }

  /** Begins a run; refused with a place in the queue where all are taken. `ticket` keeps the place of the last time. */
  createSession(
    request: SessionRequest,
    { ticket, ...call }: Call & { ticket?: string } = {},
  ): Promise<SessionCreated> {
    return this.json("POST", "api/sessions", request, {
      ...call,
      ...(ticket && { headers: { "queue-ticket": ticket } }),
    });
  }

  /** How to feed a session on a live source; refused to who may not. */
  feeding(id: string, call?: Call): Promise<Feeding> {
    return this.json("GET", `api/sessions/${encodeURIComponent(id)}/samples`, undefined, call);
  }

  /** The key by which others drive a live run; null: it is given to nobody. */
  async wheel(id: string, call?: Call): Promise<string | null> {
    return (await this.json<WheelGiven>("GET", `api/sessions/${encodeURIComponent(id)}/wheel`, undefined, call)).key;
  }

  async giveWheel(id: string, call?: Call): Promise<string | null> {
    return (await this.json<WheelGiven>("POST", `api/sessions/${encodeURIComponent(id)}/wheel`, undefined, call)).key;
  }

  async takeWheel(id: string, call?: Call): Promise<void> {
    await this.send("DELETE", `api/sessions/${encodeURIComponent(id)}/wheel`, undefined, call);
  }

  /** Ends a session; what it computed stays as a recording. */
  async stopSession(id: string, call?: Call): Promise<void> {
    await this.send("DELETE", `api/sessions/${encodeURIComponent(id)}`, undefined, call);
  }

  private async json<T>(method: string, path: string, body: unknown, call?: Call): Promise<T> {
    return this.parsed(await this.send(method, path, body, call));
  }

  private async parsed<T>(response: Response): Promise<T> {
    const text = await this.body(response.text());
    try {
      return JSON.parse(text) as T;
    } catch {
      throw unreadable(response.status);
    }
  }

  private async send(method: string, path: string, body: unknown, { signal, headers }: Call = {}): Promise<Response> {
    const go = this.options.fetch ?? fetch;
    const init: RequestInit = { method, ...(signal && { signal }), ...(headers && { headers }) };
    if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers = { "content-type": "application/json", ...headers };
    }
    const response = await this.body(go(this.url(path), init));
    if (response.ok) return response;
    throw refused(response.status, await response.text().catch(() => ""), queued(response.headers));
  }

  /** Waits for something of the network; its failures become ApiErrors. */
  private async body<T>(waiting: Promise<T>): Promise<T> {
    try {
      return await waiting;
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") {
        throw new ApiError(0, "cancelled", "The request was cancelled.");
      }
      throw unreachable(error instanceof Error ? error.message : String(error));
    }
  }
}

/** The server this page came from. */
export const api = new Api();

function queued(headers: Headers): Queued | null {
  const place = Number(headers.get("queue-place"));
  if (!place) return null;
  return { place, ticket: headers.get("queue-ticket") ?? "", seconds: Number(headers.get("retry-after")) || 10 };
}

function refused(status: number, text: string, queued: Queued | null = null): ApiError {
  try {
    const { error } = JSON.parse(text) as Partial<ErrorBody>;
    if (error && typeof error.code === "string" && typeof error.message === "string") {
      return new ApiError(
        status,
        error.code,
        error.message,
        error.where ?? null,
        error.cure ?? null,
        error.retry ?? null,
        queued,
      );
    }
  } catch {
    // Not JSON: a proxy between us and the server answered. Its status is all there is to report.
  }
  return new ApiError(
    status,
    "refused",
    `The server answered with status ${status} and no reason.`,
    null,
    status >= 500 ? "Try again; if it stays so, look at the server's log." : "Reload the page.",
  );
}

function unreadable(status: number): ApiError {
  return new ApiError(
    status,
    "unreadable",
    "The server's answer is not JSON.",
    null,
    "Is something between you and it?",
  );
}

function unreachable(reason: string): ApiError {
  return new ApiError(0, "unreachable", `The server cannot be reached: ${reason}`, null, "Is it running? Try again.");
}
