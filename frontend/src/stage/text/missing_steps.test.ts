import { expect, it } from "vitest";
import { RecordingLog } from "../../memory/log";
import { decodeMessages } from "../../wire/messages";
import { makeLog } from "../../wire/testlog";
import { missingAround } from "./missing_steps";

it("names the range around a step that has not arrived, and nothing where the step is there", () => {
  const { manifest, messages } = makeLog(300, [{ units: 3 }]);
  const log = new RecordingLog(manifest);
  const bring = (...chunks: number[]): void => {
    for (const message of messages)
      if ([...decodeMessages(message)].every(({ first }) => chunks.includes(Math.floor(first / 64))))
        log.append(message);
  };
  bring(0, 3);
  const around = [0, 63, 64, 130, 191, 192, 255, 256, 299].map((t) => missingAround(log, t, 300));
  expect(around).toEqual([null, null, [64, 191], [64, 191], [64, 191], null, null, [256, 299], [256, 299]]);
  bring(1);
  expect(missingAround(log, 64, 300)).toBeNull();
  expect(missingAround(log, 130, 300)).toEqual([128, 191]);
});
