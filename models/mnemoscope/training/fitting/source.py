"""The series that a model is fitted to, with the facts that go on its card. No torch."""

import hashlib
import os
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mnemoscope.errors import SignalError
from mnemoscope.signals.given import from_numbers, row_at
from mnemoscope.signals.importers.files import read_series
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.series import Missing, Series, prepare, with_rate
from mnemoscope.signals.shipped import located
from mnemoscope.training.fitting.split import Split, split_of
from mnemoscope.training.fitting.subject import Subject
from mnemoscope.training.fitting.subjects import subject

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Source:
    """Values [steps] scaled by mean and deviation of the part that is fitted to: nothing of the rest is known."""

    subject: Subject
    """The task it is fitted for."""
    name: str
    sha256: str
    """Of the file, or of the numbers where there is none."""
    series: Series
    values: Floats
    split: Split
    scaling: dict[str, Any]
    """{"method", "offset", "scale"}: raw = values · scale + offset."""
    sample_rate: float | None
    facts: dict[str, Any]
    """Where the values came from: format, window, missing, resampling."""
    notes: tuple[str, ...] = ()
    """Sentences about what was assumed or left out."""

    def to_json(self) -> dict[str, Any]:
        """{"name", "channel", "sha256", "sample_rate"}."""
        return {
            "name": self.name,
            "channel": self.series.name,
            "sha256": self.sha256,
            "sample_rate": self.sample_rate,
        }


def read(
    signal: str | os.PathLike[str] | ArrayLike | Series,
    *,
    task: str = "forecast",
    channel: str | None = None,
    sample_rate: float | None = None,
    reading: ImportOptions | None = None,
    resample_to: float | None = None,
    start: str = "0",
    stop: str | None = None,
    missing: Missing = "hold",
) -> Source:
    """A file, numbers [T] or a Series as a source, for a task. channel: of a file. sample_rate: Hz, where the file does not say.

    start, stop: rows ("720") or seconds ("2.5s"). Raises ImportFileError, UnknownTask, TrainingError for a task that takes no
    series, or SignalError for a series that is too short, holds no number, or never changes in one of its parts.
    """
    notes: list[str] = []
    if isinstance(signal, str | os.PathLike):
        file = located(signal)
        series, notes = read_series(file, channel=channel, labels="none", sample_rate=sample_rate, options=reading)
        name = file.name
    else:
        series = signal if isinstance(signal, Series) else from_numbers(signal)
        if channel is not None:
            raise SignalError(f"a channel can only be chosen of a file, got {channel!r} with numbers")
        if sample_rate is not None:
            series = with_rate(series, sample_rate)
        name = series.name
    first = row_at(start, series, "start")
    last = len(series) if stop is None else min(row_at(stop, series, "stop"), len(series))
    return from_series(
        series, name, task=task, start=first, stop=last, resample_to=resample_to, missing=missing, notes=notes
    )


def from_series(
    series: Series,
    name: str,
    *,
    task: str = "forecast",
    start: int = 0,
    stop: int | None = None,
    resample_to: float | None = None,
    missing: Missing = "hold",
    notes: list[str] | None = None,
) -> Source:
    """Rows start … stop (stop excluded) of a series as a source. Raises as `read`."""
    what = subject(task)
    prepared = prepare(series, start=start, stop=stop, sample_rate=resample_to, missing=missing, scaling="none")
    raw = np.asarray(prepared.values, np.float64)
    split = split_of(len(raw), what)
    known = raw[: split.held_back]
    for name_of_part, part in (
        ("to be fitted to", known),
        ("that is held back", raw[split.held_back : split.test]),
        ("to be scored", raw[split.test :]),
    ):
        if np.ptp(part) <= 1e-12 * max(1.0, float(np.abs(part).max())):
            raise SignalError(
                f"the part {name_of_part} never changes: there is nothing to learn from it; choose another window"
            )
    offset, scale = float(known.mean()), float(known.std())
    sha256 = series.source.get("sha256") or hashlib.sha256(series.values.tobytes()).hexdigest()
    return Source(
        subject=what,
        name=name,
        sha256=str(sha256),
        series=series,
        values=(raw - offset) / scale,
        split=split,
        scaling={"method": "zscore", "offset": offset, "scale": scale},
        sample_rate=prepared.sample_rate,
        facts=prepared.source,
        notes=(*(notes or ()), *prepared.warnings),
    )
