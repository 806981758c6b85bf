"""Tables whose columns are times: all values in order are one more channel, which most people want."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mnemoscope.signals.clock import DAY, YEAR
from mnemoscope.signals.importers.table import Column
from mnemoscope.signals.importers.tabular.columns import IN_ORDER, figures
from mnemoscope.signals.importers.tabular.dates import month_of
from mnemoscope.signals.importers.tabular.draft import Draft
from mnemoscope.signals.series import Floats

MIN_A_DAY = 12
"""Columns that are times of the day."""
MAX_LACKING = 10
"""Days without a row, for each one that there is."""
_OF_DAY = re.compile(r"(?:(?:h|hr|hour|stunde|ora|hora|heure)[ _]?)?(\d{1,2})(?:[:.h](\d\d)(?::00)?)?", re.IGNORECASE)


def add_months_in_order(draft: Draft, columns: list[Column]) -> None:
    """Year × month tables get one more channel: all months in order."""
    months = [
        c for c in columns if c.values is not None and c.name.strip(".").isalpha() and month_of(c.name) is not None
    ]
    if [month_of(c.name) for c in months] != list(range(1, 13)):
        return
    values = np.stack([c.values.astype(np.float32) for c in months if c.values is not None], 1).reshape(-1)
    columns.append(_column(len(columns), IN_ORDER[0], months[0].unit, values, 12 / YEAR))
    draft.notes.append(f"a row per year, a column per month: channel {len(columns) - 1} holds all months in order")


def add_day_in_order(draft: Draft, columns: list[Column], seconds: NDArray[np.float64] | None) -> None:
    """Tables of a day a row and a time of day a column get one more channel; days without a row are missing in it."""
    if seconds is None or not np.isfinite(seconds).all():
        return
    timed = [(minutes, c) for c in columns if c.values is not None and (minutes := _minutes(c.name)) is not None]
    steps = {after[0] - before[0] for before, after in pairwise(timed)}
    if len(timed) < MIN_A_DAY or len(steps) != 1 or (step := steps.pop()) <= 0 or step * len(timed) != 1440:
        return
    days: NDArray[np.float64] = (seconds - seconds[0]) / DAY
    rows = np.rint(days).astype(np.int64)
    if (np.abs(days - rows) > 0.05).any() or (np.diff(rows) <= 0).any() or rows[-1] > MAX_LACKING * len(rows):
        return
    table = np.full((int(rows[-1]) + 1, len(timed)), np.nan, np.float32)
    table[rows] = np.stack([c.values for _, c in timed if c.values is not None], 1)
    columns.append(_column(len(columns), IN_ORDER[1], timed[0][1].unit, table.reshape(-1), len(timed) / DAY))
    draft.notes.append(f"a row per day, a column per time of day: channel {len(columns) - 1} holds all times in order")


def _minutes(name: str) -> int | None:
    """Minutes after midnight that a column's name says: "13:45", "H7", "24"."""
    found = _OF_DAY.fullmatch(name.strip())
    return None if found is None or int(found[1]) > 24 else 60 * int(found[1]) + int(found[2] or 0)


def _column(index: int, name: str, unit: str | None, values: Floats, rate: float) -> Column:
    low, high, mean = figures(values.astype(np.float64))
    return Column(index, name, "value", unit, values, int(np.isnan(values).sum()), low, high, mean, rate)
