import { describe, expect, it } from "vitest";
import { ApiError } from "../server/errors";
import type { Retention } from "../wire/wire.gen";
import { Following } from "./following.svelte";
import { measurementOf } from "./testmeasurement";

/** A server that answers with these one after the other; an Error is thrown. */
function serving(...answers: (Partial<Retention> | Error)[]) {
  const asked: [string, number][] = [];
  const stopped: string[] = [];
  return {
    asked,
    stopped,
    retention(id: string, after = -1): Promise<Retention> {
      asked.push([id, after]);
      const answer = answers.shift();
      if (!answer) return new Promise(() => undefined);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(measurementOf({}, answer));
    },
    stopRetention(id: string): Promise<void> {
      stopped.push(id);
      return Promise.resolve();
    },
    retentionAgain(id: string): Promise<{ id: string }> {
      return id === "gone"
        ? Promise.reject(new ApiError(404, "unknown-upload", "The file is gone."))
        : Promise.resolve({ id });
    },
  };
}

describe("a measurement that is followed", () => {
  it("is asked for what is newer until it is over", async () => {
    const api = serving({ status: "waiting", version: 0 }, { status: "running", version: 4 }, { status: "ended", version: 9 }); // prettier-ignore
    const following = new Following(api);
    await following.follow("abc");
    expect(api.asked).toEqual([["abc", -1], ["abc", 0], ["abc", 4]]); // prettier-ignore
    expect([following.measurement?.version, following.going, following.error]).toEqual([9, false, null]);
  });

  it("is asked for again where the server could not be reached, and not where there is none", async () => {
    const lost = new ApiError(0, "unreachable", "no");
    const api = serving(lost, { status: "ended" });
    const following = new Following(api, () => Promise.resolve());
    await following.follow("abc");
    expect(following.measurement?.status).toBe("ended");
    const none = new Following(serving(new ApiError(404, "unknown-measurement", "none")));
    await none.follow("abc");
    expect([none.error?.code, none.measurement]).toEqual(["unknown-measurement", null]);
  });

  it("is let go when another is followed", async () => {
    const api = serving({ status: "running", version: 1 });
    const following = new Following(api);
    void following.follow("abc");
    await new Promise((done) => setTimeout(done));
    expect(following.going).toBe(true);
    const answers = serving({ status: "ended", version: 7 });
    api.retention = (id, after) => answers.retention(id, after);
    await following.follow("def");
    expect(answers.asked).toEqual([["def", -1]]);
    expect(following.measurement?.version).toBe(7);
  });

  it("is measured again where it was stopped, and followed to its end", async () => {
    const api = serving({ id: "abc", status: "stopped", version: 5 }, { id: "abc", status: "running", version: 0 }, { id: "abc", status: "ended", version: 8 }); // prettier-ignore
    const following = new Following(api);
    await following.follow("abc");
    await following.again();
    expect(api.asked).toEqual([["abc", -1], ["abc", -1], ["abc", 0]]); // prettier-ignore
    expect([following.measurement?.status, following.error]).toEqual(["ended", null]);
  });

  it("stays where it cannot be measured again, and says why", async () => {
    const following = new Following(serving({ id: "gone", status: "stopped", version: 5 }));
    await following.follow("gone");
    await following.again();
    expect([following.measurement?.version, following.error?.code]).toEqual([5, "unknown-upload"]);
  });

  it("is stopped once", async () => {
    const api = serving({ status: "running", version: 1 });
    const following = new Following(api);
    void following.follow("abc");
    await new Promise((done) => setTimeout(done));
    await Promise.all([following.stop(), following.stop()]);
    expect(api.stopped).toEqual(["abc"]);
    following.close();
  });
});
