/** The form of a run: options from the task's card, steps and events from its plan. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api } from "../server/api";
import { ApiError } from "../server/errors";
import type { ModelCard, TaskCard, TaskPlan, Upload } from "../wire/wire.gen";
import { MAX_BESIDE } from "../wire/manifest";
import { NewRun } from "./new_run.svelte";

function option(name: string, start: number): TaskCard["options"][number] {
  const ends = { low: 0, high: 900, suggested_low: 1, suggested_high: 60, trained: null };
  return { name, label: name, description: name, unit: "", default: start, ...ends };
}

function task(name: string, takes_signal: boolean, ...options: TaskCard["options"]): TaskCard {
  return { name, label: name, description: name, metric: "", measure: "", takes_signal, options };
}

const model = (task: string): ModelCard =>
  ({ model: "lstm", glyph: "lstm", task, snapshots: [] }) as unknown as ModelCard;

const plan = (more: Partial<TaskPlan>): TaskPlan => ({
  task: "copy",
  options: {},
  steps: 9,
  events: [],
  most: {},
  warnings: [],
  obstacle: "",
  ...more,
});

function form(suggests = false): NewRun {
  const run = new NewRun(suggests);
  run.described = [
    task("copy", false, option("length", 20), option("rounds", 1)),
    task("unasked", true),
    task("signal-recall", true, option("segment", 24)),
  ];
  run.models.cards = [model("copy"), model("signal-recall")];
  run.models.chosen = new Set(["lstm"]);
  return run;
}

describe("a run being planned", () => {
  const ask = vi.spyOn(api, "planTask");
  beforeEach(() => {
    vi.useFakeTimers();
    ask.mockReset();
  });
  afterEach(() => void vi.useRealTimers());

  it("offers the tasks that a model is there for, those on a signal first", () => {
    expect(form().tasks.map(({ name }) => name)).toEqual(["signal-recall", "copy"]);
  });

  it("begins with the defaults of the card, and keeps what was set task by task", () => {
    const run = form();
    expect(run.options).toEqual({ segment: 24 });
    run.set("segment", 8.4);
    run.task = "copy";
    expect(run.options).toEqual({ length: 20, rounds: 1 });
    run.task = "signal-recall";
    expect(run.request().task_params).toEqual({ segment: 8 });
  });

  it("asks for the plan of bits without a length, and runs as many steps as the plan says", async () => {
    const run = form();
    run.task = "copy";
    expect(run.steps).toBe(0);
    ask.mockResolvedValue(plan({ steps: 41, events: [{ step: 0, until: 20, kind: "store", label: "store" }] }));
    run.planning();
    await vi.runAllTimersAsync();
    const asked = { options: run.options, steps: null, seed: 1, weigh: true };
    expect(ask.mock.calls[0]!.slice(0, 2)).toEqual(["copy", asked]);
    expect(run.steps).toBe(41);
    expect(run.events).toHaveLength(1);
    run.task = "signal-recall"; // the plan of another task says nothing of this one
    expect(run.plan).toBeNull();
    expect(run.steps).toBe(420);
  });

  it("asks for the plan of a signal with its length", async () => {
    const run = form();
    ask.mockResolvedValue(plan({ task: "signal-recall", steps: 420, most: { rounds: 4 } }));
    run.planning();
    await vi.runAllTimersAsync();
    expect(ask.mock.calls[0]![1]).toMatchObject({ steps: 420 });
    expect(run.plan!.most).toEqual({ rounds: 4 });
  });

  it("says what lies beyond the training, and lets it run", async () => {
    const run = form();
    ask.mockResolvedValue(plan({ task: "signal-recall", warnings: ["delay 120 is beyond the training"] }));
    run.planning();
    await vi.runAllTimersAsync();
    expect(run.beyond).toEqual(["Delay 120 is beyond the training."]);
    expect(run.why).toBe("");
  });

  it("does not ask for the plan of a signal that is not there", () => {
    const run = form();
    run.source = "file";
    expect(run.planning()).toBeUndefined();
    expect(run.why).toBe("Choose a file first.");
  });

  it("says in the task's words why it cannot run, until it can", async () => {
    const run = form();
    ask.mockResolvedValueOnce(plan({ task: "signal-recall" }));
    run.planning();
    await vi.runAllTimersAsync();
    expect(run.plan).not.toBeNull();
    ask.mockResolvedValueOnce(plan({ task: "signal-recall", obstacle: "the signal has 420; take a longer window" }));
    run.planning();
    await vi.runAllTimersAsync();
    expect(run.why).toBe("The signal has 420; take a longer window.");
    expect(run.plan).toBeNull();
    ask.mockResolvedValue(plan({ task: "signal-recall" }));
    run.planning();
    await vi.runAllTimersAsync();
    expect(run.why).toBe("");
    ask.mockRejectedValueOnce(new ApiError(422, "bad-task", "no such task"));
    run.planning();
    await vi.runAllTimersAsync();
    expect(run.why).toBe("No such task.");
  });

  it("asks again by itself while the server is away, says so, and can be run when the plan comes", async () => {
    const run = form();
    const away = new ApiError(503, "unavailable", "no line");
    ask.mockRejectedValueOnce(away).mockRejectedValueOnce(away);
    ask.mockResolvedValue(plan({ task: "signal-recall" }));
    run.planning();
    await vi.advanceTimersByTimeAsync(2000);
    expect([ask.mock.calls.length, run.why, run.plan]).toEqual([2, "No line. Asking again.", null]);
    await vi.advanceTimersByTimeAsync(3000);
    expect([ask.mock.calls.length, run.why]).toEqual([3, ""]);
    expect(run.plan).not.toBeNull();
  });

  it("keeps the plan of before where an arrangement could not be asked for", async () => {
    const run = form();
    ask.mockResolvedValueOnce(plan({ task: "signal-recall" }));
    run.planning();
    await vi.runAllTimersAsync();
    ask.mockRejectedValueOnce(new ApiError(0, "unreachable", "no line"));
    await run.arrange("segment", 29);
    expect([run.why, run.error?.message, run.options]).toEqual(["", "no line", { segment: 24 }]);
    ask.mockResolvedValueOnce(plan({ task: "signal-recall", steps: 104 }));
    await run.arrange("segment", 29);
    expect([run.error, run.options]).toEqual([null, { segment: 29 }]);
  });
});

it("asks nothing more of a file that is being deleted, and goes on where it could not be", async () => {
  const run = form();
  run.source = "file";
  run.file.upload = { id: "u", report: { sample_rate: null, columns: [] } } as unknown as Upload;
  run.chooseRows(0, 100);
  run.previewing()!();
  let refuse = (): void => undefined;
  vi.spyOn(api, "removeUpload").mockReturnValue(new Promise((_, no) => (refuse = () => no(new Error("no line")))));
  const gone = run.forget();
  expect(run.previewing()).toBeUndefined();
  refuse();
  await expect(gone).rejects.toThrow("no line");
  expect(run.held).not.toBeNull();
  run.previewing()!();
});

describe("a run with a suggested window", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const suggestion = {
    start: 5160,
    stop: 6100,
    resample_to: 36,
    task_params: { segment: 24, lead: 9 },
    why: "it holds V",
  };
  const file = (id: string): Upload =>
    ({ id, report: { channel: 0, rows: 10_800, columns: [{ index: 0, labels: 0, rows: 10_800, sample_rate: 360, resample_to: 36 }] } }) as unknown as Upload; // prettier-ignore

  it("asks nothing else before it is known, then runs it, until the user chooses", async () => {
    const run = form(true);
    run.source = "file";
    run.took(file("u"), "ecg.csv");
    expect(run.previewing()).toBeUndefined();
    const ask = vi.spyOn(api, "suggestWindow").mockResolvedValue(suggestion);
    run.suggesting()!();
    run.suggesting();
    await vi.runAllTimersAsync();
    expect(ask).toHaveBeenCalledExactlyOnceWith("u", { channel: 0, labels: null, task: "signal-recall", task_params: {} }, expect.anything()); // prettier-ignore
    expect([run.file.start, run.file.stop, run.file.resample, run.options["lead"]]).toEqual([5160, 6100, 36, 9]);
    expect(run.suggesting()).toBeUndefined();
    run.previewing()!();
    run.set("segment", 12); // another question: it is asked again
    expect(run.previewing()).toBeUndefined();
    run.suggesting()!();
    run.chooseRows(10, 500);
    expect([run.suggesting(), run.chosenByHand]).toEqual([undefined, true]);
    run.previewing()!();
    run.suggestAgain();
    expect(run.previewing()).toBeUndefined();
  });

  it("waits for suggestion and preview of a server that is away, and says so", async () => {
    const run = form(true);
    run.source = "file";
    run.took(file("u"), "ecg.csv");
    const away = new ApiError(502, "unreadable", "no line");
    vi.spyOn(api, "suggestWindow").mockRejectedValueOnce(away).mockResolvedValue(suggestion);
    run.suggesting();
    await vi.advanceTimersByTimeAsync(200);
    expect([run.why, run.file.stop]).toEqual(["No line. Asking again.", 0]);
    await vi.advanceTimersByTimeAsync(1300);
    expect([run.why, run.file.stop]).toEqual(["Waiting for the signal.", 6100]);
    vi.spyOn(api, "previewUpload")
      .mockRejectedValueOnce(away)
      .mockResolvedValue({ steps: 94 } as never);
    run.previewing();
    await vi.advanceTimersByTimeAsync(200);
    expect(run.why).toBe("No line. Asking again.");
    await vi.advanceTimersByTimeAsync(1300);
    expect([run.why, run.previewError]).toEqual(["", null]);
  });

  it("takes the beginning where nothing can be suggested, so that the preview says why", async () => {
    const run = form(true);
    run.source = "file";
    run.took(file("u"), "ecg.csv");
    vi.spyOn(api, "suggestWindow").mockRejectedValue(new ApiError(422, "bad-task", "no"));
    run.suggesting();
    await vi.runAllTimersAsync();
    expect([run.file.start, run.file.stop, run.suggestion]).toEqual([0, 10_800, null]);
    run.previewing()!();
  });

  it("that is arranged in the picture ends with the question", async () => {
    const run = form(true);
    run.source = "file";
    run.took(file("u"), "ecg.csv");
    run.chooseRows(5160, 6100);
    run.preview = { steps: 94 } as typeof run.preview;
    vi.spyOn(api, "planTask").mockResolvedValue(plan({ steps: 104 }));
    await run.arrange("segment", 29);
    expect([run.file.start, run.file.stop, run.options["segment"]]).toEqual([5160, 6200, 29]);
  });

  it("that is dragged takes no older answer over the newest", async () => {
    const run = form();
    let answerFirst = (): void => undefined;
    vi.spyOn(api, "planTask")
      .mockReturnValueOnce(new Promise((give) => (answerFirst = () => give(plan({ steps: 90 })))))
      .mockResolvedValueOnce(plan({ steps: 104 }));
    const first = run.arrange("segment", 20);
    await run.arrange("segment", 29);
    answerFirst();
    await first;
    expect([run.made.steps, run.options["segment"]]).toEqual([104, 29]);
  });
});

describe("channels beside the chosen one", () => {
  const upload = (names: readonly string[]): Upload => {
    const columns = names.map((name, index) => ({
      index,
      name,
      min: 0,
      labels: 0,
      rows: 90,
      sample_rate: 9,
      unit: null,
    }));
    return { id: "u", report: { channel: 0, rows: 90, sample_rate: 9, columns } } as unknown as Upload;
  };
  const asked = (run: NewRun): unknown => run.fixed();

  it("are asked for in the order of the file, at most seven, and never the chosen one itself", () => {
    const run = form();
    run.choose("file");
    run.took(upload([..."abcdefghij"]), "x.csv");
    for (const index of [4, 2, 0]) run.file.showBeside(index);
    expect(run.file.beside).toEqual([2, 4]);
    expect(asked(run)).toMatchObject({ channel: 0, beside: [2, 4] });
    expect(run.whole()).toMatchObject({ beside: [] }); // a fit hears the signal alone
    run.file.channel = 4;
    expect(asked(run)).toMatchObject({ channel: 4, beside: [0, 2] });
    run.file.showBeside(2);
    expect(run.file.beside).toEqual([0]);
    for (const index of [1, 2, 3, 5, 6, 7, 8, 9]) run.file.showBeside(index);
    expect(run.file.beside).toEqual([0, 1, 2, 3, 5, 6, 7]);
    expect(run.file.beside).toHaveLength(MAX_BESIDE);
  });

  it("stay by name when the file is read otherwise, and go with the file", () => {
    vi.spyOn(api, "removeUpload").mockResolvedValue(undefined as never);
    const run = form();
    run.choose("file");
    run.took(upload(["a", "b", "c"]), "x.csv");
    run.file.showBeside(2);
    run.tookAgain(upload(["a", "c", "d"]), "x.csv");
    expect(run.file.beside).toEqual([1]);
    run.took(upload(["a", "c"]), "y.csv");
    expect(run.file.beside).toEqual([]);
  });
});
