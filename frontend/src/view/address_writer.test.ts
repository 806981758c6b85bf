import { afterEach, describe, expect, it, vi } from "vitest";
import { AddressWriter } from "./address_writer";

afterEach(() => void vi.useRealTimers());

describe("the address bar", () => {
  it("is written at most every 400 ms, the last view always", () => {
    vi.useFakeTimers();
    const written: string[] = [];
    const writer = new AddressWriter(
      (hash) => written.push(hash),
      400,
      () => Date.now(),
    );
    for (let t = 0; t < 100; t++) {
      writer.write({ t });
      vi.advanceTimersByTime(10);
    }
    vi.advanceTimersByTime(1000);
    expect(written).toEqual(["t=0&v=1", "t=39&v=1", "t=79&v=1", "t=99&v=1"]);
  });

  it("is written at once before a link is copied, and never after the page was left", () => {
    vi.useFakeTimers();
    const written: string[] = [];
    const writer = new AddressWriter(
      (hash) => written.push(hash),
      400,
      () => Date.now(),
    );
    writer.write({ t: 1 });
    writer.write({ t: 2 });
    writer.flush();
    writer.flush();
    writer.write({ t: 3 });
    writer.stop();
    vi.advanceTimersByTime(1000);
    expect(written).toEqual(["t=1&v=1", "t=2&v=1"]);
  });
});
