/**
 * A page that shows forks and nothing else: a button, and a stage of 1440 × 900 with the one lane of the fork. benchmarks/fork.py clicks.
 * Everything but this file and its worker is the product's own.
 */
import { layout, fitting } from "../../src/draw/stage/layout";
import { paintStage } from "../../src/draw/stage/stage";
import { DARK, makeInks } from "../../src/draw/ink/tokens";
import { RecordingLog } from "../../src/memory/log";
import { LedgerClient } from "../../src/memory/worker/client";
import { StageModel, type Look } from "../../src/stage/stage_model";
import { deviceScale, fitCanvas, Frame } from "../../src/ui/canvas";
import { KEYFRAME_EVERY, parseManifest, type Manifest } from "../../src/wire/manifest";
import type { FromForks, ToForks } from "./worker";
import ForksWorker from "./worker?worker&inline";

const [WIDTH, HEIGHT] = [1440, 900];
const inks = makeInks(DARK, true);
const canvas = document.querySelector("canvas")!;
const worker = new ForksWorker();

/** Milliseconds of one fork, from the click to the end of the frame that shows it: `picture`, and its parts one after another. */
interface Took {
  picture: number;
  /** In the worker. */
  engine: number;
  /** To the worker and back. */
  away: number;
  /** Messages into a log of its own. */
  append: number;
  /** What the stage derives from the log, and the shares of the last step's read. */
  shares: number;
  /** For the frame. */
  wait: number;
  /** The columns of the raster, and the picture. */
  draw: number;
  /** To the frame's end. */
  end: number;
}

function told(message: ToForks): Promise<FromForks> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<FromForks>) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(message);
  });
}

/**
 * A recording as it is in the page, drawn with all its steps at its last one; `at` hears when each part of the work is done. The shares
 * of 200 steps take less time here than a worker of their own would take to start.
 */
async function show(
  manifest: Manifest,
  messages: Iterable<Uint8Array>,
  at: (part: string) => void,
): Promise<RecordingLog> {
  const log = new RecordingLog(manifest);
  for (const message of messages) log.append(message);
  at("append");
  const ledger = new LedgerClient(log, { spawn: null });
  const stage = new StageModel(log, ledger, inks, [0]);
  const box = layout(WIDTH, HEIGHT, { folded: [false], health: false });
  const window = fitting(box, 0, manifest.steps - 1, manifest.steps);
  const t = Math.min(manifest.steps, Math.ceil(window.first + box.time.w / window.step)) - 1;
  const bank = stage.bankOf(0);
  for (let head = 0; head < bank.readHeads; head++) await ledger.shares(0, bank.name, head, t);
  at("shares");
  const look: Look = {
    t,
    window,
    rows: "slots",
    shown: [0],
    solo: null,
    target: null,
    lens: "mechanism",
    playing: false,
  };
  const draw = (): void => {
    at("frame");
    const scale = deviceScale();
    const ctx = fitCanvas(canvas, WIDTH, HEIGHT);
    stage.lane(0).fit(Math.round(box.lanes[0]!.raster.h * scale), inks);
    stage.grow(true);
    const scene = stage.scene(look, box, scale);
    if (!scene.lanes[0]!.shares) throw new Error("no arcs");
    if (!stage.extend(look, manifest.steps, Infinity, false)) throw new Error("not all of the raster");
    paintStage(ctx, inks, box, scene);
    at("draw");
  };
  await new Promise<void>((done, failed) => {
    const frame = new Frame(() => {
      try {
        draw();
      } catch (error) {
        failed(error);
      }
      const channel = new MessageChannel();
      channel.port1.onmessage = () => done();
      channel.port2.postMessage(0);
    });
    frame.mark();
  });
  at("picture");
  ledger.close();
  return log;
}

async function bytesOf(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await fetch(path)).arrayBuffer());
}

/** The bits of all frames of the one model, step by step. */
function framesOf(log: RecordingLog): Float32Array<ArrayBuffer> {
  const model = log.model(0);
  const frames = new Float32Array(log.steps * model.floats);
  for (let t = 0; t < log.steps; t += KEYFRAME_EVERY)
    frames.set(model.block(t).subarray(0, Math.min(KEYFRAME_EVERY, log.steps - t) * model.floats), t * model.floats);
  return frames;
}

function differing(a: Float32Array<ArrayBuffer>, b: Float32Array<ArrayBuffer>): number {
  const [one, other] = [new Uint32Array(a.buffer), new Uint32Array(b.buffer)];
  return one.reduce((sum, bits, n) => sum + Number(bits !== other[n]), 0);
}

/** Opens a recording of one model: it is drawn, and its engine has run it once. */
async function open(id: string): Promise<object> {
  const detail = (await (await fetch(`/api/recordings/${id}`)).json()) as { manifest: unknown };
  const manifest = parseManifest(detail.manifest);
  const chunks: Uint8Array[] = [];
  for (let k = 0; k * KEYFRAME_EVERY < manifest.steps; k++)
    chunks.push(await bytesOf(`/api/recordings/${id}/chunks/${k}`));
  const recorded = framesOf(await show(manifest, chunks, () => undefined));
  const spec = manifest.models[0]!;
  const bytes = await bytesOf(`/api/recordings/${id}/engine/0`);
  const opened = await told({ type: "open", bytes, spec, frames: recorded });
  if (opened.type !== "opened") throw new Error(opened.type);

  /** A fork as a recording: the parent's manifest, of its own steps. */
  const forkOf = (first: number, steps: number): Manifest => {
    const within = (step: number): number => Math.min(steps, Math.max(0, step - first));
    const events = manifest.task.events
      .filter((event) => event.until > first && event.step < first + steps)
      .map((event) => ({ ...event, step: within(event.step), until: within(event.until) }));
    return { ...manifest, steps, plannedSteps: steps, task: { ...manifest.task, events } };
  };

  let result: Promise<Took> | null = null;
  let last: { log: RecordingLog; first: number } | null = null;
  const arm = (first: number, slot: number | null, steps: number): void => {
    result = new Promise((resolve, reject) => {
      const begin = async (event: Event): Promise<Took> => {
        const clock: Record<string, number> = { click: event.timeStamp };
        const at = (part: string): void => void (clock[part] = performance.now());
        const forked = await told({ type: "fork", first, slot, steps });
        if (forked.type !== "forked") throw new Error(forked.type);
        at("engine");
        const log = await show(forkOf(first, steps), forked.messages, at);
        const since = (a: string, b: string): number => clock[b]! - clock[a]!;
        last = { log, first };
        return {
          picture: since("click", "picture"),
          engine: forked.ms,
          away: since("click", "engine") - forked.ms,
          append: since("engine", "append"),
          shares: since("append", "shares"),
          wait: since("shares", "frame"),
          draw: since("frame", "draw"),
          end: since("draw", "picture"),
        };
      };
      const button = document.querySelector("button")!;
      button.onclick = (event) => void begin(event).then(resolve, reject);
    });
  };
  /** Numbers of the last fork that are not those of the recorded run. */
  const changed = (): number => {
    const { log, first } = last!;
    const { floats } = log.model(0);
    return differing(framesOf(log), recorded.slice(first * floats, (first + log.steps) * floats));
  };
  Object.assign(window, { arm, result: () => result, changed });
  return { differing: opened.differing, slots: spec.banks[0]!.slots };
}

Object.assign(window, { open });
