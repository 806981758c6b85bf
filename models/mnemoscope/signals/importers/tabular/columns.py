"""What the columns of an imported table are: numbers with their figures, labels, text; which of them to look at first."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.signals.clock import rate_in_words
from mnemoscope.signals.importers.table import Column
from mnemoscope.signals.importers.tabular.time_units import FACTORS
from mnemoscope.signals.importers.tabular.times import is_index_name
from mnemoscope.signals.series import Floats, decimate, rate_for_models
from mnemoscope.signals.states import states_in

LABEL_NAMES = ("label", "class", "annotation", "event", "symbol", "category", "anomaly")
FLAG_NAMES = ("flag", "qc", "quality", "status", "error", "valid", "checksum")
SPARK_POINTS = 128
FAR = 1e30
"""Numbers beyond which a file means something else than a measured value, such as 9.97e36 of NetCDF."""


IN_ORDER = ("all months in order", "all times in order")
"""Channels made of all columns of a table that has a year or a day in a row."""
LONG = 1 << 20
"""Values beyond which a look at some of them stands for all."""


def known_of(values: Floats) -> Floats:
    """The numbers that are there; the array itself where all are."""
    absent = np.isnan(values)
    return values[~absent] if absent.any() else values


def figures(values: Floats) -> tuple[float | None, float | None, float | None]:
    """Smallest, largest and mean of the numbers that are there; None where there is none."""
    known = known_of(values)
    if not len(known):
        return None, None, None
    low, high = float(known.min()), float(known.max())
    size = max(abs(low), abs(high))
    mean = float(known.mean(dtype=np.float64)) if size < 1e300 else float((known / size).mean() * size)
    return low, high, mean if math.isfinite(mean) else None


def narrowed(values: Floats) -> Floats:
    """The values as float32 where their steps survive it: a counter beyond 16.7 million would stand still."""
    if values.dtype == np.float32:
        return values
    known = known_of(values)
    if not len(known):
        return values.astype(np.float32)
    size = max(abs(float(known.min())), abs(float(known.max())))
    steps = _steps(known)
    finest = float(np.median(steps)) if len(steps) else size
    if size > 3e38 or float(np.spacing(np.float32(size))) > 0.01 * finest:
        return values
    return values.astype(np.float32)


def _steps(known: Floats) -> NDArray[np.float64]:
    """Sizes of the steps from value to value that are any; of a long series those of 64 runs all over it."""
    if len(known) > LONG:
        run = LONG // 64
        starts = np.linspace(0, len(known) - run, 64).astype(np.int64)
        steps = np.concatenate([np.abs(np.diff(known[start : start + run])) for start in starts])
    else:
        steps = np.abs(np.diff(known))
    return steps[steps > 0]


def sentinel(values: Floats) -> tuple[float, int] | None:
    """(value, times) of an extreme that repeats and lies far from everything else, such as -999."""
    known = known_of(values)
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
        if 2 <= at.sum() <= len(known) // 2:
            lowest = float(known.min(where=~at, initial=np.inf))
            highest = float(known.max(where=~at, initial=-np.inf))
            inner = highest - lowest
            if inner == 0 and abs(extreme) < 99:
                continue  # two values, as of a switch
            if min(abs(extreme - lowest), abs(extreme - highest)) > max(2 * inner, 1e-9):
                return extreme, int(at.sum())
    return None


def is_ramp(values: Floats) -> bool:
    """Whether values rise by the same step from row to row, as counters and times do."""
    known = known_of(values)
    if len(known) < 4 or len(known) < 0.9 * len(values):
        return False
    size = max(abs(float(known.min())), abs(float(known.max())))
    step = float(np.median(np.diff(known[:LONG].astype(np.float64))))
    slack = 0.02 * abs(step) + 4 * float(np.spacing(np.float32(size)))
    low, high = math.inf, -math.inf
    for start in range(0, len(known) - 1, LONG):
        steps = np.diff(known[start : start + LONG + 1].astype(np.float64))
        low, high = min(low, float(steps.min())), max(high, float(steps.max()))
        if (start == 0 and steps[0] == 0) or not high - low <= slack:
            return False
    return True


def _counts(column: Column) -> bool:
    """Whether a column is named as counters and parts of dates are; a single letter, and "min", say so of whole numbers only."""
    if not is_index_name(column.name):
        return False
    if column.unit is not None and column.unit not in FACTORS:  # HR in bpm is no hour
        return False
    if (len(column.name) == 1 or column.name.lower() in ("min", "hr")) and column.values is not None:
        known = known_of(column.values)
        if column.name.lower() == "hr":
            return bool(len(known)) and float(known.max()) <= 24
        return bool((known == np.round(known)).all() and (column.name.lower() == "min" or (np.diff(known) >= 0).all()))
    return True


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
        [c for c in moving if c.name in IN_ORDER],
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
