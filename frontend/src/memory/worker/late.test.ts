import { describe, expect, it } from "vitest";
import { LedgerClient, type WorkerLike } from "./client";
import { LateWorker } from "./late";
import { loaded, makeLog } from "../testlog";
import type { ToWorker } from "./questions";

const made = makeLog(70, [{ units: 3 }]);

function worker(): WorkerLike & { heard: ToWorker[]; dead: boolean } {
  return {
    heard: [],
    dead: false,
    onmessage: null,
    onerror: null,
    onmessageerror: null,
    postMessage(message) {
      this.heard.push(message);
    },
    terminate() {
      this.dead = true;
    },
  };
}

describe("a worker whose code comes later", () => {
  it("hears in order what was sent before it was there and after, and is heard", async () => {
    const [real, questions] = [worker(), [3, 4, 5].map((id): ToWorker => ({ type: "ask", id, question: { kind: "held", stream: 0, bank: null, index: 0, t: id } }))]; // prettier-ignore
    const late = new LateWorker(() => Promise.resolve(real));
    late.postMessage(questions[0]!, []);
    late.postMessage(questions[1]!, []);
    expect(real.heard).toEqual([]);
    const heard: unknown[] = [];
    late.onmessage = ({ data }) => heard.push(data);
    late.onerror = () => heard.push("error");
    late.onmessageerror = () => heard.push("unreadable");
    await Promise.resolve();
    late.postMessage(questions[2]!, []);
    expect(real.heard).toEqual(questions);
    real.onmessage!({ data: { type: "ready" } } as MessageEvent);
    real.onerror!({} as ErrorEvent);
    real.onmessageerror!({} as MessageEvent);
    expect(heard).toEqual([{ type: "ready" }, "error", "unreadable"]);
    late.terminate();
    expect(real.dead).toBe(true);
  });

  it("is ended as soon as it comes where nobody wants it any more", async () => {
    const real = worker();
    const late = new LateWorker(() => Promise.resolve(real));
    late.postMessage({ type: "message", bytes: new Uint8Array(1) }, []);
    late.terminate();
    await Promise.resolve();
    expect([real.dead, real.heard]).toEqual([true, []]);
  });

  it("is done without where it cannot be had", async () => {
    const log = loaded(made);
    const ledger = new LedgerClient(log, { spawn: () => new LateWorker(() => Promise.reject(new Error("offline"))) });
    expect(await ledger.shares(0, null, 0, 60)).toEqual(log.model(0).memory().readShares(0, 60));
    expect(ledger.mode).toBe("main");
    ledger.close();
  });
});
