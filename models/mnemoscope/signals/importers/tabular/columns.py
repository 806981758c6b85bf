"""What the columns of an imported table are: numbers with their figures, labels, text; which of them to look at first."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.signals.clock import rate_in_words
from mnemoscope.signals.importers.table import Column
from mnemoscope.signals.importers.tabular.times import is_index_name
from mnemoscope.signals.series import Floats, decimate, rate_for_models
from mnemoscope.signals.states import states_in

LABEL_NAMES = ("label", "class", "annotation", "event", "symbol", "category", "anomaly")
FLAG_NAMES = ("flag", "qc", "quality", "status", "error", "valid", "checksum")
SPARK_POINTS = 128
FAR = 1e30
"""Numbers beyond which a file means something else than a measured value, such as 9.97e36 of NetCDF."""


def figures(values: NDArray[np.float64]) -> tuple[float | None, float | None, float | None]:
    """Smallest, largest and mean of the numbers that are there; None where there is none."""
    known = values[~np.isnan(values)]
    if not len(known):
        return None, None, None
    low, high = float(known.min()), float(known.max())
    size = max(abs(low), abs(high))
    mean = float(known.mean()) if size < 1e300 else float((known / size).mean() * size)
    return low, high, mean if math.isfinite(mean) else None


def narrowed(values: NDArray[np.float64]) -> Floats:
    """The values as float32 where their steps survive it: a counter beyond 16.7 million would stand still."""
    known = values[~np.isnan(values)]
    if not len(known):
        return values.astype(np.float32)
    size = float(np.abs(known).max())
    steps = np.abs(np.diff(known))
    steps = steps[steps > 0]
    finest = float(np.median(steps)) if len(steps) else size
    if size > 3e38 or float(np.spacing(np.float32(size))) > 0.01 * finest:
        return values
    return values.astype(np.float32)


def sentinel(values: NDArray[np.float64]) -> tuple[float, int] | None:
    """(value, times) of an extreme that repeats and lies far from everything else, such as -999."""
    known = values[~np.isnan(values)]
    if not len(known):
        return None
    low, high = float(known.min()), float(known.max())
    for extreme in (low, high):
        if abs(extreme) > FAR:
            return extreme, int((known == extreme).sum())
    if len(known) < 20:
        return None
    for extreme in (low, high):
        at = known == extreme
        rest = known[~at]
        if 2 <= at.sum() <= len(known) // 2 and len(rest):
            inner = float(rest.max() - rest.min())
            if inner == 0 and abs(extreme) < 99:
                continue  # two values, as of a switch
            if min(abs(extreme - float(rest.min())), abs(extreme - float(rest.max()))) > max(2 * inner, 1e-9):
                return extreme, int(at.sum())
    return None


def is_ramp(values: Floats) -> bool:
    """Whether values rise by the same step from row to row, as counters and times do."""
    known = values[~np.isnan(values)].astype(np.float64)
    if len(known) < 4 or len(known) < 0.9 * len(values):
        return False
    steps = np.diff(known)
    size = float(np.abs(known).max())
    return bool(
        steps[0] != 0
        and float(np.ptp(steps)) <= 0.02 * abs(float(np.median(steps))) + 4 * float(np.spacing(np.float32(size)))
    )


def _counts(column: Column) -> bool:
    """Whether a column is named as counters and parts of dates are; a single letter says so of whole numbers only."""
    if len(column.name) == 1 and column.values is not None:
        known = column.values[~np.isnan(column.values)]
        return is_index_name(column.name) and bool((known == np.round(known)).all())
    return is_index_name(column.name)


def default_channel(columns: list[Column]) -> int:
    """Index of the column to look at where nobody chose: the first of measured values that move, else the first that has
    numbers. Times, calendars, counters and flags never are one as long as there is another. The reader has refused a file
    without any number.
    """
    usable = [c for c in columns if c.values is not None and c.missing < len(c.values)]
    measured = [
        c for c in usable
        if c.kind == "value" and not _counts(c) and not any(word in c.name.lower() for word in FLAG_NAMES)
    ]  # fmt: skip
    moving = [c for c in measured if c.low != c.high and c.values is not None and not is_ramp(c.values)]
    values = [c for c in usable if c.kind == "value"]
    for choice in (
        [c for c in moving if c.values is not None and c.missing < 0.9 * len(c.values)], moving, measured,
        [c for c in values if c.values is not None and not is_ramp(c.values)], values, usable,
    ):  # fmt: skip
        if choice:
            return choice[0].index
    return usable[0].index


def describe(column: Column, rows: int, sample_rate: float | None) -> dict[str, Any]:
    """One entry of the report's `columns`; sample_rate: Hz of the file's rows."""
    count = rows if column.values is None else len(column.values)
    rate = column.sample_rate if column.own_clock else sample_rate
    return {
        "index": column.index,
        "name": column.name,
        "kind": column.kind,
        "unit": column.unit,
        "min": column.low,
        "max": column.high,
        "mean": column.mean,
        "missing": column.missing,
        "missing_fraction": column.missing / count if count else 0.0,
        "rows": count,
        "sample_rate": rate,
        "rate_text": rate_in_words(rate) if rate else "unknown",
        "resample_to": rate_for_models(column.unit, rate),
        "labels": len(column.labels),
        "states": 0 if column.values is None else states_in(column.values),
        "spark": [] if column.values is None else decimate(column.values, SPARK_POINTS),
    }
