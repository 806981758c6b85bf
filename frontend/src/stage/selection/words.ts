/** A selection in words: what it is, what is left of it, and who wrote over it. */

import type { Span } from "../../analysis/question";
import type { SignalTrack } from "../../analysis/signal";
import type { Remains, Taking } from "../../analysis/remains";
import { num, percent, small } from "../../draw/ink/format";
import type { TaskEvent } from "../../wire/manifest";

/** A part of a sentence; with a step it leads there. */
export interface Part {
  readonly text: string;
  readonly step: number | null;
}

/** Less than this is not worth a sentence. */
const WHOLE = 0.98;

/** "The odd beat, t = 25 to 48"; without a name where nothing in it has one. */
export function selectionTitle(events: readonly TaskEvent[], [a, b]: Span): string {
  const inside = events.filter(({ step, until, label }) => label !== "" && step >= a && until - 1 <= b);
  const named = inside.find(({ kind }) => kind !== "store" && kind !== "recall");
  const range = `t = ${a} to ${b}`;
  return named ? `${named.label[0]!.toUpperCase()}${named.label.slice(1)}, ${range}` : `Steps ${range}`;
}

/** At the end of its curve: "whole", "½ at 138", "72% left". */
export function leftText({ left, half }: Remains): string {
  const last = left[left.length - 1] ?? 1;
  if (half !== null) return `½ at ${half}`;
  return last >= WHOLE ? "whole" : `${percent(last)} left`;
}

/** "t = 114 to 131 overwrote 50%". `recalls`: when it is asked back, for what a memory frees by reading it. */
export function takenText(remains: Remains, recalls: readonly Span[], grows: boolean): Part[] {
  const { most, half } = remains;
  if (!most || most.part < 1 - WHOLE)
    return plain(grows ? "nothing: one slot a step, never reused" : "nothing: whole to the end");
  const { mechanism, taking, part } = most;
  const gone = half === null ? `${percent(part)} by the end` : null;
  if (mechanism === "faded") {
    return gone
      ? plain(`every step a little; ${gone}, no one write to name`)
      : [
          ...plain("every step a little; "),
          { text: `half gone by t = ${half}`, step: half },
          ...plain(", no one write to name"),
        ];
  }
  const when = { text: spanText(taking), step: taking.first };
  if (mechanism === "overwritten") return [when, ...plain(` overwrote ${percent(taking.part)}`)];
  const reading = recalls.some(([a, b]) => taking.first <= b + 1 && taking.last >= a);
  return reading
    ? [...plain("nobody: its own reads at "), when, ...plain(` freed ${percent(taking.part)}`)]
    : [...plain("freed at "), when, ...plain(`: ${percent(taking.part)}`)];
}

/** How far an answer moves: in the unit of the signal, of bits in points of probability. */
export function movesText(signal: SignalTrack, moved: number): string {
  if (signal.kind === "bits" || signal.coded) return percent(moved);
  const value = signal.difference(moved);
  const text = value < 0.005 && value >= 1e-4 ? small(value) : num(value);
  return signal.unit ? `${text} ${signal.unit}` : text;
}

function spanText({ first, last }: Taking): string {
  return first === last ? `t = ${first}` : `t = ${first} to ${last}`;
}

function plain(text: string): Part[] {
  return [{ text, step: null }];
}
