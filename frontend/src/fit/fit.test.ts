/** The page of fits: what is said, what is drawn, what a link holds, and how a fit is followed. */
import { describe, expect, it, vi } from "vitest";
import type { Fit, FitPlan, FitResult } from "../wire/wire.gen";
import { curveView, FRAME } from "./curve_view";
import { exampleView } from "./example_view";
import { Fitting } from "./fitting.svelte";
import { idsOf, linkOf, madeAgain, stageSignal } from "./link";
import { spread, ticks } from "./plot";
import { splitView } from "./split_view";
import { baselines, best, conditions, meaning, progress, rowOf, spent, verdict } from "./text";

const ID = "abcdefghijklmnopqrstuv";
const split = { fit: [0, 4386], held_back: [4386, 5160], test: [5160, 10320], steps: 10320 } as FitPlan["split"];
const plan: FitPlan = {
  name: "taxi.csv",
  task: "forecast",
  unit: null,
  sample_rate: null,
  split,
  values: [1, 3, 0, 5],
  period: 336,
  held_back: { ar32: 0.61, seasonal: 0.75, persistence: 1, mean: null, shift_register: null },
  reasons: { mean: "nothing has to be held", shift_register: "nothing has to be held" },
  notes: [],
  seconds: 60,
  max_seconds: 600,
};

function result(before: number, after: number, take: FitResult["take"] = "after", blocks = 41): FitResult {
  const scores = { before, after, ar32: 0.685, seasonal: 1.624, persistence: 1, mean: null, shift_register: null };
  const span = blocks < 8 ? null : ([0.4, 0.6] as [number, number]);
  return {
    scores,
    bands: {
      before: span,
      after: span,
      ar32: span,
      seasonal: span,
      persistence: span,
      mean: null,
      shift_register: null,
    },
    reasons: {},
    blocks,
    held_back: scores,
    split,
    period: 336,
    take,
    text: "What the server says.",
    updates: 900,
    best_update: 800,
    seconds: 60,
    ended: "seconds",
    sha256: "0",
    example: {
      start: 5160,
      values: [1, 2, 3],
      before: [1, 1, 1],
      after: [1, 2, 2.5],
      baseline: [0, 2, 3],
      name: "AR(32)",
    },
  };
}

function fit(label: string, more: Partial<Fit> = {}): Fit {
  return {
    id: label.padEnd(22, "x"),
    state: "done",
    stopping: false,
    model: label.toLowerCase(),
    label,
    glyph: "dnc",
    task: "forecast",
    name: "taxi.csv",
    signal: null,
    seconds: 60,
    updates: null,
    seed: 0,
    scratch: false,
    created: "",
    curve: [
      [0, 0, 0.8],
      [10, 5, 0.5],
    ],
    result: null,
    error: null,
    ...more,
  };
}

describe("what is said", () => {
  it("of one fit is what the server says", () => {
    expect(verdict([fit("LSTM", { result: result(0.859, 0.53) })])).toBe("What the server says.");
    expect(verdict([fit("LSTM", { state: "running" })])).toBe("");
  });

  it("of several names those that beat the best baseline, and what to take", () => {
    const fits = [
      fit("LSTM", { result: result(0.859, 0.53) }),
      fit("DNC", { result: result(0.988, 0.701, "ar32") }),
      fit("Transformer", { result: result(1.028, 0.988, "ar32") }),
    ];
    expect(verdict(fits)).toBe(
      "Worth it here: LSTM 0.859 → 0.530, better than AR(32) (0.685). " +
        "DNC 0.988 → 0.701 and Transformer 1.028 → 0.988: not clearly better than it. Take the LSTM fitted.",
    );
  });

  it("does not call a fit worth it that changed nothing", () => {
    const fits = ["LSTM", "DNC"].map((label) => fit(label, { result: result(0.39, 0.39, "before") }));
    expect(verdict(fits)).toMatch(/^Fitting did not help: .* Take the LSTM as shipped\.$/);
  });

  it("begins with the baseline where that wins", () => {
    const fits = ["DNC", "NTM"].map((label) => fit(label, { result: result(0.9, 0.8, "ar32") }));
    expect(verdict(fits)).toMatch(/^AR\(32\) \(0\.685\): none of these is clearly better here\..* Take AR\(32\)\.$/);
  });

  it("says where the rank alone is known", () => {
    const few = ["LSTM", "DNC"].map((label) => fit(label, { result: result(0.8, 0.5, "after", 2) }));
    expect(verdict(few)).toContain("Rank only: 2 blocks are too few for a band.");
    expect(conditions(few)).toContain("2 blocks, too few for a band");
  });

  it("knows the best baseline", () => {
    expect(best(result(1, 1).scores)).toMatchObject({ key: "ar32", name: "AR(32)", error: 0.685 });
  });

  it("of a recall leaves out what predicts, and says the register, which is exact but no rival", () => {
    const errors = { ar32: null, seasonal: null, persistence: 1.3, mean: 1, shift_register: 0 };
    expect(baselines(errors).map(({ key }) => key)).toEqual(["persistence", "mean", "shift_register"]);
    expect(best(errors).key).toBe("mean");
    const fits = ["LSTM", "DNC"].map((label) =>
      fit(label, {
        task: "signal-recall",
        result: { ...result(0.8, 0.5), scores: { ...errors, before: 0.8, after: 0.5 } },
      }),
    );
    expect(verdict(fits)).toContain("better than answering the mean (1.000).");
    expect(verdict(fits)).toMatch(/A shift register is exact where the delay is known beforehand\.$/);
    expect(conditions(fits)).toMatch(/^Error of the replay/);
    expect(meaning("signal-recall", best(errors))).toContain("0 is exact");
  });

  it("calls the rows of baselines by what they know", () => {
    const rows = baselines({ ar32: 1, seasonal: 1, persistence: 1, mean: 1, shift_register: 0 });
    expect(rows.map((one) => rowOf(one, { period: 336 }))).toEqual([
      "AR(32), fitted to the same part",
      "the season before, 336 steps",
      "persistence",
      "answering the mean",
      "a shift register, told the delay",
    ]);
  });

  it("says how far a fit is", () => {
    expect(progress([fit("LSTM")])).toBe("");
    expect(progress([fit("LSTM", { state: "waiting" })])).toBe("Waiting for the fits before it.");
    expect(progress([fit("LSTM", { state: "running", curve: [] })])).toBe("LSTM: starting.");
    expect(progress([fit("LSTM", { state: "running" })])).toBe("LSTM, 5 of 60 s");
    expect(progress([fit("LSTM", { state: "running", stopping: true })])).toContain("ending");
    expect(spent([fit("LSTM"), fit("DNC", { state: "running" })])).toBeCloseTo((1 + 5 / 60) / 2);
  });
});

describe("the split", () => {
  it("lies on the whole series, part after part", () => {
    const { regions, outline } = splitView(plan, 1032, 60);
    expect(regions.map(({ part }) => part)).toEqual(["fit", "held_back", "test"]);
    for (const [k, region] of regions.entries()) {
      const before = regions[k - 1];
      expect(region.x).toBeCloseTo(before ? before.x + before.width : 0);
    }
    expect(regions[2]!.x + regions[2]!.width).toBeCloseTo(1032);
    expect(regions[2]!.detail).toContain("steps");
    expect(outline.split("L")).toHaveLength(plan.values.length);
  });

  it("has an axis in the largest unit of time that it holds four of", () => {
    const words = (sample_rate: number | null) =>
      splitView({ ...plan, sample_rate }, 800, 60).ticks.map(({ text }) => text);
    expect(words(1 / 1800).at(-1)).toBe("200 days");
    expect(words(36).at(-1)).toBe("4 min");
    expect(words(null).at(-1)).toMatch(/^10.000$/);
  });

  it("leaves words out where there is no room for them", () => {
    expect(splitView(plan, 300, 60).regions.map(({ title }) => title)).toEqual([
      "fit on this",
      "",
      "score on this, never seen",
    ]);
  });
});

describe("the curve", () => {
  it("draws every baseline in the frame and labels all of them, also a line above it", () => {
    const view = curveView([fit("LSTM"), fit("DNC", { curve: [[0, 0, 2.2]] })], plan, 800, 300);
    expect(view.baselines).toHaveLength(3);
    expect(view.labels.map(({ text }) => text)).toEqual([
      "AR(32) 0.61",
      "season before 0.75",
      "persistence 1.00",
      "LSTM 0.50",
      "DNC 2.20, above",
    ]);
    expect(view.lines[1]!.best.y).toBe(FRAME.top);
    const ys = view.labels.map(({ y }) => y).sort((a, b) => a - b);
    for (let k = 1; k < ys.length; k++) expect(ys[k]! - ys[k - 1]!).toBeGreaterThanOrEqual(14 - 1e-9);
  });

  it("draws a register that is exact inside the frame", () => {
    const held_back = { ar32: null, seasonal: null, persistence: 1.3, mean: 1, shift_register: 0 };
    const view = curveView([fit("LSTM")], { ...plan, held_back }, 800, 300);
    expect(view.labels.map(({ text }) => text)).toEqual([
      "persistence 1.30, above",
      "the mean 1.00",
      "shift register 0.00",
      "LSTM 0.50",
    ]);
    expect(Math.max(...view.baselines)).toBeLessThan(300 - FRAME.bottom);
  });

  it("marks the best look, whose weights the result has, not the last", () => {
    const looks: Fit["curve"] = [[0, 0, 0.8], [10, 30, 0.5], [20, 60, 0.7]]; // prettier-ignore
    const view = curveView([fit("LSTM", { curve: looks })], plan, 34 + 148 + 600, 300);
    expect(view.lines[0]!.best.x).toBeCloseTo(34 + 300);
    expect(view.labels.at(-1)!.text).toBe("LSTM 0.50");
  });

  it("reaches as far as the budget from the first look on", () => {
    const view = curveView([fit("LSTM", { curve: [[0, 0, 0.8]] })], plan, 800, 300);
    expect(view.xTicks.at(-1)!.text).toBe("60 s");
    expect(view.lines[0]!.best.x).toBe(FRAME.left);
  });
});

describe("helpers of charts", () => {
  it("make round ticks", () => {
    expect(ticks([0, 60], 4)).toEqual([0, 20, 40, 60]);
    expect(ticks([0.43, 1.15], 4)).toEqual([0.6, 0.8, 1]);
    expect(ticks([3, 3], 4)).toEqual([3]);
  });

  it("keep labels apart, in order and inside", () => {
    expect(spread([10, 11, 12], 5, 0, 100)).toEqual([10, 15, 20]);
    expect(spread([99, 98], 5, 0, 100)).toEqual([100, 95]);
  });

  it("draw before and after over the same axis", () => {
    const view = exampleView(result(1, 1).example, 400, 200);
    expect(view.heard.split("L")).toHaveLength(3);
    expect(view.xTicks[0]!.text).toBe("t = 5160");
  });
});

describe("a link", () => {
  it("holds the ids of fits and nothing else", () => {
    expect(idsOf(linkOf([ID]))).toEqual([ID]);
    expect(idsOf(`#${ID},../x,short`)).toEqual([ID]);
    expect(linkOf([])).toBe("");
  });

  it("leads to the part never seen, with the steps before it to listen to", () => {
    const signal = { kind: "upload" as const, upload_id: ID, channel: 0, start: 100, stop: 100 + 2 * 10320 };
    expect(stageSignal(signal, split, 64, 192)).toMatchObject({ start: 100 + 2 * 5096, stop: 100 + 2 * 5352 });
    const made = { kind: "generated" as const, generator: "sines" };
    expect(stageSignal(made, split, 64, 192)).toBe(made);
  });
});

describe("a signal of a recording", () => {
  it("is made again where it was generated, long enough to fit to", () => {
    const params = { rate: 1.2, odd: null };
    expect(madeAgain({ generator: "heartbeat", seed: 3, params })).toEqual({
      kind: "generated",
      generator: "heartbeat",
      seed: 3,
      steps: 4000,
      params: { rate: 1.2 },
    });
    expect(madeAgain({ sha256: "0", format: "csv" })).toBeNull();
  });
});

describe("fitting", () => {
  function server() {
    const running = fit("lstm", { id: ID, state: "running", curve: [] });
    const done = fit("lstm", {
      id: ID,
      result: result(0.8, 0.5),
      signal: { kind: "generated", generator: "sines" } as Fit["signal"],
    });
    return {
      status: vi.fn().mockResolvedValue({ limits: {} }),
      models: vi.fn().mockResolvedValue([
        { name: "lstm-forecast", model: "lstm", task: "forecast" },
        { name: "fit:x", model: "fit:x", task: "forecast" },
        { name: "dnc-copy", model: "dnc", task: "copy" },
        { name: "ntm-signal-recall", model: "ntm", task: "signal-recall", glyph: "ntm" },
      ]),
      recording: vi.fn(),
      planFit: vi.fn().mockResolvedValue(plan),
      fits: vi.fn().mockResolvedValue([fit("dnc", { result: result(0.9, 0.7) }), fit("ntm", { state: "failed" })]),
      beginFit: vi.fn().mockResolvedValue(running),
      fit: vi
        .fn()
        .mockResolvedValueOnce({ ...running, curve: [[0, 0, 0.8]] })
        .mockResolvedValue(done),
      stopFit: vi.fn().mockResolvedValue(undefined),
      removeFit: vi.fn().mockResolvedValue(undefined),
      createSession: vi.fn().mockResolvedValue({ id: "run" }),
    };
  }

  it("begins what is chosen and follows it by what it knows, until it is over", async () => {
    const at = server();
    const fitting = new Fitting(at);
    await fitting.load("");
    expect(fitting.able.map(({ model }) => model)).toEqual(["lstm"]);
    expect(fitting.why).toBe("Choose a file first.");
    fitting.use({ kind: "generated", generator: "sines" });
    fitting.plan = plan;
    expect(fitting.why).toBe("");
    await fitting.begin();
    await vi.waitFor(() => expect(fitting.live).toBe(false));
    expect(at.beginFit).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ model: "lstm", seconds: 60 }));
    expect(at.fit.mock.calls.map(([, since]) => since as number)).toEqual([0, 1]);
    expect(fitting.shown?.id).toBe(ID);
    expect(await fitting.stage(fitting.shown!)).toBe("run");
    expect(at.createSession).toHaveBeenCalledWith(expect.objectContaining({ models: ["lstm", `fit:${ID}`] }));
    await fitting.remove(ID);
    expect(fitting.fits).toEqual([]);
  });

  it("takes the question and the signal of a recording, but the fits of a link before those", async () => {
    const at = server();
    const source = { generator: "heartbeat", seed: 3, params: {} };
    at.recording.mockResolvedValue({ manifest: { task: { name: "signal-recall" }, signal: { source } } });
    const fitting = new Fitting(at);
    await fitting.load("", "odd-beat");
    expect(at.recording).toHaveBeenCalledExactlyOnceWith("odd-beat");
    expect([fitting.task, fitting.signal]).toEqual(["signal-recall", madeAgain(source)]);

    at.recording.mockResolvedValue({ manifest: { task: { name: "copy" }, signal: null } });
    const other = new Fitting(at);
    await other.load("", "copy");
    expect([other.task, other.signal, other.error]).toEqual(["forecast", null, null]);

    at.recording.mockClear();
    await new Fitting(at).load(`#${ID}`, "odd-beat");
    expect(at.recording).not.toHaveBeenCalled();
  });

  it("for a recall takes its models, a split of its own, and asks for whole rounds on the stage", async () => {
    const at = server();
    const fitting = new Fitting(at);
    await fitting.load("");
    fitting.plan = plan;
    fitting.ask("signal-recall");
    expect(fitting.plan).toBeNull();
    expect(fitting.able.map(({ model }) => model)).toEqual(["ntm"]);
    const done = fit("ntm", {
      id: ID,
      task: "signal-recall",
      result: result(0.8, 0.5),
      signal: { kind: "generated", generator: "sines" } as Fit["signal"],
    });
    await fitting.stage(done);
    expect(at.createSession).toHaveBeenCalledWith(
      expect.objectContaining({ task: "signal-recall", task_params: { rounds: 0 } }),
    );
  });

  it("lists what was fitted before, until it is deleted, and opens it with its task", async () => {
    const at = server();
    const fitting = new Fitting(at);
    await fitting.load("");
    expect(fitting.kept.map(({ label }) => label)).toEqual(["dnc"]);
    at.fit.mockReset();
    at.fit.mockResolvedValue(fit("dnc", { task: "signal-recall", result: result(0.9, 0.7) }));
    const [{ id } = { id: "" }] = fitting.kept;
    await fitting.open([id]);
    expect([fitting.task, fitting.shown?.label]).toEqual(["signal-recall", "dnc"]);
    await fitting.remove(id);
    expect(fitting.kept).toEqual([]);
  });

  it("opens the fits of a link, and says which are gone", async () => {
    const at = server();
    at.fit.mockReset();
    at.fit.mockImplementation((id: string) =>
      id === ID
        ? Promise.resolve(fit("lstm", { id: ID, result: result(0.8, 0.5) }))
        : Promise.reject(new Error("gone")),
    );
    const fitting = new Fitting(at);
    await fitting.load(`#${ID},${"y".repeat(22)}`);
    expect(fitting.fits.map(({ id }) => id)).toEqual([ID]);
    expect(fitting.error?.message).toContain("not yours");
  });
});
