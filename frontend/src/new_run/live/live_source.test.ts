import { expect, test } from "vitest";
import { NewRun } from "../new_run.svelte";
import { LiveSource } from "./live_source.svelte";

test("what nobody has typed is left to the server", () => {
  const live = new LiveSource();
  expect(live.why(4096)).toBe("");
  expect(live.signal()).toEqual({
    kind: "live",
    name: "live source",
    rate: null,
    unit: null,
    average: 1,
    steps: null,
    offset: null,
    scale: null,
    warmup: 64,
  });
  expect(live.hz).toBeNull();
});

test("a scaling that is given travels, and only then", () => {
  const live = new LiveSource();
  Object.assign(live, { rate: 250, average: 5, offset: 2, scale: 0.5, name: " bench ", unit: "mV" });
  expect(live.signal()).toMatchObject({ offset: null, scale: null, name: "bench", unit: "mV" });
  live.scaling = "given";
  expect(live.signal()).toMatchObject({ offset: 2, scale: 0.5 });
  expect(live.hz).toBe(50);
});

test("what cannot be is said before it is asked for", () => {
  const why = (typed: Partial<LiveSource>): string => Object.assign(new LiveSource(), typed).why(4096);
  expect(why({ rate: 0 })).toMatch(/rate/);
  expect(why({ average: 0.5 })).toMatch(/mean of 1 to 1000/);
  expect(why({ average: null })).toMatch(/mean of 1 to 1000/);
  expect(why({ steps: 5000 })).toMatch(/2 to 4096/);
  expect(why({ warmup: 1 })).toMatch(/2 to 1024/);
  expect(why({ scaling: "given", scale: 0 })).toMatch(/scale above 0/);
  expect(why({ scaling: "given", warmup: 1 })).toBe("");
});

test("a live run asks for what was set, so that the rest goes on as long as the source", () => {
  const run = new NewRun();
  run.choose("live");
  expect(run.request()).toMatchObject({ signal: { kind: "live" }, task_params: {} });
  run.set("delay", 12);
  expect(run.request().task_params).toEqual({ delay: 12 });
  expect(run.whole()).toBeNull();
  expect(run.steps).toBe(run.most);
});

test("a live source is asked for a forecast, and the next source for what was asked before", () => {
  const run = new NewRun();
  const names = ["signal-recall", "forecast", "copy"];
  run.described = names.map((name) => ({ name, options: [] })) as unknown as NewRun["described"];
  run.models.cards = names.map((task) => ({ task })) as unknown as NewRun["models"]["cards"];
  run.choose("live");
  expect(run.task).toBe("forecast");
  run.choose("file");
  expect(run.task).toBe("signal-recall");
  run.choose("live");
  run.task = "copy"; // the user's own choice stays
  run.choose("live");
  run.choose("generate");
  expect(run.task).toBe("copy");
});
