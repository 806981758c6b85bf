import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { ENGINE_ELEMENT, MANIFEST_ELEMENT, MESSAGES_ELEMENT, readEmbedded } from "./embedded";
import { decodeMessages } from "./messages";
import { makeLog } from "./testlog";

const made = makeLog(100, [{ slots: 5, width: 3 }]);
const joined = Buffer.concat(made.messages);
const packed = gzipSync(joined).toString("base64");

const page =
  (manifest: string | null, messages: string | null) =>
  (id: string): string | null =>
    id === MANIFEST_ELEMENT ? manifest : id === MESSAGES_ELEMENT ? messages : null;

describe("an exported page", () => {
  it("holds the manifest and all messages", async () => {
    const found = await readEmbedded(page(JSON.stringify(made.raw), `\n${packed}\n`));
    expect(found!.manifest.steps).toBe(100);
    expect([...decodeMessages(found!.messages)].length).toBe(made.messages.length);
    expect(Buffer.compare(Buffer.from(found!.messages), joined)).toBe(0);
  });

  it("carries the engines that it was made with, each unpacked when it is wanted", async () => {
    // python -c 'from mnemoscope_viewer.single import _engine; print(_engine(b"the engine"))'
    const engine = "ABzY8000000s|{a&CAG3O-)zG1OTasLi7p%000";
    const plain = page(JSON.stringify(made.raw), packed);
    const found = await readEmbedded((id) => (id === `${ENGINE_ELEMENT}1` ? engine : plain(id)));
    expect(Buffer.from((await found!.engine(1))!).toString()).toBe("the engine");
    expect(found!.engine(0)).toBeNull();
    const torn = await readEmbedded((id) => (id === `${ENGINE_ELEMENT}1` ? `${engine}<` : plain(id)));
    await expect(torn!.engine(1)).rejects.toMatchObject({ code: "bad-base85" });
  });

  it("is distinguished from a page of the server", async () => {
    expect(await readEmbedded(page(null, null))).toBeNull();
  });

  it.each([
    ["{", packed, "bad-json"],
    [JSON.stringify({ ...made.raw, version: 9 }), packed, "newer-version"],
    [JSON.stringify(made.raw), null, "no-messages"],
    [JSON.stringify(made.raw), "%%%", "bad-base64"],
    [JSON.stringify(made.raw), packed.slice(0, 400), "bad-gzip"],
    [JSON.stringify(made.raw), Buffer.from("not gzip at all").toString("base64"), "bad-gzip"],
  ])("that is damaged says how (%#)", async (manifest, messages, code) => {
    await expect(readEmbedded(page(manifest, messages))).rejects.toMatchObject({ code });
  });
});
