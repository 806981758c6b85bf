"""Fits of a forecast: every value of a part is predicted once, one step ahead, after some steps to listen to. No torch.

MASE: Σ|y − ŷ| / Σ|y − value before|, so persistence scores exactly 1 (as the task `forecast`).
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mnemoscope.measuring import baselines
from mnemoscope.tasks import Batch, Forecast
from mnemoscope.training.fitting.scoring import MAX_BLOCKS, Answers, Part, chosen
from mnemoscope.training.fitting.subject import Baselines, Subject

Floats = NDArray[np.float64]

CONTEXT, BLOCK = 64, 128
"""Steps a model hears before the first of a block, and most steps it then predicts."""
UNASKED = "nothing has to be held: each value is predicted from those heard just before it"


class OnSeries(Forecast):
    """The task `forecast` on windows of one series."""

    def __init__(self, values: Floats) -> None:
        super().__init__()
        self._values = values
        self._steps = min(self.window, len(values))

    def batch(self, rng: np.random.Generator, count: int, *, progress: float = 1.0, rounds: int = 1) -> Batch:
        """Windows from anywhere in the series; context 8 … 48 as in the models' training."""
        starts = rng.integers(0, len(self._values) - self._steps + 1, count)
        rows = np.stack([self._values[at : at + self._steps] for at in starts])
        return self._lay_out(rows, rng.integers(8, 49, count))


class ForecastPart(Part):
    """Steps `start` … `stop` (excluded), each predicted once; start > CONTEXT."""

    def __init__(self, values: Floats, start: int, stop: int, *, most: int = MAX_BLOCKS) -> None:
        length = min(BLOCK, stop - start)
        starts = np.arange(start, stop, length)
        shared = len(starts) * length - (stop - start)
        starts[-1] -= shared  # the last block is as long as the others: what it shares with its neighbour counts once
        starts = chosen(starts, most)
        rows = np.stack([values[at - CONTEXT - 1 : at + length] for at in starts])
        task = Forecast()
        batch = task.windows(rows.reshape(-1), steps=rows.shape[1], context=CONTEXT)
        mask = batch.mask.copy()
        mask[-1, CONTEXT : CONTEXT + shared] = 0
        super().__init__(task, replace(batch, mask=mask), start)
        self._at = starts[:, None] + np.arange(-CONTEXT - 1, length)

    def of_series(self, forecasts: Floats) -> Answers:
        """Forecasts [T] of the value after each step of the whole series -> [blocks, steps, 1]."""
        return forecasts[self._at][:, :, None]


class Forecasting(Subject):
    """Say the next value."""

    task = Forecast()
    rivals = ("ar32", "seasonal", "persistence")
    reasons = {"mean": UNASKED, "shift_register": UNASKED}
    min_steps, min_held_back = 300, 32
    lr = 3e-4
    example_blocks = 2

    def training(self, values: Floats) -> OnSeries:
        return OnSeries(values)

    def part(self, values: Floats, start: int, stop: int, *, most: int = MAX_BLOCKS) -> ForecastPart:
        return ForecastPart(values, start, stop, most=most)

    def fitted(self, values: Floats, fitted_to: int) -> Baselines:
        """Forecasts [T] over the whole series."""
        known = values[:fitted_to]
        period, coefficients = baselines.season(known), baselines.fit_ar(known)
        made = {
            "ar32": baselines.autoregressive(values, coefficients),
            "seasonal": baselines.seasonal_naive(values, period),
            "persistence": baselines.persistence(values),
        }
        return Baselines(made, period, [float(c) for c in coefficients])

    def on(self, part: Part, made: Baselines) -> dict[str, Answers]:
        """Of the blocks of a ForecastPart."""
        assert isinstance(part, ForecastPart)
        return {key: part.of_series(forecasts) for key, forecasts in made.series.items()}
