import { expect, test } from "vitest";
import type { Source } from "../../wire/wire.gen";
import { commandsFor, figuresOf, lossesIn, stateOf } from "./source_words";

const SOURCE: Source = {
  type: "source",
  state: "receiving",
  received: 1204,
  next: 1204,
  room: 8000,
  queued: 3,
  rate: 250,
  measured_rate: 249.6,
  seen_seconds: 0.1,
  gaps: 0,
  missing: 0,
  late: 0,
  duplicates: 0,
  blank: 0,
  beyond: 0,
  senders: 1,
  warming: 0,
  ends_in: null,
};
const of = (more: Partial<Source>): Source => ({ ...SOURCE, ...more });

test("the state says what the source does now", () => {
  expect(stateOf(SOURCE)).toBe("Receiving 250 samples/s");
  expect(stateOf(of({ measured_rate: 0.0166 }))).toBe("Receiving 0.017 samples/s");
  expect(stateOf(of({ state: "waiting", senders: 0 }))).toBe("Waiting for samples");
  expect(stateOf(of({ state: "waiting" }))).toBe("Waiting for samples, a sender is connected");
  expect(stateOf(of({ state: "silent", seen_seconds: 12.2, senders: 0, ends_in: 48 }))).toBe(
    "Silent for 12.0 s; the run ends in 48.0 s unless it sends",
  );
  expect(stateOf(of({ state: "ended" }))).toBe("The source has ended");
});

test("figures are said where there is something to say", () => {
  expect(figuresOf(SOURCE)).toEqual(["1\u2009204 received"]);
  expect(figuresOf(of({ measured_rate: 100 }))).toContain("250 samples/s were announced");
  expect(figuresOf(of({ warming: 40, queued: 300 }))).toEqual(["1\u2009204 received", "40 more settle the scaling"]);
  expect(figuresOf(of({ queued: 300 }))).toContain("300 wait to be computed");
  expect(figuresOf(of({ gaps: 1, missing: 5, late: 2, duplicates: 1, blank: 3, beyond: 4 })).slice(1)).toEqual([
    "5 missing in 1 gap",
    "2 too late, left out",
    "1 sent twice",
    "3 without a number",
    "4 after the last step",
  ]);
});

test("a recording says what was lost on the way to it, whatever stands in its manifest", () => {
  expect(lossesIn({ live: { gaps: 2, missing: 7, late: "x", blank: Infinity } })).toEqual(["7 missing in 2 gaps"]);
  for (const source of [null, undefined, {}, { live: null }, { live: 3 }, { live: {} }])
    expect(lossesIn(source)).toEqual([]);
});

test("commands name the address, and the key where one is needed", () => {
  const url = "http://host/api/sessions/x/samples";
  for (const { text } of commandsFor(url, null)) {
    expect(text).toContain(url);
    expect(text).not.toContain("Authorization");
  }
  for (const { text } of commandsFor(url, "k")) expect(text).toContain("Bearer k");
});
