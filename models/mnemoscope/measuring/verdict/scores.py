"""How wrong the answers of a recording were: errors, bands over what there is to resample, ties, baselines of a forecast."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from mnemoscope.measuring import baselines
from mnemoscope.measuring.verdict.questions import Asked, longest
from mnemoscope.reading.recording import Recording
from mnemoscope.reading.view import ModelView
from mnemoscope.tasks.base import Floats

MIN_DRAWS = 8
"""Rounds or blocks below which no band is drawn: a rank is all that there is."""
BLOCK = 16
"""Steps of a block of a forecast: errors of neighbouring steps are alike, those of blocks less so."""
RESAMPLINGS, LOW, HIGH = 400, 5.0, 95.0
SEED = 20261129
"""The same recording has the same band."""


@dataclass(frozen=True)
class Score:
    """An error, its band (NaN where too few draws), the same in the unit of the signal (None where that is not known)."""

    error: float
    low: float
    high: float
    unit_error: float | None
    draws: int


def score(view: ModelView, what: Asked, steps: int) -> Score:
    """Of one model, over what was asked in a run of so many steps; none of one that could not go on to its end."""
    if view.steps < steps:
        return _scored(what, [], 0)
    return _scored(what, *_parts(view, what, view.array("outputs").astype(np.float64)))


def forecasts(recording: Recording, what: Asked) -> list[tuple[str, str, Score | None]]:
    """What a forecast has to beat: name, label and score; None where there was too little to fit to before the first forecast."""
    if what.planned or not what.scored:
        return []
    view = longest(recording)
    if what.task.binary:
        heard, followed, mask = (view.array(name).astype(np.float64) for name in ("inputs", "targets", "mask"))
        made = what.task.estimate(heard, followed, mask[:, 0])
        return [] if made is None else [("bayes", "Bayesian estimator", _scored(what, *_parts(view, what, made)))]
    values = view.array("inputs")[:, 0].astype(np.float64)
    heard = values[: what.scored[0] + 1]
    fit = fit_of(recording)
    rivals: list[tuple[str, str, Floats | None]] = [("persistence", "Persistence", baselines.persistence(values))]
    if fit is not None and (period := fit.get("period")) is not None:
        rivals.append(("seasonal", "The season before", _seasonal(values, period)))
    rivals.append(("ar32", "AR(32)", _ar(values, heard, fit)))
    return [
        (name, label, None if made is None else _scored(what, *_parts(view, what, made[:, None])))
        for name, label, made in rivals
    ]


def fit_of(recording: Recording) -> dict[str, Any] | None:
    """What a fit knows of the series of this recording, where a model was fitted to it."""
    return next((model["fit"] for model in recording.manifest["models"] if model.get("fit")), None)


def _ar(values: Floats, heard: Floats, fit: dict[str, Any] | None) -> Floats | None:
    """By the coefficients of the fit; without one by those of what was heard before the first forecast, where that is enough."""
    if fit is not None:
        return baselines.autoregressive(values, np.asarray(fit["ar32"], np.float64))
    if len(heard) < 3 * (baselines.AR_ORDER + 1):
        return None
    return baselines.autoregressive(values, baselines.fit_ar(heard))


def _seasonal(values: Floats, period: int) -> Floats | None:
    """None where the run is shorter than a season before its last step: the forecast would be persistence by another name."""
    return baselines.seasonal_naive(values, period) if len(values) > period else None


def apart(a: Score, b: Score) -> bool:
    """Whether one of two scores is the better one beyond both bands; without bands the rank decides."""
    return not _level(a, b)


def tied(scores: list[Score]) -> list[bool]:
    """Whether each of some scores, best first, shares the place of the one before it.

    It does where it is level with the first of that place: equal, or inside each other's band. A chain of neighbours that overlap does
    not make its ends level.
    """
    found: list[bool] = []
    first = 0
    for k, each in enumerate(scores):
        found.append(k > 0 and _level(scores[first], each))
        first = first if found[k] else k
    return found


def _level(a: Score, b: Score) -> bool:
    if math.isclose(a.error, b.error, rel_tol=1e-6, abs_tol=1e-12):
        return True
    return bool(b.low <= a.high and a.low <= b.high)  # NaN, no band, is never level


def _parts(view: ModelView, what: Asked, answers: Floats) -> tuple[list[Floats], int]:
    """Wrong and whole of every draw [draw, 2], and the number of scored steps."""
    targets, inputs, mask = (view.array(name).astype(np.float64) for name in ("targets", "inputs", "mask"))
    if what.planned:
        draws = [np.array(r.recall) for r in what.rounds]
    else:
        steps = np.array(what.scored, np.intp)
        draws = np.split(steps, range(BLOCK, len(steps), BLOCK)) if len(steps) else []
    sums: list[Floats] = []
    count = 0
    for steps in draws:
        scored = steps[mask[steps, 0] > 0]
        wrong, whole = what.task.wrong(answers[scored], targets[scored], inputs[scored])
        sums.append(np.array([wrong.sum(), whole.sum()]))
        count += len(scored) * (targets.shape[1] if what.task.binary else 1)
    return sums, count


def _scored(what: Asked, sums: list[Floats], count: int) -> Score:
    nan = float("nan")
    if not sums or not count:
        return Score(nan, nan, nan, None, 0)
    table = np.stack(sums)
    wrong, whole = table.sum(0)
    error = what.task.error(float(wrong), float(whole))
    low = high = nan
    if len(table) >= MIN_DRAWS:
        rng = np.random.default_rng(SEED)
        again = table[rng.integers(0, len(table), (RESAMPLINGS, len(table)))].sum(1)
        low, high = np.percentile([what.task.error(float(w), float(h)) for w, h in again], [LOW, HIGH]).tolist()
    return Score(error, low, high, _in_unit(what, float(wrong), count), len(table))


def _in_unit(what: Asked, wrong: float, count: int) -> float | None:
    """Wrong bits in all; of real values the error of one answer, RMS or mean as the task's error is."""
    if what.task.binary:
        return wrong
    if what.scale is None or what.unit is None:
        return None
    return what.task.error(wrong, float(count)) * what.scale


def plain(value: float) -> float | None:
    """A number for JSON: None for what is not one."""
    return None if math.isnan(value) else value


def as_json(found: Score | None) -> dict[str, Any]:
    """error, low, high, unit_error."""
    if found is None:
        return {"error": None, "low": None, "high": None, "unit_error": None}
    return {
        "error": plain(found.error),
        "low": plain(found.low),
        "high": plain(found.high),
        "unit_error": found.unit_error,
    }
