import { describe, expect, it } from "vitest";
import { ApiError } from "../../server/errors";
import type { Brought, ImportOptions, Upload } from "../../wire/wire.gen";
import { added, Sending } from "./upload.svelte";

const READ = { id: "u1", report: {} } as Upload;
const BROUGHT: Brought = { id: "r1", title: "run", known: false, notes: [] };
const FILE = new File(["a,b"], "x.csv");

/** A server that answers in turn; an error is a refusal. */
function sending(...answers: (Upload | Error)[]) {
  const asked: (ImportOptions | undefined)[] = [];
  const took: [string, string, boolean][] = [];
  const server = {
    upload: (_: File, more?: { options?: ImportOptions }): Promise<Upload> => {
      asked.push(more?.options);
      const answer = answers.shift()!;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
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
  return { asked, took, opened, way };
}

function refused(label: string, options: ImportOptions): ApiError {
  return new ApiError(422, "import-failed", "no", "line 3", "Correct it.", { label, options });
}

describe("a file on its way", () => {
  it("is opened where it is a recording, whatever it is called, and read as a signal where it is none", async () => {
    const magic = new Uint8Array([0x89, 0x4d, 0x4e, 0x45, 0x4d, 0x4f, 13, 10, 1]);
    const { asked, took, opened, way } = sending(READ);
    await way.send(new File([magic], "renamed.csv"), null);
    expect([opened, asked, took]).toEqual([["r1"], [], []]);
    await way.send(new File(["t,v"], "text.mnemo"), null);
    expect([opened, took]).toEqual([["r1"], [["u1", "text.mnemo", false]]]);
    await way.send(new File([magic], "broken.mnemo"), null);
    expect(way.error?.message).toBe("no");
    expect(opened).toEqual(["r1"]);
  });

  it("is sent again with one cure after the other until it can be read", async () => {
    const { asked, took, way } = sending(
      refused("Treat “x” as missing", { missing: ["x"] }),
      refused("Treat “y” as missing", { missing: ["y"] }),
      refused("Skip such rows", { ragged: "skip" }),
      READ,
    );
    await way.send(FILE, null);
    while (way.retry) await way.again(way.retry.options);
    expect(asked).toEqual([
      {},
      { missing: ["x"], sentinels: [] },
      { missing: ["x", "y"], sentinels: [] },
      { missing: ["x", "y"], sentinels: [], ragged: "skip" },
    ]);
    expect(took).toEqual([["u1", "x.csv", false]]);
    expect([way.error, way.file]).toEqual([null, null]);
  });

  it("is known once it was read, and a new file begins anew", async () => {
    const { asked, took, way } = sending(READ, READ, READ);
    await way.send(FILE, null);
    await way.again({ sentinels: [-999] });
    await way.send(FILE, null);
    expect(took.map(([, , again]) => again)).toEqual([false, true, false]);
    expect(asked).toEqual([{}, { missing: [], sentinels: [-999] }, {}]);
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

  it("is silent once it was stopped", async () => {
    const { took, way } = sending(READ);
    const waiting = way.send(FILE, null);
    way.stop();
    await waiting;
    expect([took.length, way.file, way.error]).toEqual([0, null, null]);
  });

  it("adds lists and lets the last word hold", () => {
    const said = added({ missing: ["x"], ragged: "refuse" }, { missing: ["y"], ragged: "skip", header: false });
    expect(said).toEqual({ missing: ["x", "y"], sentinels: [], ragged: "skip", header: false });
  });
});
