/** Pointer, wheel and fingers on a canvas of a given layout, and what they do to the stage. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { layout, xOfStep, type StageLayout } from "../../draw/stage/layout";
import { controllerOf } from "../testcontroller";
import { StagePointer } from "./pointer.svelte";

type Stage = Awaited<ReturnType<typeof controllerOf>>;

class Press {
  button = 0;
  pointerId = 1;
  pointerType = "mouse";
  shiftKey = false;
  ctrlKey = false;
  deltaX = 0;
  deltaY = 0;
  deltaMode = 0;
  prevented = 0;
  captured: number[] = [];
  currentTarget = {
    getBoundingClientRect: () => ({ left: 100, top: 50 }),
    setPointerCapture: (id: number) => this.captured.push(id),
  };
  constructor(
    readonly clientX: number,
    readonly clientY: number,
  ) {}
  preventDefault(): void {
    this.prevented++;
  }
}

type Pressed = PointerEvent & WheelEvent & Pick<Press, "captured" | "prevented">;

let stage: Stage;
let box: StageLayout;
let pointer: StagePointer;
let halted: number;

/** An event at a place of the canvas, whose corner is at 100, 50 of the page. */
function at(x: number, y: number, more: Partial<Press> = {}): Pressed {
  return Object.assign(new Press(x + 100, y + 50), more) as unknown as Pressed;
}

beforeEach(async () => {
  stage = await controllerOf("memories");
  vi.stubGlobal("PointerEvent", Press);
  box = layout(1184, 752, stage.shown.length);
  stage.viewport.box = box;
  stage.viewport.open(box, 0, 132);
  stage.viewport.show({ first: 0, step: 4 });
  stage.cursor.seek(100);
  halted = 0;
  pointer = new StagePointer(stage, {
    box: () => box,
    streams: () => stage.shown,
    halt: () => halted++,
    scale: () => 1,
  });
});
afterEach(() => vi.unstubAllGlobals());

const xOf = (t: number): number => xOfStep(box, stage.viewport.window, t);
/** The middle of a row of a lane. */
const yOf = (lane: number, row: number): number => {
  const { raster } = box.lanes[lane]!;
  return raster.y + ((row + 0.5) / stage.model.lane(lane).fold.rows) * raster.h;
};

describe("the pointer", () => {
  it("shows what lies under it, and what could be done there", () => {
    pointer.move(at(xOf(40), yOf(1, 2)));
    const slot = stage.model.lane(1).slotOfPlace(2);
    expect([stage.hover, pointer.shape]).toEqual([{ zone: "lane", stream: 1, slot, t: 40 }, "pointer"]);
    pointer.move(at(xOf(50), box.signal.top + 2));
    expect([stage.hover, pointer.shape]).toEqual([{ zone: "signal", t: 50 }, "crosshair"]);
    pointer.move(at(xOf(60), box.axis.y + 5));
    expect(pointer.shape).toBe("ew-resize");
    pointer.leave();
    expect([stage.hover, pointer.shape]).toEqual([null, "default"]);
  });

  it("pins what it is pressed on, and goes there when it is pressed twice", () => {
    const press = at(xOf(40), yOf(1, 2));
    pointer.down(press);
    expect(press.captured).toEqual([1]);
    pointer.up(at(xOf(40), yOf(1, 2)));
    expect(stage.cursor.t).toBe(100);
    expect(stage.pinned).toMatchObject({ zone: "lane", stream: 1, t: 40 });
    pointer.down(at(xOf(90), yOf(1, 2), { button: 2 }));
    pointer.up(at(xOf(90), yOf(1, 2)));
    expect(stage.pinned).toMatchObject({ t: 40 });
    pointer.double(at(xOf(40), yOf(1, 2)));
    expect([stage.cursor.t, stage.pinned]).toEqual([40, null]);
    pointer.double(at(20, yOf(1, 2))); // beside the time axis there is no step to go to
    expect(stage.cursor.t).toBe(40);
  });

  it("finds its way on a picture that is larger than its boxes", () => {
    const large = new StagePointer(stage, {
      box: () => box,
      streams: () => stage.shown,
      halt: () => undefined,
      scale: () => 1.36,
    });
    large.move(at(1.36 * xOf(40), 1.36 * yOf(1, 2)));
    expect(stage.hover).toMatchObject({ zone: "lane", stream: 1, t: 40 });
  });

  it("scrubs along the axis, no further than its ends", () => {
    pointer.down(at(xOf(60), box.axis.y + 5));
    pointer.move(at(xOf(80), box.axis.y + 5));
    expect(stage.cursor.t).toBe(80);
    pointer.move(at(-50, box.axis.y + 5));
    expect(stage.cursor.t).toBe(0);
    pointer.move(at(5000, box.axis.y + 5));
    expect(stage.cursor.t).toBe(131);
    pointer.up(at(5000, box.axis.y + 5));
  });

  it("selects a range of the signal, and holds the window while it does", () => {
    pointer.down(at(xOf(30), box.signal.top + 2));
    pointer.move(at(xOf(50), box.signal.top + 2));
    pointer.move(at(xOf(55), box.signal.top + 2));
    pointer.up(at(xOf(55), box.signal.top + 2));
    expect(stage.view.selection).toEqual([30, 55]);
    expect(pointer.holding).toBe(false);
  });

  it("finds nothing before there has been a picture", () => {
    const early = new StagePointer(stage, {
      box: () => null,
      streams: () => [],
      halt: () => undefined,
      scale: () => 1,
    });
    early.move(at(xOf(40), yOf(1, 2)));
    early.wheel(at(xOf(40), yOf(1, 2), { deltaY: 100 }));
    expect([stage.hover, stage.viewport.window]).toEqual([null, { first: 0, step: 4 }]);
  });
});

describe("the wheel", () => {
  it("zooms around the step under the pointer, and is kept from the page", () => {
    stage.viewport.show({ first: 40, step: 12 });
    const turn = at(xOf(60), 300, { deltaY: -100 });
    pointer.wheel(turn);
    expect([turn.prevented, halted]).toEqual([1, 1]);
    expect(stage.viewport.window.step).toBe(16);
    expect(Math.abs(xOf(60) - (turn.clientX - 100))).toBeLessThanOrEqual(8);
    pointer.wheel(at(xOf(60), 300, { deltaY: 100 }));
    expect(stage.viewport.window.step).toBe(12);
  });

  it("scrolls the page where that scrolls, unless Ctrl is held", () => {
    vi.stubGlobal("getComputedStyle", () => ({ overflowY: "auto" }));
    const page = { parentElement: { scrollHeight: 900, clientHeight: 400, parentElement: null } };
    stage.viewport.show({ first: 40, step: 12 });
    for (const [ctrlKey, step] of [
      [false, 12],
      [true, 16],
    ] as const) {
      const turn = at(xOf(60), 300, { deltaY: -100, ctrlKey });
      Object.assign(turn.currentTarget!, page);
      pointer.wheel(turn);
      expect([turn.prevented, stage.viewport.window.step]).toEqual([ctrlKey ? 1 : 0, step]);
    }
    vi.unstubAllGlobals();
  });

  it("sideways or with Shift pans, from the first step to the last", () => {
    stage.viewport.show({ first: 0, step: 12 });
    pointer.wheel(at(400, 300, { deltaX: 120 }));
    expect(stage.viewport.window).toEqual({ first: 10, step: 12 });
    pointer.wheel(at(400, 300, { deltaY: -60, shiftKey: true }));
    expect(stage.viewport.window.first).toBe(5);
    pointer.wheel(at(400, 300, { deltaX: -5000 }));
    expect(stage.viewport.window.first).toBe(0);
    pointer.wheel(at(400, 300, { deltaX: 50000 }));
    expect(stage.viewport.window.first).toBe(Math.ceil(132 - box.time.w / 12));
    expect(halted).toBe(4);
  });
});

describe("fingers", () => {
  it("pinch on a trackpad, as Safari reports it", () => {
    const heard = new Map<string, (event: unknown) => void>();
    const canvas = {
      getBoundingClientRect: () => ({ left: 100 }),
      addEventListener: (name: string, listener: (event: unknown) => void) => heard.set(name, listener),
      removeEventListener: (name: string) => heard.delete(name),
    };
    const stop = pointer.trackpad(canvas as unknown as HTMLElement);
    expect([...heard.keys()]).toEqual(["gesturestart", "gesturechange", "gestureend"]);
    const x = xOf(60);
    const pinch = (type: string, scale: number): void =>
      heard.get(type)!({ type, clientX: x + 100, scale, preventDefault: () => undefined });
    pinch("gesturestart", 1);
    pinch("gesturechange", 2);
    expect(stage.viewport.window.step).toBe(8);
    expect(Math.abs(xOf(60) - x)).toBeLessThanOrEqual(8);
    stop();
    expect(heard.size).toBe(0);
  });

  it("two on a screen pan and zoom together", () => {
    const finger = (id: number, x: number): Pressed => at(x, 300, { pointerId: id, pointerType: "touch" });
    pointer.down(finger(1, 400));
    pointer.down(finger(2, 500));
    pointer.move(finger(1, 350));
    pointer.move(finger(2, 550));
    expect(stage.viewport.window.step).toBe(8);
    pointer.cancel(finger(1, 350));
    pointer.up(finger(2, 550));
    expect(pointer.holding).toBe(false);
  });
});
