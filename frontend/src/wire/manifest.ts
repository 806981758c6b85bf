/**
 * The manifest of a recording, parsed: JSON of unknown origin in, typed and checked values out.
 *
 * Its structure is proven here once (fields, offsets inside the frame); what each kind of memory needs of its banks is proven where a
 * log is opened. So the rest of the viewer may index typed arrays without asking again. Keys of later minor versions stay in `raw`.
 */
import { ManifestError } from "./errors";
import { BIT_TASKS } from "./format.gen";
import { absent, array, count, fail, flag, object, optionalText, real, text } from "./json";
import type { Json } from "./json";
import { MAX_FRAME_BYTES, MAX_KEYFRAME_BYTES, parseBank, parseFrame } from "./layout";
import type { BankSpec, FrameSpec } from "./layout";
import type { Filled, Parsed } from "./parsed";
import { signOf } from "./signs";
import type {
  BesideEntry,
  Event as EventJson,
  ExcerptEntry,
  Failure as FailureJson,
  Manifest as ManifestJson,
  ModelEntry,
  SignalEntry,
  TaskEntry,
  FitEntry,
  TrainingEntry,
} from "./wire.gen";

export { BANK_EXTRAS } from "./layout";
export type { BankExtra, BankSpec, FrameSpec, TensorSpec } from "./layout";

/** The newest format version this viewer understands. */
export const FORMAT_VERSION = 1;

/** Steps of a chunk; the state is recorded before every multiple of it. Fixed in format version 1. */
export const KEYFRAME_EVERY = 64;

const MAX_STREAMS = 256;

/** Channels that are shown beside the signal, at most (`format/schema.py`). */
export const MAX_BESIDE = 7;

export type RecordingStatus = ManifestJson["status"];

export type FitSpec = Parsed<FitEntry>;
export type TrainingSpec = Filled<Parsed<TrainingEntry>, "label">;

export type TaskEvent = Parsed<EventJson>;

export type TaskSpec = Filled<Parsed<TaskEntry>, "values">;

export type BesideSpec = Parsed<BesideEntry>;
export type SignalSpec = Filled<Parsed<SignalEntry>, "source" | "scaling" | "beside">;

/** One model that could not go on (NaN, out of memory, its process died) while the others did. */
export type Failure = Parsed<FailureJson>;

export type ExcerptSpec = Parsed<ExcerptEntry>;

export interface ModelSpec extends Omit<Parsed<ModelEntry>, "banks" | "frame" | "keyframe"> {
  /** Index of this model's frames on the wire. */
  readonly stream: number;
  readonly banks: readonly BankSpec[];
  readonly frame: FrameSpec;
  readonly keyframe: FrameSpec;
}

type Facts = Pick<
  Parsed<ManifestJson>,
  | "version"
  | "id"
  | "title"
  | "created"
  | "seed"
  | "status"
  | "steps"
  | "contentHash"
  | "excerpt"
  | "plannedSteps"
  | "stoppedBy"
  | "openEnded"
>;

export interface Manifest extends Facts {
  readonly task: TaskSpec;
  readonly signal: SignalSpec | null;
  readonly models: readonly ModelSpec[];
  readonly failures: readonly Failure[];
  /** The JSON as it came, with keys this version does not know. */
  readonly raw: Json;
}

/** Reads and checks a manifest. Throws ManifestError with the path of the first wrong key. */
export function parseManifest(value: unknown): Manifest {
  const raw = object(value, "manifest");
  if (raw["format"] !== "mnemoscope-recording") {
    fail("format", 'wanted format "mnemoscope-recording"', raw["format"]);
  }
  const version = count(raw, "version", "");
  if (version > FORMAT_VERSION) {
    throw new ManifestError(
      "newer-version",
      `This recording has format version ${version}; this viewer reads versions up to ${FORMAT_VERSION}.`,
      "version",
      "Open it with a newer Mnemoscope: pip install --upgrade mnemoscope.",
    );
  }
  if (version < 1) fail("version", "wanted a format version of 1 or more", version);
  if (raw["keyframe_every"] !== KEYFRAME_EVERY) {
    fail("keyframe_every", `wanted ${KEYFRAME_EVERY} steps`, raw["keyframe_every"]);
  }

  const entries = array(raw, "models", "");
  if (entries.length < 1 || entries.length > MAX_STREAMS) {
    fail("models", `wanted 1 to ${MAX_STREAMS} models`, entries.length);
  }
  const models = entries.map((entry, stream) => parseModel(entry, stream));
  const ids = new Set(models.map((model) => model.id));
  if (ids.size !== models.length) fail("models", "wanted a different id for each model", [...ids].join(", "));

  return {
    version,
    id: text(raw, "id", ""),
    title: text(raw, "title", ""),
    created: optionalText(raw, "created", "") ?? "",
    seed: absent(raw, "seed") ? null : real(raw, "seed", ""),
    status: parseStatus(raw["status"]),
    steps: count(raw, "steps", ""),
    plannedSteps: absent(raw, "planned_steps") ? null : count(raw, "planned_steps", ""),
    stoppedBy: parseStoppedBy(raw["stopped_by"]),
    openEnded: raw["open_ended"] === true,
    task: parseTask(raw["task"]),
    signal: absent(raw, "signal") ? null : parseSignal(raw["signal"]),
    models,
    contentHash: optionalText(raw, "content_hash", ""),
    excerpt: absent(raw, "excerpt") ? null : parseExcerpt(raw["excerpt"]),
    failures: parseFailures(raw, models.length),
    raw,
  };
}

function parseStatus(value: unknown): RecordingStatus {
  if (value === "running" || value === "ended" || value === "stopped" || value === "failed") return value;
  return fail("status", "wanted running, ended, stopped or failed", value);
}

const STOPPED_BY = ["owner", "server", "idle", "source", "disk"] as const;

/** Null where nothing is said, or what only a later version knows. */
function parseStoppedBy(value: unknown): Manifest["stoppedBy"] {
  return STOPPED_BY.find((known) => known === value) ?? null;
}

function parseExcerpt(value: unknown): ExcerptSpec {
  const excerpt = object(value, "excerpt");
  const [first, stop, of] = [
    count(excerpt, "first", "excerpt"),
    count(excerpt, "stop", "excerpt"),
    count(excerpt, "of", "excerpt"),
  ];
  if (!(first < stop && stop <= of)) fail("excerpt", "wanted first < stop ≤ of", value);
  return { first, stop, of, signalStripped: flag(excerpt, "signal_stripped", "excerpt") };
}

function parseFailures(raw: Json, streams: number): Failure[] {
  if (absent(raw, "failures")) return [];
  return array(raw, "failures", "").map((entry, i) => {
    const path = `failures[${i}]`;
    const failure = object(entry, path);
    const stream = count(failure, "stream", path);
    if (stream >= streams) fail(`${path}.stream`, `wanted a model index below ${streams}`, stream);
    return {
      stream,
      step: count(failure, "step", path),
      reason: optionalText(failure, "reason", path) ?? "",
      tensor: optionalText(failure, "tensor", path),
    };
  });
}

function parseValues(task: Json, name: string): TaskSpec["values"] {
  const values = task["values"];
  if (absent(task, "values")) return BIT_TASKS.includes(name) ? "bits" : "real";
  return values === "bits" || values === "real" ? values : fail("task.values", "wanted bits or real", values);
}

function parseTask(value: unknown): TaskSpec {
  const task = object(value, "task");
  const events = array(task, "events", "task").map((entry, i): TaskEvent => {
    const path = `task.events[${i}]`;
    const event = object(entry, path);
    return {
      step: count(event, "step", path),
      until: count(event, "until", path),
      kind: text(event, "kind", path),
      label: optionalText(event, "label", path) ?? "",
    };
  });
  const name = text(task, "name", "task");
  return { name, values: parseValues(task, name), params: object(task["params"] ?? {}, "task.params"), events };
}

function parseSignal(value: unknown): SignalSpec {
  const signal = object(value, "signal");
  const scaling = object(signal["scaling"] ?? { method: "none", offset: 0, scale: 1 }, "signal.scaling");
  return {
    name: text(signal, "name", "signal"),
    channel: optionalText(signal, "channel", "signal"),
    unit: optionalText(signal, "unit", "signal"),
    sampleRate: absent(signal, "sample_rate") ? null : real(signal, "sample_rate", "signal"),
    source: object(signal["source"] ?? {}, "signal.source"),
    scaling: {
      method: text(scaling, "method", "signal.scaling"),
      offset: real(scaling, "offset", "signal.scaling"),
      scale: real(scaling, "scale", "signal.scaling"),
    },
    beside: parseBeside(signal["beside"]),
  };
}

/** Channels beside the signal. They are only shown, so whatever else stands there is no error: it has no name and no unit. */
function parseBeside(value: unknown): readonly BesideSpec[] {
  if (!Array.isArray(value)) return [];
  return value.map((entry: unknown, k) => {
    const of: Json = typeof entry === "object" && entry !== null ? (entry as Json) : {};
    const string = (key: string): string | null => (typeof of[key] === "string" ? of[key] : null);
    const number = (key: string): number | null => (Number.isFinite(of[key]) ? (of[key] as number) : null);
    return {
      channel: string("channel") ?? `channel ${k + 1}`,
      unit: string("unit"),
      sampleRate: number("sample_rate"),
      offset: number("offset") ?? 0,
    };
  });
}

/** Numbers of a list. */
function reals(of: Json, key: string, path: string): number[] {
  return array(of, key, path).map((value, k) =>
    typeof value === "number" && Number.isFinite(value)
      ? value
      : fail(`${path}.${key}[${k}]`, "wanted a number", value),
  );
}

function parseFit(value: unknown, path: string): FitSpec {
  const fit = object(value, path);
  const found = object(fit["residuals"], `${path}.residuals`);
  const residuals = Object.fromEntries(Object.keys(found).map((key) => [key, reals(found, key, `${path}.residuals`)]));
  const period = absent(fit, "period") ? null : real(fit, "period", path);
  return { of: optionalText(fit, "of", path), residuals, ar32: reals(fit, "ar32", path), period };
}

/** Recordings before 0.2 hold the label of the moment alone: "NTM, 250 updates". */
function withoutMoment(label: string, update: number): string {
  const moment = `, ${update} update${update === 1 ? "" : "s"}`;
  return label.endsWith(moment) ? label.slice(0, -moment.length) : label;
}

function parseTraining(value: unknown, label: string, path: string): TrainingSpec {
  const training = object(value, path);
  const updates = array(training, "updates", path).map((update, i) => {
    if (typeof update !== "number" || !Number.isSafeInteger(update) || update < 0) {
      fail(`${path}.updates[${i}]`, "wanted a number of updates", update);
    }
    return update;
  });
  const update = count(training, "update", path);
  return {
    of: text(training, "of", path),
    update,
    updates,
    label: optionalText(training, "label", path) ?? withoutMoment(label, update),
  };
}

function parseEngine(value: unknown, path: string): ModelSpec["engine"] {
  const engine = object(value, path);
  const kind = text(engine, "kind", path);
  if (kind !== "torch" && kind !== "wasm") fail(`${path}.kind`, 'wanted "torch" or "wasm"', kind);
  return {
    kind,
    emitter: absent(engine, "emitter") ? null : count(engine, "emitter", path),
    module: optionalText(engine, "module", path),
  };
}

function parseModel(value: unknown, stream: number): ModelSpec {
  const path = `models[${stream}]`;
  const model = object(value, path);
  const checkpoint = absent(model, "checkpoint") ? null : object(model["checkpoint"], `${path}.checkpoint`);
  const spec: ModelSpec = {
    stream,
    id: text(model, "id", path),
    label: text(model, "label", path),
    paradigm: text(model, "paradigm", path),
    glyph: signOf(text(model, "paradigm", path), text(model, "glyph", path)),
    task: optionalText(model, "task", path) ?? "",
    fit: absent(model, "fit") ? null : parseFit(model["fit"], `${path}.fit`),
    training: absent(model, "training")
      ? null
      : parseTraining(model["training"], text(model, "label", path), `${path}.training`),
    checkpoint: checkpoint && {
      name: text(checkpoint, "name", `${path}.checkpoint`),
      sha256: text(checkpoint, "sha256", `${path}.checkpoint`),
    },
    config: object(model["config"] ?? {}, `${path}.config`),
    parameters: absent(model, "parameters") ? 0 : count(model, "parameters", path),
    device: optionalText(model, "device", path) ?? "",
    engine: absent(model, "engine") ? null : parseEngine(model["engine"], `${path}.engine`),
    dtype: optionalText(model, "dtype", path) ?? "",
    versions: texts(object(model["versions"] ?? {}, `${path}.versions`)),
    banks: array(model, "banks", path).map((bank, i) => parseBank(bank, `${path}.banks[${i}]`)),
    frame: parseFrame(model["frame"], `${path}.frame`, MAX_FRAME_BYTES),
    keyframe: parseFrame(model["keyframe"], `${path}.keyframe`, MAX_KEYFRAME_BYTES),
  };
  if (spec.frame.bytes === 0) fail(`${path}.frame.bytes`, "wanted frames of at least 4 bytes", 0);
  if (new Set(spec.banks.map((bank) => bank.name)).size !== spec.banks.length) {
    fail(`${path}.banks`, "wanted a different name for each bank", spec.banks.map((bank) => bank.name).join(", "));
  }
  return spec;
}

/** Numbers among the values too as text: they are for people. */
function texts(values: Json): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));
}
