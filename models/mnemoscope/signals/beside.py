"""Further channels of a file, shown beside the one that models hear: on its steps by time, in their own unit, never heard.

A value is one that was measured, or the mean of those inside one step; where a channel has none near a step it is NaN.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import SignalError
from mnemoscope.format.schema import MAX_BESIDE
from mnemoscope.signals.series import Prepared, Series, same_clock

MAX_STATES = 64
"""A channel of at most so many whole numbers is one of states: the mean of two states is none."""


@dataclass(frozen=True)
class Beside:
    """One further channel on the steps of another."""

    name: str
    unit: str | None
    sample_rate: float | None
    """Of its own rows, Hz; None = unknown or uneven."""
    values: NDArray[np.float64]
    """[steps] in its unit, NaN = missing."""
    offset: float = 0.0
    """What is taken off in a recording where float32 would lose the steps of its values."""


def on_steps(series: Series, prepared: Prepared) -> tuple[Beside, ...]:
    """The channels beside a series, on the steps that it was prepared to.

    Raises SignalError for too many, and where only one of two channels has a clock.
    """
    check(len(series.beside))
    found: list[Beside] = []
    for other in series.beside:
        values = other.values.astype(np.float64)
        if prepared.rows is not None and same_clock(series, other):
            placed = values[prepared.rows]
        else:
            placed = _by_time(series, prepared, other, values)
        large = other.values.dtype == np.float64 and bool((~np.isnan(placed)).any())
        offset = float(np.round(np.nanmedian(placed))) if large else 0.0
        found.append(Beside(other.name, other.unit, other.sample_rate, placed, offset))
    return tuple(found)


def check(count: int) -> None:
    """Raises SignalError for more channels than are shown beside one."""
    if count > MAX_BESIDE:
        raise SignalError(f"{count} channels were asked for beside the chosen one, at most {MAX_BESIDE} are shown")


def recorded(beside: Sequence[Beside]) -> NDArray[np.float32] | None:
    """Their numbers as every frame holds them [steps, channels]; None where there are none."""
    if not beside:
        return None
    return np.stack([channel.values - channel.offset for channel in beside], 1).astype(np.float32)


def facts(beside: Sequence[Beside]) -> list[dict[str, Any]]:
    """Their entries in the manifest's `signal.beside`."""
    return [
        {"channel": channel.name, "unit": channel.unit, "sample_rate": channel.sample_rate, "offset": channel.offset}
        for channel in beside
    ]


def _by_time(series: Series, prepared: Prepared, other: Series, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values [rows] at the steps' seconds: the mean of the rows in a step where it holds several, else the nearest row."""
    clocked = [one.time is not None or one.sample_rate is not None for one in (series, other)]
    if clocked[0] != clocked[1] or prepared.seconds is None:
        without = other.name if clocked[0] else series.name
        raise SignalError(
            f"nobody knows when the rows of {without} were measured, so it cannot lie beside another clock"
        )
    times = np.arange(len(other)) / (other.sample_rate or 1.0) if other.time is None else other.time
    known = np.isfinite(times)
    times, values = times[known], values[known]
    if np.isnan(values).all():
        return np.full(prepared.steps, np.nan)
    order = np.argsort(times, kind="stable")
    times, values = times[order], values[order]
    own, step = _spacing(other), _spacing_of(prepared.seconds)
    if step > 1.5 * own and not _of_states(values):
        there = ~np.isnan(values)
        return _means(prepared.seconds, step, times[there], values[there])
    after = np.clip(np.searchsorted(times, prepared.seconds), 1, max(1, len(times) - 1))
    before = after - 1
    after = np.minimum(after, len(times) - 1)
    # Half way between two rows the one that was measured before, whatever rounding says.
    later = np.abs(times[after] - prepared.seconds) < np.abs(times[before] - prepared.seconds) - 1e-6 * own
    nearest = np.where(later, after, before)
    near = np.abs(times[nearest] - prepared.seconds) <= max(own, step)
    return np.where(near, values[nearest], np.nan)


def _spacing(series: Series) -> float:
    """Seconds from row to row, mostly."""
    if series.time is None:
        return 1 / (series.sample_rate or 1.0)
    return _spacing_of(series.time)


def _spacing_of(times: NDArray[np.float64]) -> float:
    steps = np.diff(times[np.isfinite(times)])
    return float(np.median(steps[steps > 0])) if (steps > 0).any() else 0.0


def _of_states(values: NDArray[np.float64]) -> bool:
    known = values[~np.isnan(values)]
    return bool((known == np.round(known)).all()) and len(np.unique(known)) <= MAX_STATES


def _means(
    seconds: NDArray[np.float64], step: float, times: NDArray[np.float64], values: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Means of the rows inside half a step of each of `seconds`; NaN where there is none."""
    begin = seconds - step * (0.5 + 1e-6)  # a row on the border belongs to the later step, whatever rounding says
    first, stop = np.searchsorted(times, begin), np.searchsorted(times, begin + step)
    middle = float(values.mean())  # sums of what is left of it lose nothing
    sums = np.concatenate(([0.0], np.cumsum(values - middle)))
    count = stop - first
    return np.where(count > 0, (sums[stop] - sums[first]) / np.maximum(count, 1) + middle, np.nan)
