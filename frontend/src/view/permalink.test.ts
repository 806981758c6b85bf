import { describe, expect, it } from "vitest";
import { seeded } from "../wire/testlog";
import { DEFAULT_VIEW, MAX_STEP, ROWS, type PartialView, type Setting } from "./fields";
import { parse, queryNotices, serialise } from "./permalink";

describe("a link to a moment", () => {
  it.each<PartialView>([
    {},
    { t: 0 },
    { t: 214, solo: "ntm", rows: "lag", speed: 8, pin: { zone: "lane", model: "dnc", slot: 13, t: null } },
    { t: 7, speed: 0.1, loop: [10, 90], lens: "sensitivity", pin: { zone: "signal", t: 40 } },
    { speed: Infinity, hidden: ["lstm", "transformer-2"], rows: "lag" },
    { pin: { zone: "lane", model: "a.b_c-d", slot: 0, t: 99 } },
    { t: 30, train: 3200, solo: "ntm-copy" },
    { t: 30, zoom: 1.5 },
    { zoom: 16, rows: "lag" },
    { zoom: 4, from: 120, events: "write", map: "dnc", contents: [["delta", 1]] },
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
    expect(parse(`#${serialise(view)}`)).toEqual({ view, notices: [] });
  });

  it("reads like the example in the documentation", () => {
    const view: PartialView = {
      t: 214,
      solo: "ntm",
      rows: "lag",
      speed: 8,
      pin: { zone: "lane", model: "dnc", slot: 13, t: null },
    };
    expect(serialise(view)).toBe("t=214&solo=ntm&rows=lag&speed=8&pin=dnc:13&v=1");
  });

  it("leaves out what it does not know and says so", () => {
    const { view, notices } = parse("#t=5&tilt=3&v=2&theme");
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
    "from=-1",
    "events=storm",
    "content=delta",
    "map=<script>",
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
    const { view, notices } = parse(hash);
    expect(view).toEqual({});
    expect(notices.length).toBe(1);
  });

  it("keeps the first of a repeated key, and survives anything at all", () => {
    expect(parse("t=1&t=2").view.t).toBe(1);
    expect(parse("#&&=&t=3").view.t).toBe(3);
    expect(parse("#t=" + "9".repeat(5000)).notices[0]).toContain("5002 characters");
    const random = seeded(11);
    const letters = "t=&pinsolozm:@%#0123456789\u0000\u202eé_-.,/?";
    for (let trial = 0; trial < 2000; trial++) {
      const hash = Array.from({ length: 1 + random() * 40 }, () => letters[Math.floor(random() * letters.length)]).join(
        "",
      );
      const { view, notices } = parse(hash);
      // eslint-disable-next-line no-control-regex -- that is what must not come through
      expect(notices.join()).not.toMatch(/[\u0000\u202e]/);
      expect(parse(serialise(view)).view).toEqual(view);
    }
  });
});

/** Links as they stand in documents, tests and mails of earlier versions, and what they mean. */
const OLD: readonly (readonly [string, PartialView])[] = [
  ["#v=1", {}],
  ["#t=190&v=1", { t: 190 }],
  ["#t=18&train=0&v=1", { t: 18, train: 0 }],
  ["#t=190&pin=dnc:3@180&v=1", { t: 190, pin: { zone: "lane", model: "dnc", slot: 3, t: 180 } }],
  ["#pin=signal@40", { pin: { zone: "signal", t: 40 } }],
  ["#t=30&lens=sensitivity&v=1", { t: 30, lens: "sensitivity" }],
  ["#lens=mechanism", { lens: "mechanism" }],
  ["#t=30&lens=intervention&v=1", { t: 30, lens: "intervention" }],
  [
    "#t=190&select=110-133&health=focus&fold=lstm&top=dnc&mute=transformer&v=1",
    { t: 190, selection: [110, 133], health: "focus", folded: ["lstm"], top: ["dnc"], muted: ["transformer"] },
  ],
  ["#t=190&hide=lstm,transformer,ntm,dnc&v=1", { t: 190, hidden: ["lstm", "transformer", "ntm", "dnc"] }],
  ["#t=400&speed=60&v=1", { t: 400, speed: 60 }],
  ["#speed=max", { speed: Infinity }],
  ["#speed=0.5", { speed: 0.5 }],
  ["#order=dnc,lstm&zoom=1.5&rows=slots", { order: ["dnc", "lstm"], zoom: 1.5, rows: "slots" }],
  ["#solo=ntm%2Dcopy&loop=10-90", { solo: "ntm-copy", loop: [10, 90] }],
  ["#bank=transformer:layer1,ut:depth0&head=ntm:1", { banks: [["transformer", "layer1"], ["ut", "depth0"]], heads: [["ntm", 1]] }], // prettier-ignore
];

describe("links of earlier versions", () => {
  it.each(OLD)("%s opens and means the same", (hash, view) => {
    expect(parse(hash)).toEqual({ view, notices: [] });
  });

  it("may ask for a lecture by now", () => {
    expect(parse("#t=30&lec=1&v=1")).toEqual({ view: { t: 30, lecture: true }, notices: [] });
    expect(parse("#lec=yes").notices).toHaveLength(1);
  });

  it("cover every row of the table", () => {
    const since: Setting[] = ["beside", "from", "events", "contents", "map", "lecture"]; // no link of earlier versions says these
    const rows = ROWS.map(([name]) => name).filter((name) => !since.includes(name));
    expect(new Set(OLD.flatMap(([, view]) => Object.keys(view)))).toEqual(new Set(rows));
  });
});

describe("the table of settings", () => {
  it("has a key of its own for each, and says no default", () => {
    const keys = ROWS.map(([, { key }]) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(serialise(DEFAULT_VIEW)).toBe("v=1");
    expect(serialise({ rows: "slots", lens: "mechanism", hidden: [] })).toBe("v=1");
  });

  it("takes steps up to its limit", () => {
    expect(parse(`t=${MAX_STEP}`).view).toEqual({ t: MAX_STEP });
    expect(parse(`t=${MAX_STEP + 1}`)).toEqual({
      view: {},
      notices: [`The link's t was left out: wanted a step, got “${MAX_STEP + 1}”.`],
    });
  });

  it("says what became of settings before the #", () => {
    expect(queryNotices("")).toEqual([]);
    expect(queryNotices("?theme=dark&v=1")).toEqual([]);
    expect(queryNotices("?t=60&solo=ntm")).toHaveLength(2);
    expect(queryNotices("?t=60").join()).toContain("write it after #, as in #t=…");
  });
});
