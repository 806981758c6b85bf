/** What the models were shown and asked for: input, target, mask, and every model's answer, over all steps. */

import type { ModelLog, RecordingLog } from "../memory/log";
import { rangeOf, type Range } from "./scale";

/** Everything about the signal of a recording that drawing and sentences need. Grows with the log. */
export class SignalTrack {
  /** "bits": several binary outputs (copy and its kin), drawn as a raster; "line": one series, of several real ones the first. */
  readonly kind: "line" | "bits";
  /** The line is of bits, and what is answered the probability of a 1: an error is the length of a code. */
  readonly coded: boolean;
  /** Numbers of the output, for bits the rows of the raster. */
  readonly width: number;
  readonly unit: string;
  readonly name: string;
  readonly sampleRate: number | null;
  /** Planned (live) or reached steps. */
  readonly planned: number;
  private readonly offset: number;
  private readonly scale: number;
  private seen = 0;
  private extremes: Range = { low: Infinity, high: -Infinity };

  constructor(private readonly log: RecordingLog) {
    const { manifest } = log;
    const spec = manifest.models[0]?.frame.tensors.find((tensor) => tensor.bank === null && tensor.name === "targets");
    this.width = spec?.size ?? 1;
    const bits = manifest.task.values === "bits";
    this.kind = bits && this.width > 1 ? "bits" : "line";
    this.coded = bits && this.width === 1;
    const { signal } = manifest;
    this.unit = signal?.unit ?? "";
    this.name = signal ? (signal.channel ?? signal.name) : manifest.task.name;
    this.sampleRate = signal?.sampleRate ?? null;
    this.offset = signal?.scaling.offset ?? 0;
    this.scale = signal?.scaling.scale ?? 1;
    this.planned = Math.max(1, manifest.steps);
  }

  /** A model that still has step t, to read what all of them share. */
  private source(t: number): ModelLog | null {
    return this.log.models.find((model) => model.knows(t)) ?? null;
  }

  has(t: number): boolean {
    return t >= 0 && this.source(t) !== null;
  }

  /** Number k of the input at step t as the file had it (unit of the signal). NaN where the step is not held. */
  input(t: number, k = 0): number {
    const v = this.source(t)?.f32(null, "inputs")?.at(t)[k] ?? NaN;
    return this.kind === "line" && k === 0 ? v * this.scale + this.offset : v;
  }

  target(t: number, k = 0): number {
    const v = this.source(t)?.f32(null, "targets")?.at(t)[k] ?? NaN;
    return this.kind === "line" ? v * this.scale + this.offset : v;
  }

  /** Whether the task scores this step: the models are asked for an answer. */
  asked(t: number): boolean {
    return (this.source(t)?.f32(null, "mask")?.at(t)[0] ?? 0) > 0.5;
  }

  /** Number k of a model's answer at step t, in the unit of the signal; bits as probabilities. */
  output(stream: number, t: number, k = 0): number {
    const model = this.log.model(stream);
    if (!model.knows(t)) return NaN;
    const v = model.f32(null, "outputs")?.at(t)[k] ?? NaN;
    return this.kind === "line" ? v * this.scale + this.offset : v;
  }

  /** A difference of answers in the unit of the signal; of bits as it is, of probabilities. */
  difference(v: number): number {
    return this.kind === "line" ? v * this.scale : v;
  }

  /**
   * What the strip shows at step t. While a model is asked to replay, its input is blank: the signal that went on
   * unseen is the target, and that is drawn instead.
   */
  shown(t: number): number {
    return this.asked(t) ? this.target(t) : this.input(t);
  }

  /**
   * Range of the line: whole steps of one scale (one standard deviation) that hold everything seen, so that a live run
   * hardly ever changes it, and a replay shows the same.
   */
  range(): Range {
    for (; this.has(this.seen); this.seen++) {
      const v = (this.shown(this.seen) - this.offset) / this.scale;
      if (v < this.extremes.low) this.extremes.low = v;
      if (v > this.extremes.high) this.extremes.high = v;
    }
    const { low, high } = rangeOf([this.extremes.low, this.extremes.high], { low: -1, high: 1 });
    const half = (v: number, round: (x: number) => number): number => round(v * 2) / 2;
    const a = Math.min(-1, half(low, Math.floor)) * this.scale + this.offset;
    const b = Math.max(1, half(high, Math.ceil)) * this.scale + this.offset;
    return { low: Math.min(a, b), high: Math.max(a, b) };
  }

  /** Seconds of step t, null where the sample rate is unknown. */
  seconds(t: number): number | null {
    return this.sampleRate ? t / this.sampleRate : null;
  }
}

/** Error so far of one model over the steps that were asked, in the task's own measure. */
export class ErrorTrack {
  /** Summed over steps 0 … t: what was lost, what it is measured against, and how many steps were asked. */
  private readonly lost: number[] = [];
  private readonly against: number[] = [];
  private readonly asked: number[] = [];

  constructor(
    private readonly signal: SignalTrack,
    private readonly model: ModelLog,
  ) {}

  /** Up to and including step t. Bits: wrong bits. A code: bits a step. Series: RMSE relative to the root mean square of the target. */
  at(t: number): { value: number; label: string; says: string } | null {
    const value = this.part(t);
    if (Number.isNaN(value)) return null;
    const { signal } = this;
    if (signal.kind === "bits") {
      const [wrong, of] = [this.lost[t]!, this.against[t]!];
      return { value: wrong, label: `${wrong} wrong bits`, says: `Bits answered wrongly so far, of ${of} asked for.` };
    }
    if (signal.coded) {
      const says = "Bits needed so far to code a step with the answers as probabilities; a fair coin needs 1.";
      return { value, label: `${value.toFixed(2)} bits a step`, says };
    }
    return {
      value,
      label: `error ${value.toFixed(2)}`,
      says: "Error so far: root mean square error over the steps asked, relative to the target's root mean square.",
    };
  }

  /** The same as a part, 0 where all was right: wrong bits of those asked for, bits a step, or the relative error. NaN before anything was asked. */
  part(t: number): number {
    this.extend(t);
    return this.asked[t] ? this.relative(this.lost[t]!, this.against[t]!) : NaN;
  }

  /** Error over the asked ones of steps a … b alone; NaN where none was asked. */
  within(a: number, b: number): number {
    this.extend(b);
    const over = (sums: readonly number[]): number => (sums[b] ?? NaN) - (a > 0 ? sums[a - 1]! : 0);
    return over(this.asked) > 0 ? this.relative(over(this.lost), over(this.against)) : NaN;
  }

  private relative(lost: number, against: number): number {
    const { kind, coded } = this.signal;
    return kind === "bits" || coded ? lost / against : Math.sqrt(lost / Math.max(1e-12, against));
  }

  private extend(t: number): void {
    const { signal, model } = this;
    for (let s = this.asked.length; s <= t && model.knows(s); s++) {
      let [lost, against] = [0, 0];
      const asked = signal.asked(s) ? 1 : 0;
      if (asked) {
        const out = model.f32(null, "outputs")!.at(s);
        const want = model.f32(null, "targets")!.at(s);
        for (let k = 0; k < want.length; k++) {
          if (signal.kind === "bits") lost += out[k]! > 0.5 !== want[k]! > 0.5 ? 1 : 0;
          else if (signal.coded) lost -= Math.log2(Math.max(1e-12, want[k]! > 0.5 ? out[k]! : 1 - out[k]!));
          else lost += (out[k]! - want[k]!) ** 2;
          against += signal.kind === "bits" || signal.coded ? 1 : want[k]! ** 2;
        }
      }
      this.lost.push((this.lost[s - 1] ?? 0) + lost);
      this.against.push((this.against[s - 1] ?? 0) + against);
      this.asked.push((this.asked[s - 1] ?? 0) + asked);
    }
  }
}
