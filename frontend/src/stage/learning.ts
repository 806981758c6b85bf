/** How well each moment of a training does in this recording: the error over all steps held, as its lane shows it. */

import { count, listed } from "../draw/ink/format";
import { ErrorTrack } from "../analysis/signal";
import { nameOf } from "../draw/lane/lane";
import { hueOf, type Hue } from "../draw/ink/tokens";
import { momentAt, type Moment, type TrainingHistory } from "../analysis/training";
import type { Training } from "../view/training.svelte";
import type { StageModel } from "./stage_model";

export interface Learnt extends Moment {
  /** Part of the bits that is wrong, or the relative error; NaN where nothing was asked yet. */
  part: number;
  /** "12 wrong bits"; "" where nothing was asked yet. */
  errorText: string;
}

export interface LearningCurve {
  history: TrainingHistory;
  label: string;
  hue: Hue;
  moments: Learnt[];
}

export class LearningCurves {
  private readonly errors = new Map<number, ErrorTrack>();

  constructor(
    private readonly model: StageModel,
    private readonly training: Training,
  ) {}

  /** One per lane that is a training, over the steps held now. */
  all(): LearningCurve[] {
    return this.training.histories
      .filter(({ moments }) => moments.length > 1)
      .map((history) => {
        const { spec } = this.model.log.model(history.moments[0]!.stream);
        const moments = history.moments.map((moment) => this.learnt(moment));
        return { history, label: nameOf(spec), hue: hueOf(spec.glyph), moments };
      });
  }

  private learnt(moment: Moment): Learnt {
    const { log, signal } = this.model;
    const model = log.model(moment.stream);
    let error = this.errors.get(moment.stream);
    if (!error) this.errors.set(moment.stream, (error = new ErrorTrack(signal, model)));
    const last = model.steps - 1;
    return { ...moment, part: error.part(last), errorText: error.at(last)?.label ?? "" };
  }
}

/** "after 3 200 of 16 000 updates, 12 wrong bits"; with several trainings each by its name. */
export function learntText(curves: readonly LearningCurve[], at: number, total: number): string {
  const errors = curves.flatMap(({ history, label, moments }) => {
    const { stream } = momentAt(history, at);
    const errorText = moments.find((moment) => moment.stream === stream)?.errorText;
    return errorText ? [curves.length > 1 ? `${label} ${errorText}` : errorText] : [];
  });
  return [`after ${count(at)} of ${count(total)} updates`, listed(errors)].filter(Boolean).join(", ");
}
