"""How well the next value is predicted on a part of a series: one measure for models and baselines, on the same steps.

MASE: Σ|y − ŷ| / Σ|y − value before|, so persistence scores exactly 1 (as the task `forecast`). Every value of the part is
predicted once, by blocks; of a very long part evenly chosen blocks stand for the rest. No torch.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mnemoscope.measuring import baselines
from mnemoscope.measuring.baselines import AR_ORDER
from mnemoscope.tasks import Batch, Forecast

Floats = NDArray[np.float64]

CONTEXT, BLOCK = 64, 128
"""Steps a model hears before the first of a block, and most steps it then predicts."""
MAX_BLOCKS = 256
MIN_BLOCKS = 8
"""Fewer are too few for a band."""
RESAMPLINGS = 400
TAILS = (0.05, 0.95)

BASELINES = {"ar32": f"AR({AR_ORDER})", "seasonal": "the season before", "persistence": "persistence"}
"""What a model has to beat, by the keys of a result, and as they are called in a sentence."""


@dataclass(frozen=True)
class Scores:
    """Absolute errors [blocks] of forecasts, and of persistence on the same steps."""

    missed: Floats
    naive: Floats

    @property
    def mase(self) -> float:
        return float(self.missed.sum() / self.naive.sum())


class Part:
    """Steps `start` … `stop` (excluded) of a series to be predicted, in blocks; start > CONTEXT."""

    def __init__(self, values: Floats, start: int, stop: int, *, most: int = MAX_BLOCKS) -> None:
        self.start = start
        length = min(BLOCK, stop - start)
        starts = np.arange(start, stop, length)
        starts[-1] = (
            stop - length
        )  # the last block is as long as the others: what it shares with its neighbour counts once
        shared = len(starts) * length - (stop - start)
        if len(starts) > most:
            starts = starts[np.linspace(0, len(starts) - 1, most).round().astype(int)]
        rows = np.stack([values[at - CONTEXT - 1 : at + length] for at in starts])
        batch = Forecast().windows(rows.reshape(-1), steps=rows.shape[1], context=CONTEXT)
        mask = batch.mask.copy()
        mask[-1, CONTEXT : CONTEXT + shared] = 0
        self.batch: Batch = replace(batch, mask=mask)
        self.steps = int(mask.sum())
        self._at = starts[:, None] + np.arange(-CONTEXT - 1, length)
        self._naive = self._missed(values[self._at][:, :, None])

    @property
    def blocks(self) -> int:
        return len(self._at)

    def scores(self, outputs: NDArray[np.floating]) -> Scores:
        """Of a model's outputs [blocks, steps, 1] to `batch`."""
        return Scores(self._missed(outputs), self._naive)

    def scores_of_series(self, forecasts: Floats) -> Scores:
        """Of a baseline: forecasts [T] of the value after each step of the whole series."""
        return self.scores(self.rows_of(forecasts))

    def rows_of(self, forecasts: Floats) -> Floats:
        """[T] of the whole series as [blocks, steps, 1]."""
        return forecasts[self._at][:, :, None]

    def residuals(self, outputs: NDArray[np.floating]) -> Floats:
        """Y − ŷ of every scored step, as one row."""
        return np.asarray((self.batch.targets - outputs)[self.batch.mask > 0], np.float64).reshape(-1)

    def residuals_of_series(self, forecasts: Floats) -> Floats:
        return self.residuals(self.rows_of(forecasts))

    def first(self, rows: NDArray[np.floating], *, blocks: int) -> Floats:
        """The scored steps of the first blocks that follow each other without a gap, of [blocks, steps, …] as one row."""
        starts = self._at[:, 0]
        ahead = 1
        while ahead < min(blocks, len(starts)) and starts[ahead] - starts[ahead - 1] == self._at.shape[1] - CONTEXT - 1:
            ahead += 1
        return np.asarray(rows, np.float64).reshape(len(starts), -1)[:ahead, CONTEXT:-1].reshape(-1)

    def _missed(self, outputs: NDArray[np.floating]) -> Floats:
        each = np.abs(np.asarray(outputs, np.float64) - self.batch.targets) * self.batch.mask[:, :, None]
        return each.sum((1, 2))


def forecasts_of(values: Floats, fitted_to: int) -> tuple[dict[str, Floats], int, Floats]:
    """Baselines fitted to the first `fitted_to` values -> their forecasts [T] by key, the period found, the AR coefficients."""
    known = values[:fitted_to]
    period, coefficients = baselines.season(known), baselines.fit_ar(known)
    made = {
        "ar32": baselines.autoregressive(values, coefficients),
        "seasonal": baselines.seasonal_naive(values, period),
        "persistence": baselines.persistence(values),
    }
    return made, period, coefficients


def band(scores: Scores) -> tuple[float, float] | None:
    """5 to 95 % of the MASE over resamplings of blocks; None of fewer than MIN_BLOCKS."""
    if len(scores.missed) < MIN_BLOCKS:
        return None
    chosen = _resamplings(len(scores.missed))
    low, high = np.quantile(scores.missed[chosen].sum(1) / scores.naive[chosen].sum(1), TAILS)
    return float(low), float(high)


def apart(a: Scores, b: Scores) -> bool | None:
    """Whether 5 to 95 % of the difference of two scores, block by block, is of one sign; None of fewer than MIN_BLOCKS."""
    if len(a.missed) < MIN_BLOCKS:
        return None
    low, high = np.quantile((a.missed - b.missed)[_resamplings(len(a.missed))].sum(1), TAILS)
    return bool(low > 0 or high < 0)


def _resamplings(count: int) -> NDArray[np.int64]:
    return np.random.default_rng(0).integers(0, count, (RESAMPLINGS, count))
