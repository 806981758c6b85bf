/**
 * Where everything on the stage lies: a pure function of the canvas size and the number of lanes.
 *
 * Drawing reads these boxes and hit testing reads the same ones. All numbers are CSS pixels from the canvas' corner.
 * One time axis is shared by strip, axis and lanes; one slot axis by a lane's raster, heads, matrix and usage.
 */

import { LEGIBLE, phoneStrips, ROOMY, stripsFor, type Strips } from "./beside_boxes";
import { STEP_WIDTHS } from "../../view/vocabulary";
import type { Question } from "../../analysis/question";

export interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** The cut through now, for one lane; x positions of its parts from left to right. */
export interface NowBox extends Box {
  matrix: Box;
  /** Right edge of the write-head bars. */
  writeX: number;
  /** Left edge of the read-head bars. */
  readX: number;
  usage: Box | null;
  gates: Box | null;
}

export interface LaneBox {
  /** Position among the lanes shown, from the top. */
  index: number;
  raster: Box;
  now: NowBox;
  /** Where name, sizes and error stand. */
  header: Box;
  /** One line high: name and raster only. */
  folded: boolean;
}

export interface StageLayout {
  mode: "wide" | "narrow" | "phone";
  W: number;
  H: number;
  pad: number;
  /** The shared time axis. */
  time: { x: number; w: number };
  /** Height of arcs and signal together. */
  strip: number;
  /** Base line of the arcs; they rise from here to the top. */
  arcBase: number;
  signal: { top: number; bottom: number };
  axis: { y: number; h: number };
  lanes: LaneBox[];
  /** Under the signal and above the axis: the lines of the channels beside it, from the top; none where they are closed. */
  beside: Box[];
  /** The health of all memories over time, below the lanes; null where it is not shown. */
  health: Box | null;
  /** Below the last lane, where playhead and ghost lines end; without lanes below the axis, so that words stand free. */
  bottom: number;
  /** The age bars, right of the strip; null on a phone. */
  ages: Box | null;
  /** Left edge of the now column. */
  nowX: number;
}

export const DEFAULT_STEP = 3;

/** Steps of air before what is stored and after what is asked back. */
const BEFORE = 10;
const AFTER = 6;
/** Wider steps than this would be blocks, not a signal. */
const MAX_OPENING_STEP = 32;

/**
 * The window a run opens with: its question, as wide as the time axis has room for in half pixels. Of a run that asks nothing,
 * or whose question is too long to be seen as one, the beginning.
 */
export function openingWindow(width: number, steps: number, question: Question | null): TimeWindow {
  const first = question ? Math.max(0, question.store[0] - BEFORE) : 0;
  const last = question ? Math.min(steps - 1, question.recall[1] + AFTER) : steps - 1;
  const step = Math.min(MAX_OPENING_STEP, Math.floor((2 * width) / Math.max(1, last - first + 1)) / 2);
  if (question && step >= STEP_WIDTHS[0]) return { first, step };
  return { first: 0, step: step >= DEFAULT_STEP ? step : DEFAULT_STEP };
}

const AXIS = 22;
const GAP = 9;
const ROWS = 32;
const FOLDED = 20;
const HEALTH = 44;
const clamp = (v: number, low: number, high: number): number => Math.min(high, Math.max(low, v));

/** What stands on the stage, apart from its size. */
export interface Standing {
  /** Per lane from the top: whether it is folded. */
  folded: readonly boolean[];
  health: boolean;
  /** Strips of channels beside the signal that are open. */
  beside?: number;
}

/** Whether somebody opened or closed the strips of the channels beside the signal; null: as there is room. */
export type BesideChoice = "shown" | "hidden" | null;

/** How many of the strips are open: without a choice all of them where strips and lanes are as high as one likes, and on a phone none. */
export function besideOpen(W: number, H: number, standing: Standing, count: number, choice: BesideChoice): number {
  if (choice !== null || count === 0) return choice === "shown" ? count : 0;
  const { mode, lanes, bottom, beside } = layout(W, H, { ...standing, beside: count });
  const roomy =
    mode !== "phone" &&
    bottom < H &&
    beside[0]!.h >= ROOMY &&
    lanes.every(({ folded, raster }) => folded || raster.h >= LEGIBLE[0]);
  return roomy ? count : 0;
}

export function layout(W: number, H: number, lanes: number | Standing): StageLayout {
  const standing =
    typeof lanes === "number" ? { folded: Array.from({ length: lanes }, () => false), health: false } : lanes;
  return W <= 560 ? phone(W, H, standing) : sideBySide(W, H, standing);
}

/** Gutter, time and now side by side. */
function sideBySide(W: number, H: number, { folded, health, beside = 0 }: Standing): StageLayout {
  const narrow = W < 900;
  const pad = 16;
  const x = pad + (narrow ? 104 : 112);
  const now = narrow ? 156 : 278;
  const w = Math.max(80, W - x - now - 12);
  const least = H < 560 ? 150 : 178;
  // 4 px above the first lane and 4 below the last hold the erase and write vectors of the matrices.
  const below = health ? HEALTH + GAP : 0;
  const count = folded.length;
  const open = folded.filter((flat) => !flat).length;
  const flat = (count - open) * (FOLDED + GAP);
  const whole = H - least - AXIS - 8 + GAP - below;
  const heightWith = (strips: Strips): number => laneHeight(open, open ? (whole - strips.h - flat) / open - GAP : 0);
  const strips = stripsFor(beside, heightWith);
  const free = whole - strips.h;
  const lane = heightWith(strips);
  const strip = least + clamp(free - flat - open * (lane + GAP) - 4, 0, 60);
  const nowX = x + w + 10;
  let y = strip + strips.h + AXIS + 4;
  const boxes = folded.map((flat, index) => {
    const h = flat ? FOLDED : lane;
    const box: LaneBox = {
      index,
      raster: { x, y, w, h },
      header: { x: pad, y, w: x - pad - 8, h },
      now: nowBox(nowX, y, h, narrow),
      folded: flat,
    };
    y += h + GAP;
    return box;
  });
  return {
    ...frame(W, H, pad, { x, w }, strip, strips),
    mode: narrow ? "narrow" : "wide",
    lanes: boxes,
    health: health && count ? { x, y, w, h: HEALTH } : null,
    bottom: count ? y - GAP + (health ? HEALTH + GAP : 0) : strip + strips.h + AXIS,
    ages: { x: nowX + 14, y: 0, w: now - 14 - (narrow ? 14 : 20), h: strip },
    nowX,
  };
}

/** Two whole rows and more for up to five lanes; more of them, or where room is short, share it in halves: all are in view. */
function laneHeight(lanes: number, room: number): number {
  if (lanes <= 5 && room >= 2 * ROWS) return ROWS * clamp(Math.floor(room / ROWS), 1, 9);
  return (ROWS / 2) * clamp(Math.floor((2 * room) / ROWS), 1, 18);
}

/** One lane at a time: time over the full width, now below it. */
function phone(W: number, H: number, { folded: { length: count }, beside = 0 }: Standing): StageLayout {
  const pad = 12;
  const time = { x: pad + 22, w: W - 2 * pad - 22 };
  const strip = 170;
  const strips = phoneStrips(beside);
  const top = strip + strips.h + AXIS + 28;
  const rowH = clamp(Math.floor((H - top - 84) / 2 / ROWS), 2, 6);
  const h = rowH * ROWS;
  const nowY = top + h + 36;
  const boxes = Array.from({ length: Math.min(1, count) }, (_, index) => ({
    index,
    raster: { x: time.x, y: top, w: time.w, h },
    header: { x: pad, y: top - 24, w: W - 2 * pad, h: 20 },
    now: nowBox(pad, nowY, h, false),
    folded: false,
  }));
  return {
    ...frame(W, H, pad, time, strip, strips),
    mode: "phone",
    lanes: boxes,
    health: null,
    bottom: count ? top + h : strip + strips.h + AXIS,
    ages: null,
    nowX: pad,
  };
}

function frame(W: number, H: number, pad: number, time: { x: number; w: number }, strip: number, strips: Strips) {
  const arc = Math.round(strip * 0.52);
  return {
    W,
    H,
    pad,
    time,
    strip,
    arcBase: arc + 4,
    signal: { top: arc + 12, bottom: strip - 10 },
    beside: Array.from({ length: strips.count }, (_, k) => ({
      ...time,
      y: strip + 4 + k * strips.pitch + strips.head,
      h: strips.pitch - strips.head - 3,
    })),
    axis: { y: strip + strips.h, h: AXIS },
  };
}

function nowBox(x: number, y: number, h: number, narrow: boolean): NowBox {
  const width = narrow ? 112 : 120;
  const matrix = { x: x + 14, y, w: width, h };
  return {
    x,
    y,
    w: narrow ? 14 + width + 16 : 278,
    h,
    matrix,
    writeX: matrix.x - 2,
    readX: matrix.x + width + 2,
    usage: narrow ? null : { x: x + 156, y, w: 34, h },
    gates: narrow ? null : { x: x + 204, y, w: 74, h },
  };
}

/** The part of the run that is in view: first step (may be fractional while gliding) and pixels per step. */
export interface TimeWindow {
  first: number;
  step: number;
}

/** Middle of step t on the canvas. */
export function xOfStep(box: StageLayout, window: TimeWindow, t: number): number {
  return box.time.x + (t - window.first + 0.5) * window.step;
}

export function stepAtX(box: StageLayout, window: TimeWindow, x: number): number {
  return Math.floor((x - box.time.x) / window.step + window.first);
}

/** From where to where a line at one step goes, from `top` down: on a phone the lane's name stands in its way. */
export function spans({ mode, axis, lanes, bottom }: StageLayout, top: number): [number, number][] {
  const lane = lanes[0];
  if (mode !== "phone" || !lane) return [[top, bottom + 2]];
  return [
    [top, axis.y + axis.h],
    [lane.raster.y, bottom + 2],
  ];
}

/** How many steps are in view. */
export function stepsInView(box: StageLayout, window: TimeWindow): number {
  return Math.ceil(box.time.w / window.step);
}

/**
 * Where the window has to go so that `t` stays in view: it follows when now passes 92 % and rests at 88 %,
 * and turns back when now leaves it on the left. Null: stay.
 */
export function follow(box: StageLayout, window: TimeWindow, t: number, steps: number): number | null {
  const n = box.time.w / window.step;
  const last = Math.max(0, Math.ceil(steps - n));
  const rest = clamp(t - n * 0.88, 0, last);
  const outside = t < window.first + (window.first > 0 ? n * 0.04 : 0) || t > window.first + n;
  if (outside) return Math.round(clamp(t < window.first ? t - n * 0.42 : rest, 0, last));
  if (t > window.first + n * 0.92 && window.first < last) return Math.round(rest);
  return null;
}

/** Zoom one notch in (+1) or out (−1, until all of the run is in view), keeping the step under the pointer where it is. */
export function zoom(box: StageLayout, window: TimeWindow, notch: 1 | -1, x: number, steps: number): TimeWindow {
  if (notch < 0 && window.step * steps <= box.time.w) return window; // all of the run is in view
  // The opening step may be none of those to choose from: its neighbours are.
  const step =
    (notch > 0
      ? STEP_WIDTHS.find((width) => width > window.step)
      : [...STEP_WIDTHS].reverse().find((width) => width < window.step)) ?? window.step;
  const under = (x - box.time.x) / window.step + window.first;
  const first = under - (x - box.time.x) / step;
  return { step, first: clamp(Math.round(first), 0, Math.max(0, Math.ceil(steps - box.time.w / step))) };
}

/** The window that shows steps a … b as wide as they fit, or their beginning at the smallest step width. */
export function fitting(box: StageLayout, a: number, b: number, steps: number): TimeWindow {
  const n = b - a + 1;
  const step = [...STEP_WIDTHS].reverse().find((width) => width * n <= box.time.w) ?? STEP_WIDTHS[0];
  const air = Math.max(0, (box.time.w / step - n) / 2);
  return { step, first: clamp(Math.round(a - air), 0, Math.max(0, Math.ceil(steps - box.time.w / step))) };
}

/** Height below the dials for the scale of the contents, where the dials stay legible without it. */
export const SCALE = 16;
/** A dial that is lower has its name beside it and no number. */
export const ROOMY_DIAL = 26;

/** Height of one of the dials beside a cut. */
export function dialPitch(gates: Box, dials: number): number {
  const count = Math.max(1, dials);
  const above = (gates.h - SCALE) / count;
  return Math.min(34, above >= ROOMY_DIAL ? above : gates.h / count);
}

/** Row of a lane under y, of `rows` rows; null outside. */
export function rowAt(box: Box, rows: number, y: number): number | null {
  if (y < box.y || y >= box.y + box.h) return null;
  return clamp(Math.floor(((y - box.y) / box.h) * rows), 0, rows - 1);
}
