"""Windows of signals in which something is to be held: of held-out mixtures, of a generator, of the user's own series. No torch."""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mnemoscope.errors import SignalError
from mnemoscope.signals import generators
from mnemoscope.signals.importers.files import read_series
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.series import Missing, Scaling, Series, prepare
from mnemoscope.signals.shipped import located

Floats = NDArray[np.float64]

WINDOWS = 32
LEAD = 16
"""Steps of signal before the segment."""
HELD_OUT = (20_140, 6)
"""Seed of the held-out signals; training has others."""
MIN_LENGTH = 512
"""Generated windows are at least so long: the same ones whether 40 or 400 steps are waited."""


@dataclass(frozen=True)
class Windows:
    """`values` [window, step], of which the first `steps` [window] are real and the rest is padding."""

    name: str
    values: Floats
    steps: NDArray[np.intp]
    starts: NDArray[np.intp] | None = None
    """Where each window begins in the series, in steps; None for windows that are signals of their own."""
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    def holding(self, steps: int) -> NDArray[np.intp]:
        """The windows that have at least so many steps."""
        return np.flatnonzero(self.steps >= steps)


def length_for(steps: int) -> int:
    """Steps of generated windows that must have so many: a power of two, so that few lengths make all."""
    return max(MIN_LENGTH, 1 << math.ceil(math.log2(max(steps, 2))))


def generated(kind: str, count: int, steps: int, *, seed: int = 0) -> Windows:
    """`count` held-out signals of a kind, each z-scored. Raises SignalError for an unknown kind."""
    length = length_for(steps)
    rng = np.random.default_rng([*HELD_OUT, seed])
    values = generators.generate_batch(kind, count, length, rng)
    return Windows(f"held-out {kind}", values, np.full(count, length))


def of_values(name: str, values: ArrayLike, count: int, shortest: int, longest: int, segment: int) -> Windows:
    """At most `count` windows of a scaled series [step] whose segments do not overlap, spread evenly over it.

    All of them have `longest` steps where the series has room for so many; else some only have `shortest`.
    Raises SignalError where not even one of the shortest fits, and for a series that is constant.
    """
    series = np.asarray(values, np.float64)
    require_change(name, series)
    if len(series) < shortest:
        raise SignalError(
            f"{name} has {len(series)} steps; holding {segment} over the shortest delay takes {shortest}: "
            "take more of it, a shorter delay, or a higher rate"
        )
    stride = max(segment, 1)
    room = (len(series) - longest) // stride + 1
    last = len(series) - (longest if room >= count else shortest)
    found = min(count, last // stride + 1)
    starts = np.linspace(0, last, found).astype(np.intp) if found > 1 else np.zeros(1, np.intp)
    padded = np.concatenate((series, np.zeros(longest)))
    steps = np.minimum(len(series) - starts, longest)
    return Windows(name, np.stack([padded[at : at + longest] for at in starts]), steps, starts)


def require_change(name: str, values: NDArray[np.floating]) -> None:
    """Raises SignalError for a series [step] that is constant: no error is relative to it."""
    if len(values) and (values == values[0]).all():
        raise SignalError(f"{name} is constant: there is nothing in it to remember; take another channel or window")


def prepared(
    signal: str | os.PathLike[str] | ArrayLike | Series,
    *,
    channel: str | None = None,
    sample_rate: float | None = None,
    reading: ImportOptions | None = None,
    resample_to: float | None = None,
    start: int = 0,
    stop: int | None = None,
    missing: Missing = "hold",
    scaling: Scaling = "zscore",
) -> tuple[str, NDArray[np.float32], list[str]]:
    """A whole file, series or array as models see it -> its name, values [step], and what was assumed.

    start, stop: rows. resample_to: steps per second. Raises ImportFileError or SignalError.
    """
    notes: list[str] = []
    if isinstance(signal, str | os.PathLike):
        file = located(signal)
        name = file.name
        series, notes = read_series(file, channel=channel, labels="none", sample_rate=sample_rate, options=reading)
    elif isinstance(signal, Series):
        name, series = signal.name, signal
    else:
        values = np.asarray(signal, np.float32)
        if values.ndim != 1:
            raise SignalError(f"a signal has one number a step, [steps]; got an array of shape {list(values.shape)}")
        name, series = "an array", Series("an array", values, sample_rate=sample_rate)
    result = prepare(series, start=start, stop=stop, sample_rate=resample_to, missing=missing, scaling=scaling)
    return name, result.values, [*notes, *result.warnings]


def needed(segment: int, delay: int, *, lead: int = LEAD) -> int:
    """Steps of signal that holding a segment over a delay takes; during the replay the signal is hidden."""
    return lead + segment + delay


def make(
    signal: str | os.PathLike[str] | ArrayLike | Series | None,
    delays: Sequence[int],
    segment: int,
    *,
    count: int = WINDOWS,
    seed: int = 0,
    longest: int | None = None,
    **of_series: Any,
) -> Windows:
    """Windows for all delays, up to `longest` where the signal has room for it. signal: None or a generator's name (held-out signals of it), a file, a Series, or numbers [step].

    of_series: the further arguments of `prepared`. Raises SignalError or ImportFileError.
    """
    short, long = needed(segment, min(delays)), needed(segment, longest or max(delays))
    kind = "mixture" if signal is None else signal
    if isinstance(kind, str) and kind in (*generators.KINDS, "hearts"):
        if of_series:
            raise SignalError(f"{', '.join(of_series)} can only be used with a file or a series, got the signal {kind}")
        return generated(kind, count, long, seed=seed)
    name, values, notes = prepared(kind, **of_series)
    found = of_values(name, values, count, short, long, segment)
    return Windows(found.name, found.values, found.steps, found.starts, tuple(notes))
