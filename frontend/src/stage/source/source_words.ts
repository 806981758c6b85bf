/** What is said of a live source, and the commands that feed it. */

import { count, counted, duration } from "../../draw/ink/format";
import type { Source } from "../../wire/wire.gen";

/** "Receiving 250 samples/s", "Waiting for samples", "Silent for 12 s, the run ends in 288 s unless it sends". */
export function stateOf(source: Source): string {
  const ends = source.ends_in === null ? "" : `; the run ends in ${duration(source.ends_in)} unless it sends`;
  switch (source.state) {
    case "waiting":
      return `Waiting for samples${source.senders ? ", a sender is connected" : ""}`;
    case "receiving":
      return `Receiving ${rate(source.measured_rate ?? 0)}`;
    case "silent":
      return `Silent for ${duration(Math.round(source.seen_seconds ?? 0))}${ends}`;
    case "ended":
      return "The source has ended";
  }
}

/** "36 samples/s", "0.2 samples/s". */
function rate(hz: number): string {
  return `${hz >= 10 ? count(Math.round(hz)) : String(Number(hz.toPrecision(2)))} samples/s`;
}

/** Figures of what has come, the ones that matter only where there is something to say. */
export function figuresOf(source: Source): string[] {
  const { rate: announced, received, queued, warming, measured_rate, state } = source;
  const out = [`${count(received)} received`];
  if (state === "receiving" && announced && measured_rate && Math.abs(measured_rate / announced - 1) > 0.1)
    out.push(`${rate(announced)} were announced`);
  if (warming) out.push(`${count(warming)} more settle the scaling`);
  if (queued > 256 && !warming) out.push(`${count(queued)} wait to be computed`);
  return [...out, ...lossesOf(source)];
}

type Losses = Pick<Source, "gaps" | "missing" | "late" | "duplicates" | "blank" | "beyond">;

/** What was lost on the way, and what became of it. */
export function lossesOf({ gaps, missing, late, duplicates, blank, beyond }: Losses): string[] {
  const out: string[] = [];
  if (gaps) out.push(`${count(missing)} missing in ${counted(gaps, "gap")}`);
  if (late) out.push(`${count(late)} too late, left out`);
  if (duplicates) out.push(`${count(duplicates)} sent twice`);
  if (blank) out.push(`${count(blank)} without a number`);
  if (beyond) out.push(`${count(beyond)} after the last step`);
  return out;
}

/** Whether a recording says what was lost on the way to it: `signal.source.live` of its manifest. */
export function lossesIn(source: Readonly<Record<string, unknown>> | null | undefined): string[] {
  const live = source?.["live"];
  if (typeof live !== "object" || live === null) return [];
  const of = (name: keyof Losses): number => {
    const value = (live as Record<string, unknown>)[name];
    return typeof value === "number" && Number.isFinite(value) ? value : 0;
  };
  return lossesOf({
    gaps: of("gaps"),
    missing: of("missing"),
    late: of("late"),
    duplicates: of("duplicates"),
    blank: of("blank"),
    beyond: of("beyond"),
  });
}

export interface Command {
  readonly name: string;
  readonly says: string;
  readonly text: string;
}

/** Ways to feed the session at this address; `key`: null = none is needed. */
export function commandsFor(url: string, key: string | null): Command[] {
  const bearer = key === null ? "" : ` -H 'Authorization: Bearer ${key}'`;
  const header = key === null ? "" : `, "Authorization": "Bearer ${key}"`;
  return [
    {
      name: "From a pipe",
      says: "A program that prints a number a line; its end is the end of the run.",
      text: `your-program | curl -sS -X POST -T - -H 'Content-Type: text/plain'${bearer} '${url}?end=true'`,
    },
    {
      name: "curl",
      says: "A few samples at a time.",
      text: `curl -sS -H 'Content-Type: application/json'${bearer} -d '{"values": [0.1, 0.2, 0.3]}' ${url}`,
    },
    {
      name: "Python",
      says: "first counts the samples, so that missing and late ones are seen. 429 says that the queue is full: send them again.",
      text: `import json, urllib.request

def send(values, first):
    body = json.dumps({"values": values, "first": first}).encode()
    headers = {"Content-Type": "application/json"${header}}
    urllib.request.urlopen(urllib.request.Request("${url}", body, headers))

send([0.1, 0.2, 0.3], first=0)`,
    },
  ];
}
