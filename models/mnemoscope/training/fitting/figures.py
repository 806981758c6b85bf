"""All figures of one fit: a model before and after beside the baselines, on the part never seen and on the one held back."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.training.fitting import scoring
from mnemoscope.training.fitting.advice import Advice, advise
from mnemoscope.training.fitting.scoring import TAILS, Part, Scores, band
from mnemoscope.training.fitting.source import Source
from mnemoscope.training.fitting.subject import BASELINES, Baselines, Subject

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Figures:
    """Errors are the task's own (lower is better), by "before", "after" and the keys of BASELINES; None where one has no meaning."""

    scores: dict[str, float | None]
    """On the part never seen."""
    bands: dict[str, tuple[float, float] | None]
    """5 to 95 % of `scores` over resamplings of blocks; None of fewer than eight."""
    blocks: int
    held_back: dict[str, float | None]
    """On the part that training stopped by."""
    reasons: dict[str, str]
    """Why a baseline has no meaning for this task."""
    residuals: dict[str, tuple[float, float]]
    """5 and 95 % quantiles of y − ŷ on the held-back part, in scaled units: the band of a forecast."""
    period: int | None
    """Steps of the season; None where no baseline has one."""
    ar32: list[float]
    """Coefficients of AR(32), newest value first, then the constant; for scaled values. Empty where it has no meaning."""
    advice: Advice

    def to_json(self) -> dict[str, Any]:
        """The fields by name, `advice` as {"take", "text"}."""
        return asdict(self)


@dataclass(frozen=True)
class Example:
    """The beginning of the part never seen: what came or was stored, and what was answered, all in raw units."""

    start: int
    """Step of the first value."""
    values: list[float]
    before: list[float]
    after: list[float]
    baseline: list[float]
    """Of the baseline with the smallest error among the subject's rivals."""
    name: str
    """What that baseline is called."""


@dataclass(frozen=True)
class Answers:
    """Outputs [blocks, steps, 1] of a model on the two parts that are not fitted to."""

    held_back: NDArray[np.float32]
    test: NDArray[np.float32]


def figures_of(
    source: Source,
    held_back: Part,
    test: Part,
    made: Baselines,
    before: Answers,
    after: Answers,
    *,
    label: str,
    scratch: bool,
) -> Figures:
    """Measure; the baselines were fitted to what lies before the held-back part, like the model."""
    subject = source.subject
    scores = _scores(subject, test, made, before.test, after.test)
    residuals = {"before": held_back.residuals(before.held_back), "after": held_back.residuals(after.held_back)}
    residuals |= {key: held_back.residuals(rows) for key, rows in subject.on(held_back, made).items()}
    return Figures(
        scores=_errors(scores),
        bands={key: band(scores[key]) if key in scores else None for key in ("before", "after", *BASELINES)},
        blocks=test.blocks,
        held_back=_errors(_scores(subject, held_back, made, before.held_back, after.held_back)),
        reasons=dict(subject.reasons),
        residuals={key: _tails(found) for key, found in residuals.items()},
        period=made.period,
        ar32=made.ar32,
        advice=advise(label, scores, subject, scratch=scratch),
    )


def example_of(source: Source, test: Part, made: Baselines, before: Answers, after: Answers) -> Example:
    """The first blocks of the test."""
    subject = source.subject
    rows = subject.on(test, made)
    best = min(subject.rivals, key=lambda key: test.scores(rows[key]).error)
    offset, scale = source.scaling["offset"], source.scaling["scale"]

    def raw(answers: scoring.Answers) -> list[float]:
        found = test.beginning(answers, blocks=subject.example_blocks) * scale + offset
        return [float(f"{v:.6g}") for v in found]

    return Example(
        test.start, *map(raw, (test.batch.targets, before.test, after.test, rows[best])), name=BASELINES[best]
    )


def _scores(
    subject: Subject, part: Part, made: Baselines, before: NDArray[np.float32], after: NDArray[np.float32]
) -> dict[str, Scores]:
    answers = {"before": before, "after": after} | subject.on(part, made)
    return {key: part.scores(rows) for key, rows in answers.items()}


def _errors(scores: dict[str, Scores]) -> dict[str, float | None]:
    return {key: scores[key].error if key in scores else None for key in ("before", "after", *BASELINES)}


def _tails(values: Floats) -> tuple[float, float]:
    low, high = np.quantile(values, TAILS)
    return round(float(low), 6), round(float(high), 6)
