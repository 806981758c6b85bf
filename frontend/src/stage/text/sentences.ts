/** What the stage shows, as text: short sentences, present tense, the model is the subject. */

import { mainSource as findMainSource, type Arc } from "../../memory/arcs";
import { heldShare } from "../../memory/held";
import type { SlotNumber } from "../../draw/lane/kinds/base";
import type { SlotLife } from "../../memory/kinds/base";
import { listed, num, percent } from "../../draw/ink/format";
import type { Target } from "../../view/vocabulary";
import type { Lane } from "../../draw/lane/lane";
import type { StageModel } from "../stage_model";

/** Weights and shares below it are shown as 0. */
const NOTABLE = 0.005;

const found = new WeakMap<Float64Array, Arc | null>();

/** The main source of a row, found once: rows are shared with the ledger's cache and never change. */
function mainSource(row: Float64Array): Arc | null {
  let arc = found.get(row);
  if (arc === undefined) found.set(row, (arc = findMainSource(row)));
  return arc;
}

/** Text, parts of it in the stronger ink. */
export type Prose = readonly { text: string; strong?: boolean }[];

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

/** "Transformer and DNC read back the segment stored at t = 124." One sentence per group of models that read alike. */
export function readText(model: StageModel, shown: readonly number[], t: number): Prose {
  const events = model.log.manifest.task.events.filter((event) => event.kind === "store");
  const groups = new Map<string, { names: string[]; one: string; many: string }>();
  const add = (key: string, name: string, one: string, many: string): void => {
    const group = groups.get(key) ?? { names: [], one, many };
    group.names.push(name);
    groups.set(key, group);
  };
  for (const stream of shown) {
    const lane = model.lane(stream);
    const row = model.shareCache.now(stream, t);
    if (!row) continue;
    const source = mainSource(row);
    if (row[0]! > 0.5) {
      add(
        "initial",
        lane.label,
        "reads mostly what memory held before the first step",
        "read mostly what memory held before the first step",
      );
    } else if (!source || !(Math.abs(source.share) > 0)) {
      add("nothing", lane.label, "reads nothing", "read nothing");
    } else {
      const lag = row.length - 2 - source.step;
      const event = events.find((e) => source.step >= e.step && source.step < e.until && t >= e.until);
      if (event && source.share > 0.2) {
        const back = `back the segment stored from t = ${event.step} on`;
        add(`event ${event.step}`, lane.label, `reads ${back}`, `read ${back}`);
      } else if (lag < 9) {
        add("recent", lane.label, "reads mostly the last steps", "read mostly the last steps");
      } else {
        add(
          `step ${source.step}`,
          lane.label,
          `reads t = ${source.step}, ${lag} steps ago`,
          `read t = ${source.step}, ${lag} steps ago`,
        );
      }
    }
  }
  return [...groups.values()].flatMap(({ names, one, many }) => [
    { text: listed(names), strong: true },
    { text: ` ${names.length > 1 ? many : one}. ` },
  ]);
}

/** Main source of each model's read at t, for the list under the sentence. */
export function mainSources(model: StageModel, shown: readonly number[], t: number): { lane: Lane; text: string }[] {
  return shown.map((stream) => {
    const lane = model.lane(stream);
    if (!lane.has(t)) return { lane, text: "no step" };
    const row = model.shareCache.now(stream, t);
    const source = row && mainSource(row);
    if (!row) return { lane, text: "…" };
    if (row[0]! > 0.5) return { lane, text: `initial, ${percent(row[0]!)}` };
    return { lane, text: source && source.share !== 0 ? `t = ${source.step}, ${percent(source.share)}` : "nothing" };
  });
}

export interface SlotFacts {
  lane: Lane;
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
  if (!origins) return { lane, title, prose: [{ text: "Reading the log." }], life, numbers };
  const source = mainSource(origins);
  if (!source || Math.abs(source.share) < NOTABLE) {
    const empty =
      wording.empty?.(slot) ??
      (Math.abs(origins[0] ?? 0) > 0.5 || !life.write.subarray(0, t + 1).some((weight) => weight >= NOTABLE)
        ? "Empty. Nothing has been written here yet."
        : "Empty: what was written here has been erased.");
    return { lane, title, prose: [{ text: empty }], life, numbers };
  }
  const shares = model.shareCache.peek(stream, t);
  if (shares) {
    numbers.push({
      name: `share of the read at t = ${t}`,
      value: percent(shares[source.step + 1] ?? 0),
      says: `Part of the read vector of step ${t} that the write of step ${source.step} makes up. Lens: mechanism.`,
    });
  }
  const held = heldShare(lane.memory, source.step, t);
  const prose: Prose = [
    { text: opening(source.share) },
    { text: `written at t = ${source.step}`, strong: true },
    { text: ` by ${inputText(model, source.step)}` },
    { text: ` (share ${percent(source.share)}).` },
    { text: ` ${lastRead(lane, life, source.step, t)}` },
    { text: ` ${source.step === t ? "That is this step's own write." : wording.left(held)}` },
  ];

  return { lane, title, prose, life, numbers };
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
  return "Not read since.";
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
    if (moment > now || !lane.has(now) || !lane.model.has(moment, now)) return { lane, held: "", read: "" };
    const row = model.shareCache.peek(stream, now);
    let read = 0;
    if (row) for (let s = Math.max(0, moment - 1); s <= Math.min(now, moment + 1); s++) read += row[s + 1]!;
    return { lane, held: percent(heldShare(lane.memory, moment, now)), read: row ? percent(read) : "…" };
  });
}

/** One line for the live region: "Step 214. NTM writes slot 17 (0.93), reads step 180 (62%)." */
export function spoken(model: StageModel, shown: readonly number[], t: number, target: Target | null): string {
  const parts = shown.map((stream) => {
    const lane = model.lane(stream);
    if (!lane.has(t)) return `${lane.label} has no step ${t}`;
    const picture = lane.picture(t);
    const write = picture.writes[0];
    const row = model.shareCache.peek(stream, t);
    const source = row && mainSource(row);
    let best = 0;
    write?.forEach((v, i) => {
      if (v > write[best]!) best = i;
    });
    const wrote =
      write && write[best]! > 0.1
        ? `writes ${lane.slotWord} ${lane.slotOfRow(best)} (${num(write[best]!)})`
        : "writes nothing";
    const reads = source && source.share !== 0 ? `, reads step ${source.step} (${percent(source.share)})` : "";
    return `${lane.label} ${wrote}${reads}`;
  });
  const pointer =
    target?.zone === "lane" && target.slot !== null
      ? ` Pointer: ${plain(slotFacts(model, target.stream, target.slot, target.t).prose)}`
      : "";
  return `Step ${t}, ${inputText(model, t)}. ${parts.join("; ")}.${pointer}`;
}
