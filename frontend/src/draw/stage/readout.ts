/** The values at the ghost line, one short line per lane and one for the signal. */

import { num } from "../ink/format";
import type { Lane } from "../lane/lane";
import type { SignalTrack } from "../../analysis/signal";

/** "write 17 · 0.93, read 42 · 0.61": what the memory says of itself at step t; "" where that step is not held. */
export function readout(lane: Lane, t: number): string {
  return lane.has(t) ? lane.drawn.readout(t) : "";
}

/** The signal at t with its unit; of bits how many are set. */
export function signalReadout(signal: SignalTrack, t: number): string {
  if (!signal.has(t)) return "";
  if (signal.kind === "line") return `${num(signal.shown(t))}${signal.unit ? ` ${signal.unit}` : ""}`;
  const bits = Array.from({ length: signal.width }, (_, k) =>
    signal.asked(t) ? signal.target(t, k) : signal.input(t, k),
  );
  return bits.map((b) => (b > 0.5 ? "1" : "0")).join("");
}
