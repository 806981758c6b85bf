import { afterEach, describe, expect, it, vi } from "vitest";
import { seeded } from "../wire/testlog";
import { formatLink, LinkWriter, parseLink } from "./permalink";
import type { ViewState } from "./permalink";

afterEach(() => void vi.useRealTimers());

describe("a link to a moment", () => {
  it.each<ViewState>([
    {},
    { t: 0 },
    { t: 214, solo: "ntm", rows: "lag", speed: 8, pin: { zone: "lane", model: "dnc", slot: 13, t: null } },
    { t: 7, speed: 0.1, loop: [10, 90], lens: "mechanism", pin: { zone: "signal", t: 40 } },
    { speed: Infinity, hidden: ["lstm", "transformer-2"], rows: "slots" },
    { pin: { zone: "lane", model: "a.b_c-d", slot: 0, t: 99 } },
    { t: 30, train: 3200, solo: "ntm-copy" },
    { t: 30, zoom: 1.5 },
    { zoom: 16, rows: "lag" },
    { order: ["dnc", "lstm"], top: ["dnc"], muted: ["lstm"], folded: ["ntm", "lstm"] },
    {
      selection: [16, 39],
      health: "focus",
      banks: [
        ["transformer", "layer1"],
        ["ut", "depth0"],
      ],
    },
  ])("comes back as it was written: %j", (view) => {
    expect(parseLink(`#${formatLink(view)}`)).toEqual({ view, notices: [] });
  });

  it("reads like the example in the documentation", () => {
    const view: ViewState = {
      t: 214,
      solo: "ntm",
      rows: "lag",
      speed: 8,
      pin: { zone: "lane", model: "dnc", slot: 13, t: null },
    };
    expect(formatLink(view)).toBe("t=214&solo=ntm&rows=lag&speed=8&pin=dnc:13&v=1");
  });

  it("leaves out what it does not know and says so", () => {
    const { view, notices } = parseLink("#t=5&tilt=3&v=2&theme");
    expect(view).toEqual({ t: 5 });
    expect(notices.length).toBe(3);
    expect(notices.join()).toContain("tilt");
    expect(notices.join()).toContain("another version");
  });

  it.each([
    "t=-1",
    "t=1e9",
    "t=99999999999999999999",
    "t=1.5",
    "t=NaN",
    "t=%ZZ",
    "solo=<script>",
    "solo=" + "a".repeat(65),
    "rows=pixels",
    "zoom=5",
    "zoom=0",
    "zoom=-3",
    "zoom=3.0",
    "zoom=1e1",
    "zoom=wide",
    "zoom",
    "speed=0",
    "speed=-1",
    "speed=Infinity",
    "speed=1e400",
    "pin=dnc",
    "pin=:3",
    "pin=dnc:x",
    "pin=signal",
    "pin=dnc:3@x",
    "loop=9-3",
    "loop=5",
    "lens=magic",
    "top=a b",
    "fold=" + "a,".repeat(70) + "a",
    "select=9-3",
    "health=fine",
    "bank=transformer",
    "bank=a:b:c",
    "head=transformer:x",
    "train=-1",
    "train=soon",
    "hide=a,,b",
    "__proto__=1",
    "constructor=x",
    "toString",
  ])("drops %s with a notice", (hash) => {
    const { view, notices } = parseLink(hash);
    expect(view).toEqual({});
    expect(notices.length).toBe(1);
  });

  it("keeps the first of a repeated key, and survives anything at all", () => {
    expect(parseLink("t=1&t=2").view.t).toBe(1);
    expect(parseLink("#&&=&t=3").view.t).toBe(3);
    expect(parseLink("#t=" + "9".repeat(5000)).notices[0]).toContain("5002 characters");
    const random = seeded(11);
    const letters = "t=&pinsolozm:@%#0123456789\u0000\u202eé_-.,/?";
    for (let trial = 0; trial < 2000; trial++) {
      const hash = Array.from({ length: 1 + random() * 40 }, () => letters[Math.floor(random() * letters.length)]).join(
        "",
      );
      const { view, notices } = parseLink(hash);
      // eslint-disable-next-line no-control-regex -- that is what must not come through
      expect(notices.join()).not.toMatch(/[\u0000\u202e]/);
      expect(parseLink(formatLink(view)).view).toEqual(view);
    }
  });
});

describe("the address bar", () => {
  it("is written at most every 400 ms, the last view always", () => {
    vi.useFakeTimers();
    const written: string[] = [];
    const writer = new LinkWriter(
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
    const writer = new LinkWriter(
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
