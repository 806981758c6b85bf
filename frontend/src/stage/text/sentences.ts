/** What the stage shows, as text: short sentences, present tense, the model is the subject. */

import type { SlotNumber } from "../../draw/lane/kinds/base";
import type { SlotLife } from "../../memory/kinds/base";
import type { Arc } from "../../memory/arcs";
import { num, percent } from "../../draw/ink/format";
import { besideReadout } from "../../draw/stage/beside";
import { mostText } from "../../draw/ink/sources";
import type { Cell, Target } from "../../view/vocabulary";
import type { Lane } from "../../draw/lane/lane";
import type { StageModel } from "../stage_model";
import { mainSource } from "./reads";

/** Weights and shares below it are shown as 0. */
const NOTABLE = 0.005;

/** Text, parts of it in the stronger ink; what is of an older step than the heading's is late and stands in a weaker one. */
export type Prose = readonly { text: string; strong?: boolean; late?: boolean }[];

export function plain(prose: Prose): string {
  return prose.map((part) => part.text).join("");
}

/** A value of the input with its unit. */
export function withUnit(model: StageModel, value: number): string {
  const { unit } = model.signal;
  return unit && model.signal.kind === "line" ? `${num(value)} ${unit}` : num(value);
}

/** What the strip shows at a step: "input −0.56 mV", or what was asked for. */
export function inputText(model: StageModel, t: number): string {
  const { signal } = model;
  if (signal.kind === "bits") {
    const bits = Array.from({ length: signal.width }, (_, k) =>
      signal.asked(t) ? signal.target(t, k) : signal.input(t, k),
    );
    return `${signal.asked(t) ? "asked for" : "input"} ${bits.map((b) => (b > 0.5 ? "1" : "0")).join("")}`;
  }
  return signal.asked(t)
    ? `asked for ${withUnit(model, signal.target(t))}`
    : `input ${withUnit(model, signal.input(t))}`;
}

export interface SlotFacts {
  lane: Lane;
  slot: number;
  title: string;
  prose: Prose;
  life: SlotLife;
  numbers: SlotNumber[];
}

/** Everything about one slot (unit, past step) as it is after step t. */
export function slotFacts(model: StageModel, stream: number, slot: number, t: number): SlotFacts {
  const lane = model.lane(stream);
  const { wording } = lane.drawn;
  const life = model.lifeOf(stream, slot);
  const numbers = wording.numbers(life, t);
  const origins = model.originsAt(stream, slot, t);
  const title = `${lane.label}, ${wording.slot} ${slot} at t = ${t}`;
  if (!origins) return { lane, slot, title, prose: [{ text: "Reading the log." }], life, numbers };
  const source = mainSource(origins);
  if (!source || Math.abs(source.share) < NOTABLE) {
    const empty =
      wording.empty?.(slot) ??
      (!lane.model.has(0, t)
        ? "Empty."
        : Math.abs(origins[0] ?? 0) > 0.5 || !life.write.subarray(0, t + 1).some((weight) => weight >= NOTABLE)
          ? "Empty. Nothing has been written here yet."
          : "Empty: what was written here has been erased.");
    return { lane, slot, title, prose: [{ text: empty }], life, numbers };
  }
  const shares = model.shareCache.peek(stream, t);
  if (shares) {
    numbers.push({
      name: `share of the read at t = ${t}`,
      value: percent(shares[source.step + 1] ?? 0),
      says: `Part of the read vector of step ${t} that the write of step ${source.step} makes up. Lens: mechanism.`,
    });
  }
  const held = model.heldOf(stream, source.step, t);
  const prose: Prose = [
    { text: opening(source.share) },
    { text: `written at t = ${source.step}`, strong: true },
    { text: ` by ${inputText(model, source.step)}` },
    { text: ` (share ${percent(source.share)}).` },
    { text: ` ${lastRead(lane, life, source.step, t)}` },
    {
      text: ` ${source.step === t ? "That is this step's own write." : held === null ? "Reading the log." : wording.left(held)}`,
    },
  ];

  return { lane, slot, title, prose, life, numbers };
}

/** The number pointed at in a cut, with what its colour means; nothing where there is none. */
export function cellNumber(lane: Lane, slot: number, cell: Cell, t: number): SlotNumber[] {
  const found = lane.numberAt(slot, cell, t);
  if (!found) return [];
  const { value, block } = found;
  const column = block.columns > 1 ? `, column ${cell.column}` : "";
  const scale =
    block.map === "signed"
      ? `Green is positive, violet negative; full colour at ±${Number((lane.limits.get(block.name) ?? 1).toPrecision(2))}.`
      : "Ground at 0, full grey at 1.";
  return [
    {
      name: `${block.name}${column}`,
      value: num(value),
      says: `Number ${cell.column} of ${lane.slotWord} ${slot} after step ${t}. ${scale}`,
    },
  ];
}

/** Where shares go beyond the whole, writes cancel one another, and the largest is not what is there. */
function opening(share: number): string {
  return share > 0 && share < 1.5 ? "Holds what was " : "Made of writes that cancel one another; the largest was ";
}

function lastRead(lane: Lane, life: SlotLife, since: number, t: number): string {
  const { alwaysRead } = lane.drawn.wording;
  if (alwaysRead) return alwaysRead;
  for (let k = Math.min(t, life.read.length - 1); k > since; k--) {
    if (life.read[k]! > 0.12) return `Last read at t = ${k}.`;
  }
  let from = t;
  while (from > since + 1 && lane.model.hasStep(from - 1)) from--;
  return from > since + 1 ? `Not read since t = ${from - 1}.` : "Not read since.";
}

/** For each model: how much of a past moment is still held now, and how much of the read now comes from it. */
export function momentTable(
  model: StageModel,
  shown: readonly number[],
  moment: number,
  now: number,
): { lane: Lane; held: string; read: string }[] {
  return shown.map((stream) => {
    const lane = model.lane(stream);
    if (moment > now || !lane.has(now) || !lane.model.knows(moment)) return { lane, held: "", read: "" };
    const held = model.heldOf(stream, moment, now);
    const row = model.shareCache.peek(stream, now);
    let read = 0;
    if (row) for (let s = Math.max(0, moment - 1); s <= Math.min(now, moment + 1); s++) read += row[s + 1]!;
    return { lane, held: held === null ? "…" : percent(held), read: row ? percent(read) : "…" };
  });
}

/** One line for the live region: "Step 214. NTM writes slot 17 (0.93), reads step 180 (62%)."; beside: whether those strips are open. */
export function spoken(
  model: StageModel,
  shown: readonly number[],
  t: number,
  target: Target | null,
  beside = false,
): string {
  const parts = shown.map((stream) => {
    const lane = model.lane(stream);
    if (!lane.has(t)) return `${lane.label} has no step ${t}`;
    const wrote = lane.drawn.wrote(t);
    let slot = 0;
    for (let i = 1; i < wrote.length; i++) if (wrote[i]! > wrote[slot]!) slot = i;
    const writes = wrote[slot]! > 0.1 ? `writes ${lane.slotWord} ${slot} (${num(wrote[slot]!)})` : "writes nothing";
    const row = model.shareCache.peek(stream, t);
    const source = row && mainSource(row);
    return `${lane.label} ${writes}${source && source.share !== 0 ? `, reads ${readSteps(source)}` : ""}`;
  });
  const pointer =
    target?.zone === "lane" && target.slot !== null
      ? ` Pointer: ${plain(slotFacts(model, target.stream, target.slot, target.t).prose)}`
      : "";
  const channels = beside ? model.beside.map((channel) => `${channel.name} ${besideReadout(channel, t)}`) : [];
  const also = channels.length ? ` Beside it, not heard: ${channels.join(", ")}.` : "";
  return `Step ${t}, ${inputText(model, t)}.${also} ${parts.join("; ")}.${pointer}`;
}

/** "step 180 (62%)", "steps 147 to 153 (72%, at most 34% in one step)". */
function readSteps(source: Arc): string {
  const { from, to, share } = source;
  if (from === to) return `step ${from} (${percent(share)})`;
  return `steps ${from} to ${to} (${percent(share)}, ${mostText(source)})`;
}
