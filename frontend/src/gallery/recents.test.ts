import { describe, expect, it } from "vitest";
import type { Listed } from "../server/api";
import { ApiError } from "../server/errors";
import type { RecordingSummary } from "../wire/wire.gen";
import { Recents } from "./recents.svelte";

type Question = { query?: string; limit?: number; after?: string };

/** A server with so many recordings, "0" the newest; it answers when it is let. */
function server(count: number) {
  const all = Array.from({ length: count }, (_, n) => ({ id: String(n), title: `run ${n % 10}` }) as RecordingSummary);
  const asked: Question[] = [];
  const recordings = (question: Question = {}): Promise<Listed> => {
    asked.push(question);
    const found = all.filter(({ title }) => title.includes(question.query ?? ""));
    const first = question.after === undefined ? 0 : found.findIndex(({ id }) => id === question.after) + 1;
    if (question.after !== undefined && !first) return Promise.reject(new ApiError(409, "list-changed", "It is gone."));
    return Promise.resolve({ rows: found.slice(first, first + question.limit!), total: found.length });
  };
  return { all, asked, list: new Recents({ recordings }) };
}

describe("the list of recordings", () => {
  it("shows a few, and the others part by part to the last", async () => {
    const { list, asked } = server(62);
    await list.refresh();
    expect([list.rows!.length, list.total, list.more, list.searchable]).toEqual([5, 62, 50, true]);
    await list.on();
    expect([list.rows!.length, list.more]).toEqual([55, 7]);
    await list.on();
    expect([list.rows!.length, list.more]).toEqual([62, 0]);
    expect(list.rows!.map(({ id }) => Number(id))).toEqual(Array.from({ length: 62 }, (_, n) => n));
    expect(asked.map(({ after }) => after)).toEqual([undefined, "4", "54"]);
  });

  it("stays as long as it is when one of it changes", async () => {
    const { list, all } = server(62);
    await list.refresh();
    await list.on();
    all.splice(3, 1);
    await list.refresh();
    expect([list.rows!.length, list.total]).toEqual([55, 61]);
    expect(list.rows![3]!.id).toBe("4");
  });

  it("asks for a long list in parts, when something of it changes and when it is come back to", async () => {
    const { list, asked } = server(450);
    await list.restore(430, "");
    expect([list.rows!.length, list.total, list.searchable]).toEqual([430, 450, true]);
    expect(asked.map(({ limit, after }) => [limit, after])).toEqual([
      [200, undefined],
      [200, "199"],
      [30, "399"],
    ]);
    await list.refresh();
    expect(list.rows!.map(({ id }) => Number(id))).toEqual(Array.from({ length: 430 }, (_, n) => n));
    await list.restore(5, "run 7");
    expect([list.rows!.length, list.query, list.total]).toEqual([5, "run 7", 45]);
  });

  it("goes on where the last row that is shown is gone, and where newer ones came above", async () => {
    const { list, all } = server(62);
    await list.refresh();
    all.splice(4, 1);
    await list.on();
    expect(list.rows!.map(({ id }) => id)).toEqual(all.slice(0, 55).map(({ id }) => id));
    await list.on();
    expect(list.rows!.length).toBe(61);
    all.unshift({ id: "new", title: "run" } as RecordingSummary);
    await list.on();
    expect([list.rows!.length, list.rows![0]!.id, list.more]).toEqual([62, "new", 0]);
  });

  it("begins anew with what is looked for", async () => {
    const { list } = server(62);
    await list.refresh();
    await list.on();
    await list.search(" run 7 ");
    expect(list.rows!.map(({ id }) => id)).toEqual(["7", "17", "27", "37", "47", "57"]);
    expect(list.more).toBe(0);
    await list.search("");
    expect([list.rows!.length, list.searchable]).toEqual([5, true]);
  });

  it("shows the answer to the last question, whichever comes last", async () => {
    const waiting: ((listed: Listed) => void)[] = [];
    const list = new Recents({ recordings: () => new Promise((done) => waiting.push(done)) });
    const [first, second] = [list.search("a"), list.search("ab")];
    waiting[1]!({ rows: [{ id: "new" } as RecordingSummary], total: 1 });
    waiting[0]!({ rows: [{ id: "old" } as RecordingSummary], total: 1 });
    await Promise.all([first, second]);
    expect(list.rows!.map(({ id }) => id)).toEqual(["new"]);
  });

  it("keeps what is shown where the server does not answer, and says why", async () => {
    let fails = false;
    const gone = new ApiError(0, "unreachable", "The server cannot be reached.");
    const list = new Recents({
      recordings: () =>
        fails ? Promise.reject(gone) : Promise.resolve({ rows: [{ id: "1" } as RecordingSummary], total: 1 }),
    });
    await list.refresh();
    fails = true;
    await list.refresh();
    expect([list.rows!.length, list.error]).toEqual([1, gone]);
    fails = false;
    await list.refresh();
    expect(list.error).toBe(null);
  });
});
