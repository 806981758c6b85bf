/** What lies under the pointer, read from the same boxes that were drawn. */

import type { Cell, Target } from "../../view/vocabulary";
import { dialPitch, rowAt, stepAtX, type Box, type StageLayout, type TimeWindow } from "./layout";

export interface HitLane {
  stream: number;
  rows: number;
  /** The raster of this lane shows lags whatever the others show. */
  lagged?: boolean;
  dials: number;
  /** What of its cut lies so far into a matrix of that width; null where nothing does. */
  cellAt(width: number, x: number): Cell | null;
  /** The slot so many rows from the top, fractions of a row included, at step t; null where there is none. */
  slotAt(at: number, t: number): number | null;
}

export interface HitScene {
  /** The playhead. */
  t: number;
  /** Last step that can be pointed at. */
  last: number;
  /** Rows are slots (else lags, which name no slot). */
  slots: boolean;
  lanes: readonly HitLane[];
}

function inside(box: Box, x: number, y: number): boolean {
  return x >= box.x && x < box.x + box.w && y >= box.y && y < box.y + box.h;
}

export function targetAt(
  layout: StageLayout,
  window: TimeWindow,
  scene: HitScene,
  x: number,
  y: number,
): Target | null {
  const inTime = x >= layout.time.x && x < layout.time.x + layout.time.w;
  const t = Math.max(0, Math.min(scene.last, stepAtX(layout, window, x)));
  if (inTime && y >= layout.axis.y && y < layout.axis.y + layout.axis.h) return { zone: "axis", t };
  if (inTime && y >= 0 && y < layout.axis.y) return { zone: "signal", t };
  for (const box of layout.lanes) {
    const lane = scene.lanes[box.index];
    if (!lane) continue;
    const { stream } = lane;
    if (inside(box.raster, x, y)) {
      const step = Math.min(t, scene.t);
      return {
        zone: "lane",
        stream,
        t: step,
        slot: scene.slots && !lane.lagged && t <= scene.t ? slot(lane, box.raster, y, step) : null,
      };
    }
    if (box.folded) {
      if (inside(box.header, x, y)) return { zone: "header", stream, t: scene.t };
      continue;
    }
    const { now } = box;
    if (now.gates && inside(now.gates, x, y)) {
      const dial = Math.floor((y - now.gates.y) / dialPitch(now.gates, lane.dials));
      if (dial < lane.dials) return { zone: "dial", stream, t: scene.t, dial };
    }
    const cut = { x: now.x, y: now.y, w: now.usage ? now.usage.x + now.usage.w - now.x : now.w, h: now.h };
    if (inside(cut, x, y)) {
      const found = slot(lane, now, y, scene.t);
      const { matrix } = now;
      const cell = found !== null && inside(matrix, x, y) ? lane.cellAt(matrix.w, x - matrix.x) : null;
      return { zone: "lane", stream, t: scene.t, slot: found, ...(cell && { cell }) };
    }
    if (inside(box.header, x, y)) return { zone: "header", stream, t: scene.t };
  }
  return null;
}

function slot(lane: HitLane, box: Box, y: number, t: number): number | null {
  return rowAt(box, lane.rows, y) === null ? null : lane.slotAt(((y - box.y) / box.h) * lane.rows, t);
}
