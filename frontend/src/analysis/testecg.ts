/** A minute of a real ECG with the beats that cardiologists marked: record 100 of the MIT-BIH Arrhythmia Database. */
import { existsSync, readFileSync } from "node:fs";

// Beside the checkout, where the Python tests look for it too.
const folder = new URL("../../../../shared/data/ecg_mitbih_100/", import.meta.url);
const minute = new URL("100_60s.csv", folder);
const marks = new URL("100.atr", folder);

export const ecgIsHere = existsSync(minute) && existsSync(marks);

/** Averages of `group` samples of lead MLII, 360 of them a second. */
export function ecgMinute(group: number): number[] {
  const samples = readFileSync(minute, "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => Number(line.split(",")[1]));
  const steps = Math.floor(samples.length / group);
  return Array.from({ length: steps }, (_, t) => {
    return samples.slice(t * group, (t + 1) * group).reduce((sum, v) => sum + v, 0) / group;
  });
}

/** Samples of the beats of the whole half hour. Words of 16 bits: 6 say what it is, 10 how many samples later than the one before. */
export function ecgBeats(): number[] {
  const file = readFileSync(marks);
  const beats: number[] = [];
  let sample = 0;
  for (let at = 0; at + 2 <= file.length; at += 2) {
    const word = file.readUInt16LE(at);
    const [code, rest] = [word >> 10, word & 1023];
    if (code === 59) {
      // A longer way than 10 bits can say: in the next two words, the high one first.
      sample += (file.readInt16LE(at + 2) << 16) | file.readUInt16LE(at + 4);
      at += 4;
    } else if (code === 63) {
      at += rest + (rest % 2); // a note of so many bytes
    } else if (code < 59) {
      sample += rest;
      if (code >= 1 && code <= 13) beats.push(sample);
    }
  }
  return beats;
}
