/** The golden recordings of tests/golden, loaded, for tests of what is derived and drawn from them. */
import { readdirSync, readFileSync } from "node:fs";
import { parseManifest } from "../wire/manifest";
import { RecordingLog } from "./log";
import type { ModelLog } from "./log";

const FOLDER = new URL("../../../tests/golden/", import.meta.url);

/** All golden recordings, by name. */
export const GOLDEN = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".manifest.json"))
  .map((file) => file.replace(".manifest.json", ""));

/** One part of a golden recording as bytes: manifest.json, messages.bin or expected.json. */
export function goldenPart(name: string, part: string): Buffer {
  return readFileSync(new URL(`${name}.${part}`, FOLDER));
}

export function goldenLog(name: string): RecordingLog {
  const log = new RecordingLog(parseManifest(JSON.parse(goldenPart(name, "manifest.json").toString())));
  log.append(goldenPart(name, "messages.bin"));
  return log;
}

/** A model of the golden recording `kinds`: rnn, gru, delta, alibi or pair. */
export function kind(log: RecordingLog, id: string): ModelLog {
  return log.models.find((model) => model.spec.id === id)!;
}
