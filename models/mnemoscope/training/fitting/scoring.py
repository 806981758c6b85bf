"""How wrong answers are on a part of a series: one measure for models and baselines, on the same steps, block by block. No torch.

The error is the task's own: MASE of a forecast, relative RMSE of a replay. Of a very long part evenly chosen blocks stand for
the rest.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mnemoscope.tasks import Batch, Task

Floats = NDArray[np.float64]
Answers = NDArray[np.floating]
"""What a model or a baseline answers to each step of every block: [blocks, steps, 1]."""

MAX_BLOCKS = 256
MIN_BLOCKS = 8
"""Fewer are too few for a band."""
RESAMPLINGS = 400
TAILS = (0.05, 0.95)


@dataclass(frozen=True)
class Scores:
    """How wrong the answers to each block [blocks] were, and out of what, as `task.wrong` counts."""

    task: Task
    wrong: Floats
    whole: Floats

    @property
    def error(self) -> float:
        return self.task.error(float(self.wrong.sum()), float(self.whole.sum()))


class Part:
    """Some steps of a series, asked for in blocks: `batch` has a sequence a block, `start` is the first step that is asked for."""

    def __init__(self, task: Task, batch: Batch, start: int) -> None:
        self.task, self.batch, self.start = task, batch, start
        self.steps = int(batch.mask.sum())
        self._asked = batch.mask > 0

    @property
    def blocks(self) -> int:
        return len(self.batch.inputs)

    def scores(self, answers: Answers) -> Scores:
        """Of a model, or of a baseline."""
        rows = (
            np.asarray(answers, np.float32).astype(np.float64),
            self.batch.targets.astype(np.float64),
            self.batch.inputs.astype(np.float64),
        )
        wrong, whole = self.task.wrong(*(row.reshape(-1, row.shape[2]) for row in rows))
        return Scores(self.task, *((each.reshape(self._asked.shape) * self._asked).sum(1) for each in (wrong, whole)))

    def residuals(self, answers: Answers) -> Floats:
        """Y − ŷ of every step that is asked for, as one row."""
        return np.asarray((self.batch.targets - answers)[self._asked], np.float64).reshape(-1)

    def beginning(self, rows: Answers, *, blocks: int) -> Floats:
        """What [blocks, steps, 1] has at the steps asked for in the first few blocks, as one row; they follow each other in time."""
        return np.asarray(rows, np.float64)[:blocks][self._asked[:blocks]].reshape(-1)


def chosen(starts: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """At most so many of the blocks that begin there, evenly; the first two follow each other."""
    if len(starts) <= most:
        return starts
    return starts[np.append([0, 1], np.linspace(2, len(starts) - 1, most - 2).round().astype(int))]


def band(scores: Scores) -> tuple[float, float] | None:
    """5 to 95 % of the error over resamplings of blocks; None of fewer than MIN_BLOCKS."""
    if len(scores.wrong) < MIN_BLOCKS:
        return None
    again = _resamplings(len(scores.wrong))
    sums = zip(scores.wrong[again].sum(1), scores.whole[again].sum(1), strict=True)
    low, high = np.quantile([scores.task.error(float(w), float(h)) for w, h in sums], TAILS)
    return float(low), float(high)


def apart(a: Scores, b: Scores) -> bool | None:
    """Whether 5 to 95 % of the difference of two scores, block by block, is of one sign; None of fewer than MIN_BLOCKS."""
    if len(a.wrong) < MIN_BLOCKS:
        return None
    low, high = np.quantile((a.wrong - b.wrong)[_resamplings(len(a.wrong))].sum(1), TAILS)
    return bool(low > 0 or high < 0)


def _resamplings(count: int) -> NDArray[np.int64]:
    return np.random.default_rng(0).integers(0, count, (RESAMPLINGS, count))
