/** How lanes stand on the stage, as in a mixer: order, pinned on top, muted, folded, taken off. Streams name the lanes. */

export interface LaneOrder {
  /** Every stream once, from the top. */
  readonly order: readonly number[];
  /** Pinned above all others. */
  readonly top: ReadonlySet<number>;
  /** Still drawn, but without arcs, answers and ages. */
  readonly muted: ReadonlySet<number>;
  /** One line high. */
  readonly folded: ReadonlySet<number>;
  /** Off the stage. */
  readonly hidden: ReadonlySet<number>;
}

export type LaneSet = "top" | "muted" | "folded" | "hidden";

export function laneOrderOf(streams: readonly number[]): LaneOrder {
  const none: ReadonlySet<number> = new Set();
  return { order: [...streams], top: none, muted: none, folded: none, hidden: none };
}

/** Streams on the stage from the top: those pinned on top first, each group in the lane order. */
export function onStage({ order, top, hidden }: LaneOrder): number[] {
  const shown = order.filter((stream) => !hidden.has(stream));
  return [...shown.filter((stream) => top.has(stream)), ...shown.filter((stream) => !top.has(stream))];
}

export function toggled(laneOrder: LaneOrder, set: LaneSet, stream: number): LaneOrder {
  const next = new Set(laneOrder[set]);
  if (!next.delete(stream)) next.add(stream);
  return { ...laneOrder, [set]: next };
}

/** The lane one place up (−1) or down (+1), past the next lane of its group; the same order where there is none. */
export function moved(laneOrder: LaneOrder, stream: number, by: 1 | -1): LaneOrder {
  const shown = onStage(laneOrder);
  const at = shown.indexOf(stream);
  const other = shown[at + by];
  if (at < 0 || other === undefined || laneOrder.top.has(other) !== laneOrder.top.has(stream)) return laneOrder;
  return { ...laneOrder, order: laneOrder.order.map((s) => (s === stream ? other : s === other ? stream : s)) };
}

/** The lane to place `at` among those on stage; it cannot leave its group. */
export function placed(laneOrder: LaneOrder, stream: number, at: number): LaneOrder {
  let next = laneOrder;
  for (let guard = laneOrder.order.length; guard > 0; guard--) {
    const from = onStage(next).indexOf(stream);
    if (from < 0 || from === at) break;
    const after = moved(next, stream, at > from ? 1 : -1);
    if (after === next) break;
    next = after;
  }
  return next;
}

/** A lane order from what a link says; streams it does not name stand behind those it does. */
export function arranged(
  streams: readonly number[],
  wanted: Partial<Record<LaneSet | "order", readonly number[]>>,
): LaneOrder {
  const laneOrder = laneOrderOf(streams);
  const named = [...new Set(wanted.order ?? [])].filter((stream) => streams.includes(stream));
  return {
    order: [...named, ...laneOrder.order.filter((stream) => !named.includes(stream))],
    top: new Set(wanted.top),
    muted: new Set(wanted.muted),
    folded: new Set(wanted.folded),
    hidden: new Set(wanted.hidden),
  };
}
