"""All figures of one fit: a model before and after beside the baselines, on the part never seen and on the one held back."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.training.fitting.advice import Advice, advise
from mnemoscope.training.fitting.scoring import BASELINES, TAILS, Part, Scores, band, forecasts_of
from mnemoscope.training.fitting.source import Source

Floats = NDArray[np.float64]

EXAMPLE_BLOCKS = 2


@dataclass(frozen=True)
class Figures:
    """Errors are MASE (1 is persistence, lower is better), by "before", "after" and the keys of the baselines."""

    scores: dict[str, float]
    """On the part never seen."""
    bands: dict[str, tuple[float, float] | None]
    """5 to 95 % of `scores` over resamplings of blocks; None of fewer than eight."""
    blocks: int
    held_back: dict[str, float]
    """On the part that training stopped by."""
    residuals: dict[str, tuple[float, float]]
    """5 and 95 % quantiles of y − ŷ on the held-back part, in scaled units: the band of a forecast."""
    period: int
    """Steps of the season."""
    ar32: list[float]
    """Coefficients of AR(32), newest value first, then the constant; for scaled values."""
    advice: Advice

    def to_json(self) -> dict[str, Any]:
        """The fields by name, `advice` as {"take", "text"}."""
        return asdict(self)


@dataclass(frozen=True)
class Example:
    """The beginning of the part never seen: what came, and what was predicted one step ahead, all in raw units."""

    start: int
    """Step of the first value."""
    values: list[float]
    before: list[float]
    after: list[float]
    ar32: list[float]


@dataclass(frozen=True)
class Answers:
    """Outputs [blocks, steps, 1] of a model on the two parts that are not fitted to."""

    held_back: NDArray[np.float32]
    test: NDArray[np.float32]


def figures_of(
    values: Floats, held_back: Part, test: Part, before: Answers, after: Answers, *, label: str, scratch: bool
) -> Figures:
    """Measure; the baselines are fitted to what lies before the held-back part, like the model."""
    made, period, coefficients = forecasts_of(values, held_back.start)
    scores = _scores(test, before.test, after.test, made)
    residuals = {"before": held_back.residuals(before.held_back), "after": held_back.residuals(after.held_back)}
    residuals |= {key: held_back.residuals_of_series(made[key]) for key in BASELINES}
    return Figures(
        scores={key: score.mase for key, score in scores.items()},
        bands={key: band(score) for key, score in scores.items()},
        blocks=test.blocks,
        held_back={k: s.mase for k, s in _scores(held_back, before.held_back, after.held_back, made).items()},
        residuals={key: _tails(found) for key, found in residuals.items()},
        period=period,
        ar32=[float(c) for c in coefficients],
        advice=advise(label, scores, scratch=scratch),
    )


def example_of(source: Source, test: Part, before: Answers, after: Answers) -> Example:
    """The first EXAMPLE_BLOCKS blocks of the test."""
    ar32 = forecasts_of(source.values, source.split.held_back)[0]["ar32"]
    offset, scale = source.scaling["offset"], source.scaling["scale"]

    def raw(rows: NDArray[np.floating]) -> list[float]:
        return [float(f"{v:.6g}") for v in test.first(rows, blocks=EXAMPLE_BLOCKS) * scale + offset]

    rows = (test.batch.targets, before.test, after.test, test.rows_of(ar32))
    return Example(test.start, *map(raw, rows))


def _scores(
    part: Part, before: NDArray[np.float32], after: NDArray[np.float32], made: dict[str, Floats]
) -> dict[str, Scores]:
    scores = {"before": part.scores(before), "after": part.scores(after)}
    return scores | {key: part.scores_of_series(made[key]) for key in BASELINES}


def _tails(values: Floats) -> tuple[float, float]:
    low, high = np.quantile(values, TAILS)
    return round(float(low), 6), round(float(high), 6)
