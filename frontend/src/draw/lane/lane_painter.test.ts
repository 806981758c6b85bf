import { afterEach, describe, expect, it, vi } from "vitest";
import { RecordingLog } from "../../memory/log";
import { decodeMessages } from "../../wire/messages";
import { makeLog } from "../../wire/testlog";
import { whyStopped, whyStoppedInWords } from "./failure";
import { Lane } from "./lane";
import { layout, xOfStep } from "../stage/layout";
import { awaited, type LaneScene, type Scene } from "../stage/scene";
import { SignalTrack } from "../../analysis/signal";
import { paintLane } from "./lane_painter";
import { SvgContext } from "../ink/svg_canvas";
import type { Ctx } from "../ink/text";
import { DARK, makeInks } from "../ink/tokens";

const inks = makeInks(DARK, true);
const WIDE = 6;

/** A lane with a name and numbers, whose memory paints nothing. */
function lane(label: string, details: { moment?: string; error?: string } = {}): Lane {
  const still = { paint: () => undefined };
  return {
    label,
    hue: "rnn",
    sizes: ["256 cells", "slow cells on top"],
    moment: details.moment ?? null,
    rowsShown: () => "slots",
    tape: still,
    lag: still,
    gauges: [],
    phases: [],
    fold: { rows: 4, per: 1 },
    drawn: { places: 4 },
    has: () => false,
    shownAt: () => null,
    model: { steps: 0, failure: null, spec: { label } },
  } as unknown as Lane;
}

/** Text painted at step t, with where they begin and end. */
function painted(width: number, item: LaneScene, t = 3): { text: string; left: number; right: number }[] {
  const box = layout(width, 640, 1);
  const ctx = new SvgContext(width, 640, "#000", { measure: (text) => text.length * WIDE, picture: () => "" });
  const scene = {
    t,
    rows: "slots",
    window: { first: 0, step: 3 },
    signal: { planned: 300 },
    lanes: [item],
    scale: 1,
  };
  paintLane(ctx as unknown as Ctx, inks, box, box.lanes[0]!, scene as unknown as Scene);
  return [...ctx.document("").matchAll(/<text x="([\d.]+)"([^>]*)>([^<]*)<\/text>/g)].map(([, x, style, said]) => {
    const long = said!.length * WIDE;
    const left = Number(x) - (style!.includes('"end"') ? long : 0);
    return { text: said!, left, right: left + long };
  });
}
const item = (of: Lane, more: Partial<LaneScene> = {}): LaneScene =>
  ({ lane: of, emphasis: "normal", linked: [], slot: null, failure: null, ...more }) as LaneScene;

describe("the head of a lane on a phone", () => {
  /** Where the sign of the menu begins, and that of a lane pinned on top. */
  const MENU = 390 - 12 - 14 + 4;
  const PIN = MENU - 14;

  it("ends before the signs of menu and pin", () => {
    const of = lane("LSTM");
    expect(painted(390, item(of)).map(({ text }) => text)).toEqual(["LSTM", "256 cells"]);
    expect(painted(390, item(of))[1]!.right).toBeLessThanOrEqual(MENU);
    expect(painted(390, item(of, { top: true }))[1]!.right).toBeLessThanOrEqual(PIN);
  });

  it("leaves out what has no room beside a long name", () => {
    const long = (moment: string): Lane => lane("Universal Transformer, deep", { moment });
    const [name, found] = painted(390, item(long("16 000 updates"), { top: true }));
    expect(found!.text).toBe("16 000 updates");
    expect(found!.left).toBeGreaterThan(name!.right);
    expect(painted(390, item(long("after 16 000 of 160 000 updates"), { top: true }))).toHaveLength(1);
  });
});

describe("a model that stopped", () => {
  afterEach(() => vi.unstubAllGlobals());

  it.each([0, 30, 60, 120, 200, 260])("says why beside the playhead, which is at %i", (t) => {
    const nothing: unknown = new Proxy(() => nothing, { get: () => nothing, set: () => true });
    vi.stubGlobal("document", { createElement: () => ({ getContext: () => nothing }) });
    const now = xOfStep(layout(1200, 640, 1), { first: 0, step: 3 }, t);
    const found = painted(
      1200,
      item(lane("NTM"), { failure: { stream: 0, step: 20, reason: "infinity", tensor: "outputs" } }),
      t,
    );
    const reason = found.find(({ text }) => text.startsWith("Stopped at step 20"))!;
    expect(now <= reason.left || now >= reason.right).toBe(true);
  });
});

describe("a step that is not there", () => {
  afterEach(() => vi.unstubAllGlobals());

  /** A lane without anything to paint on, and the way to bring it chunks. */
  function opened(shape: Parameters<typeof makeLog>[1][number]): { lane: Lane; bring: (...chunks: number[]) => void } {
    const nothing: unknown = new Proxy(() => nothing, { get: () => nothing, set: () => true });
    vi.stubGlobal("document", { createElement: () => ({ getContext: () => nothing }) });
    const bytes = class {
      readonly data: Uint8ClampedArray;
      constructor(width: number, height: number) {
        this.data = new Uint8ClampedArray(width * height * 4);
      }
    };
    vi.stubGlobal("ImageData", bytes);
    const { manifest, messages } = makeLog(300, [shape]);
    const log = new RecordingLog(manifest);
    const bring = (...chunks: number[]): void => {
      for (const message of messages)
        if ([...decodeMessages(message)].every(({ first }) => chunks.includes(Math.floor(first / 64))))
          log.append(message);
    };
    bring(0, 1);
    return { lane: new Lane(log.model(0), log.model(0).bank(), new SignalTrack(log), inks, null), bring };
  }

  it("is stood in for by the last one shown, or the newest there is, until it has come", () => {
    const { lane, bring } = opened({ units: 5 });
    expect(lane.shownAt(250)).toBe(127);
    expect(lane.shownAt(40)).toBe(40);
    lane.picture(40);
    expect(lane.shownAt(250)).toBe(40);
    expect(lane.shownAt(90)).toBe(90);
    bring(3);
    expect(lane.shownAt(250)).toBe(250);
    expect(lane.shownAt(150)).toBe(40);
    lane.model.failure = { stream: 0, step: 128, reason: "infinite", tensor: null };
    expect(lane.shownAt(290)).toBe(127);
  });

  it("is said to be of another step, and its column to be on its way", () => {
    const { lane } = opened({ width: 4, heads: 2 });
    expect(painted(1200, item(lane), 90).map(({ text }) => text)).not.toContain("t = 90");
    const late = painted(1200, item(lane), 250).map(({ text }) => text);
    expect(late).toEqual(expect.arrayContaining(["t = 90", "loading"]));
    expect(awaited(item(lane), 250)).toBe(true);
    expect(awaited(item(lane, { failure: { stream: 0, step: 128, reason: "infinite", tensor: null } }), 250)).toBe(
      false,
    );
  });
});

it("why a model stopped is shown as it was recorded, with the tensor where that is known", () => {
  expect(whyStopped({ reason: "a number that is not finite", tensor: "outputs" })).toBe(
    "a number that is not finite in outputs",
  );
  expect(whyStopped({ reason: "lost at step 12", tensor: null })).toBe("lost at step 12");
  expect(whyStoppedInWords({ reason: "a number that is not finite", tensor: "outputs" })).toBe(
    "it produced a number that is not finite; the steps before it are kept. First seen in outputs.",
  );
  expect(whyStoppedInWords({ reason: "lost at step 12", tensor: null })).toBe("lost at step 12.");
});
