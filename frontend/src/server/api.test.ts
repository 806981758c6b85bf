import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Api } from "./api";
import { ApiError, readable } from "./errors";

function answering(status: number, body: string | object, seen: [string, RequestInit | undefined][] = []): Api {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return new Api({
    base: "https://host.example/memory/",
    fetch: (input, init) => {
      seen.push([String(input), init]);
      return Promise.resolve(new Response(status === 204 ? null : text, { status }));
    },
  });
}

async function failure(waiting: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await waiting.then(
    () => null,
    (error: unknown) => error,
  );
  if (error instanceof ApiError) return error;
  throw new Error(`wanted an ApiError, got ${String(error)}`);
}

describe("the server's interface", () => {
  it("is found under any path prefix", async () => {
    const seen: [string, RequestInit | undefined][] = [];
    const api = answering(200, [], seen);
    await api.gallery();
    await api.recordings({ query: "odd beat&x=1" });
    await api.rename("a/b", "New");
    expect(seen.map(([url]) => url)).toEqual([
      "https://host.example/memory/api/gallery",
      "https://host.example/memory/api/recordings?query=odd+beat%26x%3D1",
      "https://host.example/memory/api/recordings/a%2Fb",
    ]);
    expect(seen[2]![1]).toMatchObject({ method: "PATCH", body: '{"title":"New"}' });
    expect(api.socketUrl("x")).toBe("wss://host.example/memory/ws/x");
    expect(api.fileUrl("x")).toBe("https://host.example/memory/api/recordings/x/file");
    expect(api.exportUrl("x")).toBe("https://host.example/memory/api/recordings/x/export.html");
    expect(api.exportUrl("x", true)).toBe("https://host.example/memory/api/recordings/x/export.html?engines=true");
  });

  it("is the one the server describes, endpoint by endpoint", async () => {
    const contract = JSON.parse(readFileSync(new URL("../wire/openapi.json", import.meta.url), "utf8")) as {
      paths: Record<string, Record<string, unknown>>;
    };
    const described = Object.entries(contract.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{\w+\}/g, "7")}`),
    );
    const seen: [string, RequestInit | undefined][] = [];
    const api = answering(200, "{}", seen);
    await api.status();
    await api.models();
    await api.tasks();
    await api.planTask("7", { options: {}, steps: null, seed: 0 });
    await api.gallery();
    await api.recordings({ query: "x" });
    await api.recording("7");
    await api.rename("7", "x");
    await api.share("7", { first: 3 });
    await api.remove("7");
    await api.study();
    await api.verdict("7");
    await api.measureRetention({} as never);
    await api.retention("7");
    await api.retentionAgain("7");
    await api.stopRetention("7");
    await api.recordDelay("7", 40);
    await api.planFit({} as never);
    await api.beginFit({} as never);
    await api.fit("7");
    await api.stopFit("7");
    await api.removeFit("7");
    await api.bridge("x", 7);
    await api.lens("7", 0, 7, "sensitivity");
    await api.moves("7", 0, [1, 2], 7);
    await api.engine("7", 7);
    await api.chunk("7", 7);
    await api.suggestWindow("7", { channel: 0 });
    await api.suggestLength({ kind: "heartbeat" });
    await api.shippedSeries();
    await api.shippedFile("7");
    await api.previewUpload("7", { channel: 0 } as never);
    await api.readAgain("7", {});
    await api.readingProgress("7");
    await api.removeUpload("7");
    await api.formats();
    await api.signals();
    await api.previewSignal({ kind: "sines" } as never);
    await api.createSession({} as never);
    await api.stopSession("7");
    await api.feeding("7");
    await api.wheel("7");
    await api.giveWheel("7");
    await api.takeWheel("7");
    const asked = seen.map(
      ([url, init]) => `${init!.method} ${url.replace("https://host.example/memory", "").replace(/\?.*/, "")}`,
    );
    asked.push(
      "POST /api/uploads",
      "POST /api/recordings",
      // for programs: the page keeps no list of fits, and lets measurements expire
      "GET /api/fits",
      "DELETE /api/retention/7",
      // for senders of a live source
      "POST /api/sessions/7/samples",
      ...[api.fileUrl("7"), api.pictureUrl("7"), api.exportUrl("7"), api.fitUrl("7")].map(
        (url) => `GET ${new URL(url).pathname.slice(7)}`,
      ),
    );
    expect(asked.sort()).toEqual(described.sort());
  });

  it("changes only what it is asked to change, and shares only the steps asked for", async () => {
    const seen: [string, RequestInit | undefined][] = [];
    const made = { id: "n", first: 64, stop: 128, note: null };
    const api = answering(200, made, seen);
    await api.change("7", { expires: null });
    expect(await api.share("7", { first: 70, stop: 90, strip_signal: true })).toEqual(made);
    expect(seen.map(([, init]) => init!.body)).toEqual([
      '{"expires":null}',
      '{"first":70,"stop":90,"strip_signal":true}',
    ]);
  });

  it("hands on what, where and the cure of a refusal, and what of it a button can do", async () => {
    const retry = { label: "Treat “x” as missing", options: { missing: ["x"] } };
    const error = { code: "import-failed", message: "x is not a number", where: "row 7", cure: "Correct it.", retry };
    expect(await failure(answering(422, { error }).status())).toMatchObject({ ...error, status: 422, passing: false });
  });

  it("makes sense of answers that are no JSON", async () => {
    expect(await failure(answering(502, "<html>Bad gateway</html>").models())).toMatchObject({
      code: "refused",
      status: 502,
      passing: true,
    });
    expect(await failure(answering(200, "<html>").models())).toMatchObject({ code: "unreadable" });
    expect(await failure(answering(500, '{"error":7}').models())).toMatchObject({ code: "refused" });
  });

  it("distinguishes an unreachable server from a cancelled request", async () => {
    const gone = new Api({ base: "http://x/", fetch: () => Promise.reject(new TypeError("Failed to fetch")) });
    expect(await failure(gone.status())).toMatchObject({ code: "unreachable", status: 0, passing: true });
    const abort = new AbortController();
    const slow = new Api({
      base: "http://x/",
      fetch: (_, init) =>
        new Promise((_, reject) => {
          init!.signal!.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
        }),
    });
    const waiting = failure(slow.status({ signal: abort.signal }));
    abort.abort();
    expect(await waiting).toMatchObject({ code: "cancelled" });
  });

  it("gives chunks as bytes", async () => {
    expect([...(await answering(200, "abc").chunk("x", 3))]).toEqual([97, 98, 99]);
  });
});

describe("an upload", () => {
  class FakeRequest {
    upload: { onprogress: ((event: { loaded: number }) => void) | null } = { onprogress: null };
    onload: (() => void) | null = null;
    onerror: (() => void) | null = null;
    onabort: (() => void) | null = null;
    status = 0;
    responseText = "";
    opened: string[] = [];
    open(...args: string[]): void {
      this.opened = args;
    }
    send(): void {
      this.upload.onprogress!({ loaded: 3 });
    }
    abort(): void {
      this.onabort!();
    }
  }

  function uploading(): { request: FakeRequest; sent: number[]; answer: Promise<unknown>; abort: AbortController } {
    const request = new FakeRequest();
    const sent: number[] = [];
    const abort = new AbortController();
    const api = new Api({ base: "http://x/p/", xhr: () => request as unknown as XMLHttpRequest });
    const answer = api.upload([new File(["a,b"], "x.csv")], { progress: (n) => sent.push(n), signal: abort.signal });
    return { request, sent, answer, abort };
  }

  it("reports progress and gives the report", async () => {
    const { request, sent, answer } = uploading();
    expect(request.opened).toEqual(["POST", "http://x/p/api/uploads"]);
    request.status = 200;
    request.responseText = '{"id":"u1","report":{}}';
    request.onload!();
    expect(await answer).toEqual({ id: "u1", report: {} });
    expect(sent).toEqual([3]);
  });

  it("of a recording goes to the recordings", async () => {
    const request = new FakeRequest();
    const api = new Api({ base: "http://x/p/", xhr: () => request as unknown as XMLHttpRequest });
    const answer = api.bring(new File(["x"], "x.mnemo"));
    expect(request.opened).toEqual(["POST", "http://x/p/api/recordings"]);
    request.status = 201;
    request.responseText = '{"id":"r1"}';
    request.onload!();
    expect(await answer).toEqual({ id: "r1" });
  });

  it("fails by name: refused, broken, cancelled", async () => {
    const refused = uploading();
    refused.request.status = 413;
    refused.request.responseText = '{"error":{"code":"too-large","message":"m","where":null,"cure":"c"}}';
    refused.request.onload!();
    expect(await failure(refused.answer)).toMatchObject({ code: "too-large", status: 413 });
    const broken = uploading();
    broken.request.onerror!();
    expect(await failure(broken.answer)).toMatchObject({ code: "unreachable" });
    const cancelled = uploading();
    cancelled.abort.abort();
    expect(await failure(cancelled.answer)).toMatchObject({ code: "cancelled" });
  });
});

describe("any other error", () => {
  it("becomes one that can be read", () => {
    expect(readable(new TypeError("x is undefined"))).toMatchObject({ code: "unexpected", cure: "Reload the page." });
    const own = new ApiError(404, "unknown-recording", "No such recording.");
    expect(readable(own)).toBe(own);
  });
});
