import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ModelSpec } from "../wire/manifest";
import { momentAt, historiesOf, streamsAt, updatesOf } from "../analysis/training";
import { ViewState } from "./view_state.svelte";
import { Training } from "./training.svelte";

const NTM = [0, 250, 1000, 4000];
const DNC = [0, 125, 1000];

function model(stream: number, id: string, of: string | null = null, update = 0, updates: number[] = []): ModelSpec {
  const training = of === null ? null : { of, update, updates };
  return { stream, id, label: of ? `${id}, ${update} updates` : id, training } as unknown as ModelSpec;
}

/** LSTM, four moments of an NTM whose training went on to 8 000, three of a DNC. */
const models = [
  model(0, "lstm"),
  ...NTM.map((update, k) => model(1 + k, `ntm@${update}`, "ntm-copy", update, [...NTM, 8000])),
  ...DNC.map((update, k) => model(5 + k, `dnc@${update}`, "dnc-copy", update, DNC)),
];

describe("lanes of a recording with trainings", () => {
  it("are one per training and one per other model, in the order of the streams", () => {
    expect(historiesOf(models)).toEqual([
      { name: "lstm", moments: [{ stream: 0, update: 0 }], updates: null },
      { name: "ntm-copy", moments: NTM.map((update, k) => ({ stream: 1 + k, update })), updates: 8000 },
      { name: "dnc-copy", moments: DNC.map((update, k) => ({ stream: 5 + k, update })), updates: 1000 },
    ]);
  });

  it("are in the order of training, whatever the order of the streams, and a model of the same name stays apart", () => {
    const mixed = [
      model(0, "ntm@1000", "ntm-copy", 1000),
      model(1, "ntm-copy"),
      model(2, "ntm@0", "ntm-copy", 0),
      model(3, "ntm@250", "ntm-copy", 250),
    ];
    const histories = historiesOf(mixed);
    expect(histories.map(({ moments }) => moments.map(({ stream }) => stream))).toEqual([[2, 3, 0], [1]]);
    expect(histories[0]!.updates).toBe(1000);
  });

  it("show the latest moment at or before the position, the first where there is none", () => {
    const histories = historiesOf(models);
    for (const [update, streams] of [
      [0, [0, 1, 5]],
      [124, [0, 1, 5]],
      [125, [0, 1, 6]],
      [999, [0, 2, 6]],
      [1000, [0, 3, 7]],
      [1e9, [0, 4, 7]],
    ] as const) {
      expect(streamsAt(histories, update)).toEqual(streams);
    }
    const late = historiesOf([model(0, "ntm@500", "ntm-copy", 500), model(1, "ntm@900", "ntm-copy", 900)])[0]!;
    expect(momentAt(late, 0)).toEqual({ stream: 0, update: 500 });
  });

  it("have positions where some lane changes, and none where nothing can be chosen", () => {
    expect(updatesOf(historiesOf(models))).toEqual([0, 125, 250, 1000, 4000]);
    expect(updatesOf(historiesOf([models[0]!, models[2]!]))).toEqual([]);
  });
});

describe("the position in training", () => {
  it("begins at the end, stays at positions there are, and reports which lanes change", () => {
    const seen: [readonly number[], readonly number[]][] = [];
    const training = new Training(new ViewState(), models, { moved: (before, after) => seen.push([before, after]) });
    expect([training.there, training.at, training.total]).toEqual([true, 4000, 8000]);
    training.seek(300);
    expect([training.at, training.streams]).toEqual([250, [0, 2, 6]]);
    training.seek(250);
    training.seek(NaN);
    training.step(-1);
    expect([training.at, training.streams]).toEqual([125, [0, 1, 6]]);
    training.step(-9);
    expect(training.at).toBe(0);
    training.step(1);
    expect(seen).toEqual([
      [
        [0, 4, 7],
        [0, 2, 6],
      ],
      [
        [0, 2, 6],
        [0, 1, 6],
      ],
      [
        [0, 1, 6],
        [0, 1, 5],
      ],
      [
        [0, 1, 5],
        [0, 1, 6],
      ],
    ]);
  });

  it("finds a lane by its name or by the id of any of its moments", () => {
    const training = new Training(new ViewState(), models);
    training.seek(125);
    expect(["lstm", "ntm-copy", "ntm@4000", "dnc@0", "gru"].map((name) => training.streamOf(name, models))).toEqual([
      0,
      1,
      1,
      6,
      null,
    ]);
  });

  it("of a recording without trainings is none, and cannot be moved", () => {
    const moved = vi.fn();
    const training = new Training(new ViewState(), [models[0]!, models[3]!], { moved });
    expect([training.there, training.streams]).toEqual([false, [0, 3]]);
    training.seek(0);
    training.play();
    expect([moved.mock.calls.length, training.playing]).toEqual([0, false]);
  });
});

describe("walking through a training", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function walk(training: Training, seconds: number): number[] {
    const seen = [training.at];
    for (let ms = 0; ms < seconds * 1000; ms += 20) {
      vi.advanceTimersByTime(20);
      if (training.at !== seen.at(-1)) seen.push(training.at);
    }
    return seen;
  }

  it("goes through all moments and ends on the last; from there it starts over", () => {
    const training = new Training(new ViewState(), models);
    for (let round = 0; round < 2; round++) {
      training.play();
      expect(walk(training, 10)).toEqual([0, 125, 250, 1000, 4000]);
      expect([training.playing, vi.getTimerCount()]).toEqual([false, 0]);
    }
  });

  it("goes on from where it stands, and any other movement stops it", () => {
    const training = new Training(new ViewState(), models);
    training.seek(250);
    training.play();
    expect(walk(training, 1.2)).toEqual([250, 1000]);
    training.step(-1);
    expect([training.playing, training.at, vi.getTimerCount()]).toEqual([false, 250, 0]);
    training.toggle();
    training.toggle();
    expect(walk(training, 5)).toEqual([250]);
  });

  it("prepares the next moment and waits for it, but not for ever", () => {
    const asked: (readonly number[])[] = [];
    let there = false;
    const training = new Training(new ViewState(), models, { ready: (streams) => (asked.push(streams), there) });
    training.seek(1000);
    training.play();
    expect(asked).toEqual([[0, 4, 7]]);
    expect(walk(training, 1.5)).toEqual([1000]);
    there = true;
    expect(walk(training, 0.2)).toEqual([1000, 4000]);
    there = false;
    training.seek(1000);
    training.play();
    expect(walk(training, 20)).toEqual([1000, 4000]);
  });
});
