/**
 * Every sentence of the golden recordings, as a table: `*.sentences.txt`. A change of wording is looked at there, line by
 * line, and taken over by `npx vitest run src/stage/text/sentences.test.ts -u`.
 */
import { expect, it, vi } from "vitest";
import type { StageModel } from "../stage_model";
import { stageOf } from "../teststage";
import { mainSources, readText } from "./reads";
import { inputText, momentTable, plain, slotFacts, spoken } from "./sentences";

const TS = [0, 1, 45, 63, 64, 100, 131];
const SLOTS = [0, 2, 60];
const MOMENTS = [0, 44, 99];

function table(stage: StageModel): string[] {
  const shown = stage.log.models.map((model) => model.spec.stream);
  const out: string[] = [];
  for (const t of TS) {
    out.push(`t = ${t}`, `  input    ${inputText(stage, t)}`);
    for (const stream of shown) out.push(`  read     ${plain(readText(stage, [stream], t)).trim()}`);
    out.push(`  together ${plain(readText(stage, shown, t)).trim()}`);
    for (const { lane, text, aside } of mainSources(stage, shown, t))
      out.push(`  source   ${lane.label}: ${text}${aside && `, ${aside}`}`);
    for (const moment of MOMENTS)
      for (const { lane, held, read } of momentTable(stage, shown, moment, t))
        if (held) out.push(`  moment   ${moment} of ${lane.label}: held ${held}, read ${read}`);
        else expect([moment > t, read]).toEqual([true, ""]);
    out.push(`  spoken   ${spoken(stage, shown, t, null)}`);
    for (const stream of shown) {
      for (const slot of SLOTS.filter((one) => one < stage.lane(stream).slotsAt(t))) {
        const { title, prose, numbers } = slotFacts(stage, stream, slot, t);
        out.push(`  slot     ${title}: ${plain(prose)}`);
        for (const { name, value } of numbers) out.push(`           ${name}: ${value}`);
      }
    }
  }
  return out;
}

it.each(["memories", "kinds"] as const)("the golden recording %s is spoken of as before", async (name) => {
  const lines = table(await stageOf(name, TS, SLOTS));
  expect(lines.join("\n")).not.toMatch(/NaN|undefined|null|Reading the log|…/);
  await expect(lines.join("\n") + "\n").toMatchFileSnapshot(`${name}.sentences.txt`);
});

it("an empty slot is one that was never written, or one whose content has been erased", async () => {
  const stage = await stageOf("memories", []);
  const dnc = stage.log.models.findIndex(({ spec }) => stage.lane(spec.stream).label === "DNC");
  vi.spyOn(stage, "originsAt").mockImplementation((_, __, t) => new Float64Array(t + 2));
  const { write } = stage.lifeOf(dnc, 0);
  const first = write.findIndex((weight) => weight >= 0.005);
  expect(first).toBeGreaterThan(1);
  const said = (t: number): string => plain(slotFacts(stage, dnc, 0, t).prose);
  expect(said(first - 1)).toBe("Empty. Nothing has been written here yet.");
  expect(said(first)).toBe("Empty: what was written here has been erased.");
});
