/** A golden recording with channels beside its signal, for tests: every frame ends with their numbers, as the library writes it. */
import { encodeMessage, decodeMessages } from "../wire/messages";
import { parseManifest } from "../wire/manifest";
import { RecordingLog } from "./log";
import { goldenPart } from "./testgolden";

/** Two of them, missing at every third step and without a unit. */
export const BESIDE = {
  said: [
    { channel: "temperature", unit: "°C", sample_rate: 1, offset: 36 },
    { channel: "V5", unit: null, sample_rate: null, offset: 0 },
  ],
  row: (t: number): number[] => [t % 3 === 0 ? NaN : t / 100, t - 40],
};

interface Raw extends Record<string, unknown> {
  signal: Record<string, unknown> | null;
  models: { frame: { bytes: number; tensors: Record<string, unknown>[] } }[];
}

/** Manifest and messages; said: what stands in `signal.beside`; row: the numbers of a step. */
export function goldenBeside(name: string, said: unknown = BESIDE.said, row = BESIDE.row) {
  const raw = JSON.parse(goldenPart(name, "manifest.json").toString()) as Raw;
  const size = row(0).length;
  const before = raw.models.map(({ frame }) => frame.bytes);
  raw.signal = { name: "x", ...raw.signal, beside: said };
  for (const { frame } of raw.models) {
    const tensor = { name: "beside", bank: null, role: "beside", axes: ["channel"], shape: [size], dtype: "float32" };
    frame.tensors.push({ ...tensor, offset: frame.bytes });
    frame.bytes += 4 * size;
  }
  const messages = [...decodeMessages(new Uint8Array(goldenPart(name, "messages.bin")))].map((message) => {
    if (message.kind === "keyframe") return encodeMessage(message);
    const bytes = before[message.stream]!;
    const payload = new Uint8Array(message.count * (bytes + 4 * size));
    for (let k = 0; k < message.count; k++) {
      const at = k * (bytes + 4 * size);
      payload.set(message.payload.subarray(k * bytes, (k + 1) * bytes), at);
      payload.set(new Uint8Array(Float32Array.from(row(message.first + k)).buffer), at + bytes);
    }
    return encodeMessage({ ...message, payload });
  });
  return { raw, messages };
}

export function logBeside(name: string, said?: unknown, row?: (t: number) => number[]): RecordingLog {
  const { raw, messages } = goldenBeside(name, said, row);
  const log = new RecordingLog(parseManifest(raw));
  for (const message of messages) log.append(message);
  return log;
}
