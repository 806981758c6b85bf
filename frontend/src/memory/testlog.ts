/** The hand-made recording of wire/testlog.ts, taken into a log. */
import type { Made } from "../wire/testlog";
import { RecordingLog } from "./log";

export { makeLog, seeded } from "../wire/testlog";

export function loaded(made: Made): RecordingLog {
  const log = new RecordingLog(made.manifest);
  for (const message of made.messages) log.append(message);
  return log;
}
