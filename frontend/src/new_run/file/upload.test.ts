import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../../server/errors";
import type { Brought, ImportOptions, ReadingProgress, Upload } from "../../wire/wire.gen";
import type { FileRecord } from "./records";
import { Sending } from "./upload.svelte";

const READ = { id: "u1", report: { options: {} } } as unknown as Upload;
const BROUGHT: Brought = { id: "r1", title: "run", known: false, notes: [] };
const one = (file: File): FileRecord => ({ name: file.name, files: [file], bytes: file.size });
const FILE = one(new File(["a,b"], "x.csv"));

/** A server that answers in turn; an error is a refusal. */
function sending(...answers: (Upload | Error)[]) {
  const asked: (ImportOptions | undefined)[] = [];
  /** Uploads that were read again instead of being sent. */
  const again: string[] = [];
  const watched: string[] = [];
  const removed: string[] = [];
  const took: [string, string, boolean][] = [];
  const server = {
    upload: (_: readonly File[], more?: { options?: ImportOptions }): Promise<Upload> => {
      asked.push(more?.options);
      const answer = answers.shift()!;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    readAgain: (id: string, options: ImportOptions): Promise<Upload> => {
      again.push(id);
      return server.upload([], { options });
    },
    readingProgress: (watch: string): Promise<ReadingProgress> => {
      watched.push(watch);
      return Promise.resolve({ reading: true, rows: 7, bytes: 3 });
    },
    removeUpload: (id: string): Promise<void> => {
      removed.push(id);
      return Promise.resolve();
    },
    bring: ({ name }: File): Promise<Brought> =>
      name === "broken.mnemo" ? Promise.reject(new ApiError(422, "import-failed", "no")) : Promise.resolve(BROUGHT),
  };
  const opened: string[] = [];
  const way = new Sending(
    (upload, name, again) => took.push([upload.id, name, again]),
    server,
    (id) => opened.push(id),
  );
  return { asked, again, took, opened, watched, removed, way };
}

function refused(label: string, options: ImportOptions): ApiError {
  return new ApiError(422, "import-failed", "no", "line 3", "Correct it.", { label, options });
}

describe("a file on its way", () => {
  it("is opened where it is a recording, whatever it is called, and read as a signal where it is none", async () => {
    const magic = new Uint8Array([0x89, 0x4d, 0x4e, 0x45, 0x4d, 0x4f, 13, 10, 1]);
    const { asked, took, opened, way } = sending(READ);
    await way.send(one(new File([magic], "renamed.csv")), null);
    expect([opened, asked, took]).toEqual([["r1"], [], []]);
    await way.send(one(new File([magic], "broken.mnemo")), null);
    expect([way.error?.message, way.unread]).toEqual(["no", false]); // nothing to be set about how it is read
    await way.send(one(new File(["t,v"], "text.mnemo")), null);
    expect([opened, took]).toEqual([["r1"], [["u1", "text.mnemo", false]]]);
    await way.send(one(new File([magic], "broken.mnemo")), null);
    expect(way.error?.message).toBe("no");
    expect(opened).toEqual(["r1"]);
  });

  it("is sent again with one cure after the other until it can be read", async () => {
    const { asked, again, took, way } = sending(
      refused("Treat “x” as missing", { missing: ["x"] }),
      refused("Treat “y” as missing", { missing: ["y"] }),
      refused("Skip such rows", { ragged: "skip" }),
      READ,
    );
    await way.send(FILE, null);
    while (way.retry) await way.again(way.retry.options);
    expect(asked).toEqual([{}, { missing: ["x"] }, { missing: ["x", "y"] }, { missing: ["x", "y"], ragged: "skip" }]);
    expect(again).toEqual([]);
    expect(took).toEqual([["u1", "x.csv", false]]);
    expect([way.error, way.under]).toEqual([null, null]);
  });

  it("is read again where it lies once it was read, and a new file begins anew", async () => {
    const { asked, again, took, way } = sending(READ, READ, READ);
    await way.send(FILE, null);
    await way.again({ sentinels: [-999] });
    await way.send(FILE, null);
    expect(took.map(([, , again]) => again)).toEqual([false, true, false]);
    expect(asked).toEqual([{}, { sentinels: [-999] }, {}]);
    expect(again).toEqual(["u1"]);
    expect(way.said).toEqual({});
  });

  it("keeps what was read last where it cannot be read otherwise, and what was tried until it is dismissed", async () => {
    const { took, way } = sending(READ, refused("Skip such rows", { ragged: "skip" }));
    await way.send(FILE, null);
    await way.read({ delimiter: ";" });
    expect(took).toHaveLength(1);
    expect(way.error?.message).toBe("no");
    expect([way.said, way.unread]).toEqual([{ delimiter: ";" }, false]);
    way.dismiss();
    expect([way.error, way.said]).toEqual([null, {}]);
  });

  it("goes back to what had to be said for it to be read at all", async () => {
    const { asked, way } = sending(refused("Skip such rows", { ragged: "skip" }), READ, READ, READ);
    await way.send(FILE, null);
    expect(way.unread).toBe(true);
    await way.again(way.retry!.options);
    await way.read({ ragged: "skip", skip: 2 });
    await way.read(way.basis);
    expect(asked.at(-1)).toEqual({ ragged: "skip" });
  });

  it("is sent again where its time on the server was over", async () => {
    const { asked, again, took, way } = sending(READ, new ApiError(404, "unknown-upload", "no upload"), READ);
    await way.send(FILE, null);
    await way.read({ skip: 1 });
    expect(again).toEqual(["u1"]);
    expect(asked).toEqual([{}, { skip: 1 }, { skip: 1 }]);
    expect(took.map(([, , again]) => again)).toEqual([false, true]);
    expect([way.error, way.rereading]).toEqual([null, false]);
  });

  it("is not sent where it is too large, or where there is none any more", async () => {
    const { asked, way } = sending();
    await way.send(FILE, 2);
    expect(way.error).toMatchObject({ code: "too-large" });
    await way.again({});
    way.forget();
    await way.again({});
    expect(asked).toEqual([]);
    expect(way.error).toBeNull();
  });

  it("is looked at where it is too large, by other options too, and never sent whole", async () => {
    const { asked, took, way, removed } = sending(READ, READ);
    const long = new File(["t,x\n1,2\n".repeat(700_000)], "long.csv");
    await way.send({ name: "long.csv", files: [long], bytes: long.size }, 1 << 20);
    expect(way.error).toMatchObject({ code: "too-large", cure: expect.stringContaining("UPLOAD_BYTES=6000000") });
    expect([way.look, way.name, removed.length]).toEqual([READ.report, "long.csv", 1]);
    await way.read({ decimal: "," });
    expect(asked).toEqual([{}, { decimal: "," }]);
    expect([took, way.under, way.look, way.error?.code]).toEqual([[], null, READ.report, "too-large"]);
    way.forget();
    expect([way.look, way.name, way.error]).toEqual([null, "", null]);
  });

  it("is silent once it was stopped", async () => {
    const { took, way } = sending(READ);
    const waiting = way.send(FILE, null);
    way.stop();
    await waiting;
    expect([took.length, way.under, way.error]).toEqual([0, null, null]);
  });
});

describe("a long reading", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is asked about when all has been sent, until it ends", async () => {
    let end = (_: Upload): void => undefined;
    let told = (_: number): void => undefined;
    const { watched, way } = sending();
    const upload = vi.fn((_: readonly File[], more?: { progress?: (sent: number) => void }) => {
      told = more!.progress!;
      return new Promise<Upload>((done) => (end = done));
    });
    Object.assign(way["server"], { upload });
    const waiting = way.send(FILE, null);
    await vi.advanceTimersByTimeAsync(1000);
    expect(watched).toEqual([]);
    told(FILE.bytes);
    await vi.advanceTimersByTimeAsync(1000);
    expect(watched.length).toBeGreaterThan(1);
    expect(new Set(watched).size).toBe(1);
    expect(way.progress).toEqual({ reading: true, rows: 7, bytes: 3 });
    end(READ);
    await waiting;
    const asked = watched.length;
    await vi.advanceTimersByTimeAsync(2000);
    expect(watched).toHaveLength(asked);
  });

  it("shows how its beginning is read, until all of it is; the beginning is not kept", async () => {
    let end = (_: Upload): void => undefined;
    const { removed, took, way } = sending();
    const sizes: number[] = [];
    const upload = ([file]: readonly File[]): Promise<Upload> => {
      sizes.push(file!.size);
      return sizes.length === 1 ? new Promise((done) => (end = done)) : Promise.resolve({ ...READ, id: "begun" });
    };
    Object.assign(way["server"], { upload });
    vi.useRealTimers();
    const waiting = way.send(one(new File(["1,2\n".repeat(1 << 21)], "long.csv")), null);
    await vi.waitFor(() => expect(removed).toEqual(["begun"]));
    expect(way.look).toEqual(READ.report);
    expect(sizes).toEqual([1 << 23, 1 << 20]);
    expect(took).toEqual([]);
    end(READ);
    await waiting;
    expect([way.look, took]).toEqual([null, [["u1", "long.csv", false]]]);
  });
});
