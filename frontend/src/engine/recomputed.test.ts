import { describe, expect, it } from "vitest";
import type { Compared } from "./recompute";
import { recompute, type EngineWorker } from "./recomputed";
import { logOf, packageBytes, packaged } from "./testengines";
import { EngineService, type ToEngine } from "./worker/service";

/** A worker of this process, which keeps what it was told. */
function inHere(told: string[]): EngineWorker {
  const worker: EngineWorker = {
    postMessage: (message: ToEngine) => {
      told.push(message.type);
      void service.receive(structuredClone(message));
    },
    terminate: () => told.push("terminated"),
    onmessage: null,
    onerror: null,
  };
  const service = new EngineService((data) => worker.onmessage?.({ data } as MessageEvent));
  return worker;
}

describe("a model run again", () => {
  it("agrees in every bit, chunk by chunk, in a worker that is let go afterwards", async () => {
    const [told, seen]: [string[], number[]] = [[], []];
    const found = await recompute(logOf("dnc"), packageBytes("dnc"), {
      spawn: () => inHere(told),
      onprogress: ({ steps }: Compared) => seen.push(steps),
    });
    expect(found).toMatchObject({ steps: 150, differing: 0, module: packaged("dnc").pack.module });
    expect(seen).toEqual([64, 128, 150]);
    expect(told).toEqual(["open", "frames", "frames", "frames", "terminated"]);
  });

  it("is computed here where the page may have no worker", async () => {
    const refused = (): EngineWorker => {
      throw new Error("no workers");
    };
    for (const spawn of [null, refused])
      expect(await recompute(logOf("lstm"), packageBytes("lstm"), { spawn })).toMatchObject({
        steps: 150,
        differing: 0,
      });
  });

  it("says why where it cannot be, or its worker fails, or nobody waits any more", async () => {
    const log = logOf("lstm");
    await expect(recompute(log, new Uint8Array(2), { spawn: null })).rejects.toMatchObject({ code: "bad-package" });
    const told: string[] = [];
    const failing = inHere(told);
    failing.postMessage = () => failing.onerror?.({ message: "out of memory" } as ErrorEvent);
    await expect(recompute(log, packageBytes("lstm"), { spawn: () => failing })).rejects.toThrow("out of memory");
    const ending = new AbortController();
    const stopped = recompute(log, packageBytes("lstm"), {
      spawn: () => inHere(told),
      signal: ending.signal,
      onprogress: () => ending.abort(new Error("left")),
    });
    await expect(stopped).rejects.toThrow("left");
    expect(told.at(-1)).toBe("terminated");
  });
});
