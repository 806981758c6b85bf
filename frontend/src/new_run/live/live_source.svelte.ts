/** A live source being described: what is known of it before it sends anything. */
import type { SessionRequest } from "../../wire/wire.gen";

export type LiveSignal = Extract<SessionRequest["signal"], { kind: "live" }>;

/** What is typed: null = empty. */
export type Typed = number | null;

export class LiveSource {
  name = $state("");
  /** Samples a second. */
  rate = $state<Typed>(null);
  unit = $state("");
  /** Samples whose mean is one step. */
  average = $state<Typed>(1);
  /** The most steps the run may have; null = as many as the server runs. */
  steps = $state<Typed>(null);
  scaling = $state<"first" | "given">("first");
  /** Steps whose mean and deviation scale all. */
  warmup = $state<Typed>(64);
  offset = $state<Typed>(0);
  scale = $state<Typed>(1);

  /** Steps a second; null = not known. */
  readonly hz = $derived(this.rate !== null && this.rate > 0 && this.average ? this.rate / this.average : null);

  /** Why it cannot be run as it is, for a server that runs so many steps; "" where it can. */
  why(most: number): string {
    const { rate, average, steps, warmup, scale, offset } = this;
    if (rate !== null && !(rate > 0)) return "The rate is a number of samples a second above 0, or left empty.";
    if (!whole(average, 1, 1000)) return "A step is the mean of 1 to 1000 samples.";
    if (steps !== null && !whole(steps, 2, most)) return `The run has 2 to ${most} steps.`;
    if (this.scaling === "first" && !whole(warmup, 2, 1024)) return "The scaling is settled by 2 to 1024 steps.";
    if (this.scaling === "given" && (offset === null || scale === null || !(scale > 0)))
      return "Give an offset, and a scale above 0.";
    return "";
  }

  signal(): LiveSignal {
    const given = this.scaling === "given";
    return {
      kind: "live",
      name: this.name.trim() || "live source",
      rate: this.rate,
      unit: this.unit.trim() || null,
      average: this.average ?? 1,
      steps: this.steps,
      offset: given ? this.offset : null,
      scale: given ? this.scale : null,
      warmup: this.warmup ?? 64,
    };
  }
}

function whole(value: Typed, low: number, high: number): boolean {
  return value !== null && Number.isInteger(value) && value >= low && value <= high;
}
