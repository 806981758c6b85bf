"""Signals as they are given by hand: plain numbers, and places in a series as rows or seconds."""

import math

import numpy as np
from numpy.typing import ArrayLike

from mnemoscope.errors import SignalError
from mnemoscope.signals.series import Series


def from_numbers(numbers: ArrayLike) -> Series:
    """Plain numbers [T] as a series. Raises SignalError for another shape, or what is no number."""
    try:
        values = np.asarray(numbers, np.float32)
    except (TypeError, ValueError) as error:
        raise SignalError(f"a signal is numbers [steps], a file, a series or a generator's name: {error}") from error
    if values.ndim != 1:
        raise SignalError(f"a signal has one number a step, [steps]; got an array of shape {list(values.shape)}")
    return Series(name="an array", values=values, source={"given": "array"})


def row_at(text: str, series: Series, what: str) -> int:
    """A place in a series: "720" is a row, "2.5s" seconds from the first row."""
    number, seconds = (text[:-1], True) if text.endswith("s") else (text, False)
    try:
        value = float(number) if seconds else int(number)
        if not (math.isfinite(value) and value >= 0):
            raise ValueError
    except ValueError:
        raise SignalError(f'{what} is a row such as 720 or seconds such as 2.5s, got "{text}"') from None
    if not seconds:
        return int(value)
    if series.time is not None:
        return int((series.time < value).sum())
    if series.sample_rate is None:
        raise SignalError(f"{what} in seconds needs the sampling rate, which the file does not have; give sample_rate")
    return round(value * series.sample_rate)
