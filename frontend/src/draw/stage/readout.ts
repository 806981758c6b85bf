/** The values at the ghost line, one short line per lane and one for the signal. */

import { readRow, writeRow } from "../../memory/banks";
import { num } from "../ink/format";
import { dialsOf } from "../lane/dials";
import type { Lane } from "../lane/lane";
import type { SignalTrack } from "../../analysis/signal";

/** "write 17 · 0.93, read 42 · 0.61": the strongest address of each action; of a state its first two gates. */
export function readout(lane: Lane, t: number): string {
  if (!lane.has(t)) return "";
  const { bank, model } = lane;
  if (bank.kind !== "matrix" && bank.kind !== "append") {
    return dialsOf(model, bank, t)
      .slice(0, 2)
      .map((dial) => `${dial.name} ${num(dial.value)}`)
      .join(", ");
  }
  const peak = (row: ArrayLike<number>): [number, number] => {
    let best = 0;
    for (let i = 1; i < row.length; i++) if (row[i]! > row[best]!) best = i;
    return [best, row[best] ?? 0];
  };
  const said = (word: string, [slot, weight]: [number, number]): string => `${word} ${slot} · ${num(weight)}`;
  const reads = Array.from({ length: bank.readHeads }, (_, h) => peak(readRow(model, bank.name, h, t)));
  const read = reads.reduce((best, other) => (other[1] > best[1] ? other : best));
  if (bank.kind === "append") return said("read", read);
  const writes = Array.from({ length: bank.writeHeads }, (_, h) => peak(writeRow(model, bank.name, h, t)));
  const write = writes.reduce((best, other) => (other[1] > best[1] ? other : best));
  return `${said("write", write)}, ${said("read", read)}`;
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
