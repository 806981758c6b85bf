"""How sure a measured score is: the interval of a score over its draws, by resampling them."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mnemoscope.tasks import Array, Batch, Task

RESAMPLINGS = 400

Interval = tuple[float, float]


def interval(score_of: Callable[[NDArray[np.intp]], float], count: int) -> Interval:
    """The 90 % interval of a score over `count` draws: 5 and 95 % of resamplings of them (Efron 1979), the same every time.

    `score_of(indices)` scores the draws with these indices. One draw has no interval: (nan, nan).
    """
    if count < 2:
        return float("nan"), float("nan")
    rng = np.random.default_rng(0)
    values = [score_of(rng.integers(0, count, count)) for _ in range(RESAMPLINGS)]
    low, high = np.quantile(values, (0.05, 0.95))
    return float(low), float(high)


def scored(task: Task, outputs: Array, batch: Batch) -> tuple[float, float, float]:
    """The task's metric of raw outputs [B, T, O], and its interval over the sequences."""

    def of(drawn: NDArray[np.intp]) -> float:
        return task.score(outputs[drawn], Batch(batch.inputs[drawn], batch.targets[drawn], batch.mask[drawn]))

    return (task.score(outputs, batch), *interval(of, len(outputs)))
