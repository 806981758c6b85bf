/** What the palette offers, and how a few letters find it. */

import { SPEEDS } from "../../view/cursor.svelte";
import { LENSES } from "../../view/vocabulary";
import { count } from "../../draw/ink/format";
import { MEASURES } from "../../analysis/measures";
import { kindsOf } from "../../analysis/events";
import { rowsFor, type Command } from "./commands";
import type { StageController } from "../controller.svelte";

export interface Offer {
  readonly says: string;
  readonly group: string;
  /** Chord of its key, where it has one. */
  readonly key: string | null;
  /** Exactly what was typed: before everything that only sounds like it. */
  readonly exact?: boolean;
  readonly run: () => void;
}

/** Every command that can be given now; a number is a step to go to. */
export function offers(controller: StageController, query: string): Offer[] {
  const { model, view, cursor, session, shown, training } = controller;
  const plain = rowsFor(controller.has)
    .filter(({ command }) => !OWN.has(command.does) && (command.does !== "read-map" || controller.mapped !== undefined))
    .map((row) => ({
      says: row.says,
      group: row.group,
      key: row.keys[0] ?? null,
      run: () => controller.run(row.command),
    }));
  const step = /^\s*\d+\s*$/.test(query) ? Number(query) : null;
  const last = Math.max(0, cursor.total - 1);
  return [
    ...(step === null
      ? []
      : [
          {
            ...offer("Time", `Go to step ${Math.min(step, last)}`, () => cursor.seek(Math.min(step, last))),
            exact: true,
          },
        ]),
    ...plain,
    ...shown.flatMap((stream, k) => {
      const { label } = model.lane(stream);
      return [
        { ...offer("Lanes", `Isolate ${label}`, () => controller.isolate(stream)), key: k < 9 ? String(k + 1) : null },
        offer("Lanes", `Mute ${label}`, () => controller.toggle("muted", stream)),
        offer("Lanes", `Fold ${label}`, () => controller.toggle("folded", stream)),
        offer("Lanes", `Keep ${label} on top`, () => controller.toggle("top", stream)),
      ];
    }),
    ...training.streams.map((stream) => {
      const way = controller.laneOrder.hidden.has(stream) ? ["Put", "on"] : ["Take", "off"];
      const { label } = model.lane(stream);
      return offer("Lanes", `${way[0]} ${label} ${way[1]} the stage`, () => controller.toggle("hidden", stream));
    }),
    ...(training.there ? training.updates : []).map((update) =>
      offer("Training", `After ${count(update)} updates of training`, () => training.seek(update)),
    ),
    ...SPEEDS.map((speed) =>
      offer("Time", speed === Infinity ? "Speed: as fast as possible" : `Speed: ${speed} steps per second`, () =>
        session.setSpeed(speed),
      ),
    ),
    ...kindsOf(model.signal).map(({ value, label }) =>
      offer("Time", `Step through ${label.toLowerCase()}`, () => (view.events = value)),
    ),
    ...(controller.lenses.offered ? LENSES : []).map((lens) =>
      offer("View", `Lens: ${lens}`, () => controller.setLens(lens)),
    ),
    ...MEASURES.map(({ value, label }) => offer("View", `Health: ${label.toLowerCase()}`, () => (view.health = value))),
    ...model.log.manifest.task.events
      .slice(0, 60)
      .map((event) =>
        offer("Moments", `${event.label || event.kind} at t = ${event.step}`, () => cursor.seek(event.step)),
      ),
  ];
}

/** Commands that the palette offers lane by lane, or that open it. */
const OWN = new Set<Command["does"]>(["isolate", "palette"]);

function offer(group: string, says: string, run: () => void): Offer {
  return { group, says, key: null, run };
}

/** The offers that hold the letters of the query in their order, best first; all of them where nothing is asked. */
export function matching<T extends { says: string; exact?: boolean }>(all: readonly T[], query: string): T[] {
  const letters = query.trim().toLowerCase();
  if (!letters) return [...all];
  return all
    .map((one) => ({ one, score: one.exact ? Infinity : likeness(one.says.toLowerCase(), letters) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ one }) => one);
}

/** 0: the letters do not come in this order. Whole words and beginnings of words count most. */
function likeness(text: string, letters: string): number {
  const at = text.indexOf(letters);
  if (at >= 0) return 100 - at / 10 + (at === 0 || text[at - 1] === " " ? 50 : 0);
  let from = 0;
  let score = 1;
  for (const letter of letters) {
    const next = text.indexOf(letter, from);
    if (next < 0) return 0;
    if (next === from || text[next - 1] === " ") score += 2;
    from = next + 1;
  }
  return score - text.length / 100;
}
