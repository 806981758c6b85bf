/** What a click does, and that a link keeps it: the stage without a screen. */
import { describe, expect, it, vi } from "vitest";
import { DARK, makeInks } from "../draw/ink/tokens";
import { LedgerClient } from "../memory/worker/client";
import { goldenLog } from "../memory/testgolden";
import type { Session } from "../recording/session.svelte";
import { Cursor } from "../view/cursor.svelte";
import { formatLink, parseLink } from "../view/permalink";
import { Desk } from "./controller.svelte";
import { applyView, viewStateOf } from "./link";

/** The stage of a golden recording, its playhead at the last step. */
function opened(): Desk {
  vi.stubGlobal("document", { createElement: () => ({ getContext: () => null }) });
  vi.stubGlobal("ImageData", class {});
  const log = goldenLog("memories");
  const cursor = new Cursor({ request: () => 0, cancel: () => undefined });
  cursor.grow(log.steps, log.steps);
  cursor.seek(log.steps - 1);
  const session = { log, ledger: new LedgerClient(log, { spawn: null }), cursor, looker: null };
  return new Desk(session as unknown as Session, makeInks(DARK, true), {} as ConstructorParameters<typeof Desk>[2]);
}

describe("a click", () => {
  it("on a slot of a lane pins it and goes to its step, and the second one frees it there", () => {
    const desk = opened();
    const slot = { zone: "lane", stream: 1, slot: 3, t: 70 } as const;
    desk.press(slot);
    expect([desk.cursor.t, desk.cursor.pinned]).toEqual([70, slot]);
    desk.press({ ...slot });
    expect([desk.cursor.t, desk.cursor.pinned]).toEqual([70, null]);
  });

  it("on a lane beside its slots only goes there, on the signal it only pins", () => {
    const desk = opened();
    desk.press({ zone: "lane", stream: 0, slot: null, t: 9 });
    expect([desk.cursor.t, desk.cursor.pinned]).toEqual([9, null]);
    desk.press({ zone: "signal", t: 40 });
    expect([desk.cursor.t, desk.cursor.pinned]).toEqual([9, { zone: "signal", t: 40 }]);
  });
});

describe("a link", () => {
  it("leads back to everything that was looked at, banks and read heads too", () => {
    const desk = opened();
    const { models } = desk.model.log.manifest;
    const stream = (id: string): number => models.findIndex((model) => model.id === id);
    desk.press({ zone: "lane", stream: stream("dnc"), slot: 2, t: 90 });
    desk.model.setBank(stream("transformer"), "layer0");
    desk.model.setReader(stream("ntm"), 1);
    desk.view.rows = "lag";
    desk.select(80, 60);
    desk.cursor.solo = stream("dnc");
    desk.cursor.speed = 8;
    const said = viewStateOf(desk);
    expect(said).toMatchObject({ t: 90, solo: "dnc", rows: "lag", selection: [60, 80] });
    expect([said.banks, said.heads]).toEqual([[["transformer", "layer0"]], [["ntm", 1]]]);

    const { view, notices } = parseLink(formatLink(said));
    expect(notices).toEqual([]);
    const again = opened();
    applyView(view, again, false);
    expect(viewStateOf(again)).toEqual(said);
    expect([again.model.book.head(stream("ntm")), again.model.book.head(stream("dnc"))]).toEqual([1, null]);
  });
});
