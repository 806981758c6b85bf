/**
 * What the page's ledger costs: `npx vitest bench --run bench/ledger.bench.ts` (figures, not a test).
 * Budget: one row of shares at T = 1000, N = 128, W = 32 within 50 ms.
 */
import { bench, describe } from "vitest";
import { RecordingLog } from "../src/memory/log";
import { provenanceArcs } from "../src/memory/arcs";
import { loaded, makeLog } from "../src/memory/testlog";

const T = 1000;
const once = { iterations: 20, time: 200, warmupIterations: 3, warmupTime: 50 };
const spread = makeLog(T, [{ slots: 128, width: 32, sharpness: 1 }]);
const logs = {
  spread: loaded(spread),
  sharp: loaded(makeLog(T, [{ slots: 128, width: 32, sharpness: 200 }])),
  freed: loaded(makeLog(T, [{ slots: 128, width: 32, readHeads: 4, deallocation: true }])),
  cell: loaded(makeLog(T, [{ units: 256 }])),
  attention: loaded(makeLog(T, [{ width: 16, heads: 4 }])),
};

describe(`one row of shares, T = ${T}`, () => {
  bench(
    "matrix N=128 W=32, every slot touched at every step (worst)",
    () =>
      void logs.spread
        .model(0)
        .memory()
        .readShares(0, T - 1),
    once,
  );
  bench(
    "matrix N=128 W=32, sharp addresses",
    () =>
      void logs.sharp
        .model(0)
        .memory()
        .readShares(0, T - 1),
    once,
  );
  bench(
    "matrix N=128 W=32, freed slots, 4 read heads, one row",
    () =>
      void logs.freed
        .model(0)
        .memory()
        .readShares(0, T - 1),
    once,
  );
  bench(
    "cell H=256",
    () =>
      void logs.cell
        .model(0)
        .memory()
        .readShares(0, T - 1),
    once,
  );
  bench(
    "attention d=16, one head",
    () =>
      void logs.attention
        .model(0)
        .memory()
        .readShares(0, T - 1),
    once,
  );
  bench(
    "held of every moment, N=128 W=32",
    () =>
      void logs.spread
        .model(0)
        .memory()
        .held.row(T - 1),
    once,
  );
  const row = logs.spread
    .model(0)
    .memory()
    .readShares(0, T - 1);
  bench("arcs of a row", () => void provenanceArcs(row), once);
});

describe("states", () => {
  const out = new Float32Array(128 * 32);
  let t = 0;
  bench(
    "memory, next step (playing)",
    () =>
      void logs.spread
        .model(0)
        .memory()
        .content(t++ % T, out),
    once,
  );
  bench(
    "memory, anywhere (a seek of 63 updates)",
    () => {
      const at = 63 + 64 * (t++ % 15);
      logs.spread.model(0).memory().content(at, out);
    },
    once,
  );
  bench(
    "attention row, last step",
    () =>
      void logs.attention
        .model(0)
        .memory()
        .readRow(0, T - 1),
    once,
  );
});

describe("taking in", () => {
  bench(
    `a log of ${T} steps, N=128 W=32`,
    () => {
      const log = new RecordingLog(spread.manifest);
      for (const message of spread.messages) log.append(message);
    },
    once,
  );
});
