/** A minute of a real ECG with the beats that cardiologists marked: record 100 of the MIT-BIH Arrhythmia Database. */
import { readFileSync } from "node:fs";

const folder = new URL("../../../tests/data/ecg_mitbih_100/", import.meta.url); // the Python tests read it too

/** Lead MLII in mV, 36 values a second: averages of ten samples. */
export function ecgMinute(): number[] {
  const rows = readFileSync(new URL("100_60s_36hz.csv", folder), "utf8").trim().split("\n").slice(1);
  return rows.map((row) => Number(row.split(",")[1]));
}

/** Samples of the beats of the whole half hour. Words of 16 bits: 6 say what it is, 10 how many samples later than the one before. */
export function ecgBeats(): number[] {
  const file = readFileSync(new URL("100.atr", folder));
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
