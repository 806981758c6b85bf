import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ClientMessage } from "../wire/wire.gen";
import { CommandQueue } from "./command_queue";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function queue(): {
  give: (message: ClientMessage) => void;
  sent: ClientMessage[];
  lost: ClientMessage[];
  link: { up: boolean };
} {
  const sent: ClientMessage[] = [];
  const lost: ClientMessage[] = [];
  const link = { up: true };
  const made = new CommandQueue(
    (message) => link.up && sent.push(message) > 0,
    (message) => lost.push(message),
  );
  return { give: (message) => made.give(message), sent, lost, link };
}

describe("commands", () => {
  it("go out at once when they come singly", () => {
    const { give, sent } = queue();
    give({ type: "play" });
    vi.advanceTimersByTime(100);
    give({ type: "pause" });
    expect(sent).toEqual([{ type: "play" }, { type: "pause" }]);
  });

  it("of a held key are added up, below twenty a second, and none is lost", () => {
    const { give, sent } = queue();
    for (let i = 0; i < 90; i++) {
      give({ type: "step", count: 1 });
      vi.advanceTimersByTime(33);
    }
    vi.advanceTimersByTime(200);
    expect(sent.reduce((sum, message) => sum + (message.type === "step" ? (message.count ?? 1) : 0), 0)).toBe(90);
    expect(sent.length).toBeLessThan(3 * 20 * 0.8);
  });

  it("that follow quickly leave what counts: the last speed, the last of play and pause", () => {
    const { give, sent } = queue();
    give({ type: "speed", steps_per_second: 1 });
    for (const speed of [2, 4, 8]) give({ type: "speed", steps_per_second: speed });
    give({ type: "play" });
    give({ type: "pause" });
    give({ type: "step", count: 2 });
    give({ type: "step" });
    vi.advanceTimersByTime(1000);
    expect(sent).toEqual([
      { type: "speed", steps_per_second: 1 },
      { type: "speed", steps_per_second: 8 },
      { type: "pause" },
      { type: "step", count: 3 },
    ]);
  });

  it("without a connection are reported, not queued", () => {
    const { give, sent, lost, link } = queue();
    link.up = false;
    give({ type: "play" });
    link.up = true;
    vi.advanceTimersByTime(1000);
    expect([sent, lost]).toEqual([[], [{ type: "play" }]]);
  });
});
