"""What every reader of a format returns: columns, times and a report, from which a channel becomes a Series."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.signals.clock import Clock
from mnemoscope.signals.importers.channel_series import OwnClock, no_numbers, series_of
from mnemoscope.signals.series import Floats, Label, Series, labels_of
from mnemoscope.signals.states import events_of

MAX_COLUMNS = 1024
"""Columns of a file."""


@dataclass
class Column:
    """One column. `values` has NaN for missing; None for text and times."""

    index: int
    name: str
    kind: str
    """"time", "value", "label" or "text"."""
    unit: str | None
    values: Floats | None
    """float32, or float64 where float32 would lose steps of the values."""
    missing: int = 0
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    sample_rate: float | None = None
    """Rate of its own where its rows are not the file's (a slower channel, months of a wide table), Hz."""
    time: NDArray[np.float64] | None = None
    """[n] seconds of its own rows from the beginning of the file, where they are not the file's and not even."""
    gaps: tuple[tuple[int, int], ...] = ()
    """Of its own rows: neighbours between which rows are missing."""
    labels: tuple[Label, ...] = ()
    """Of a column of labels: ranges of rows and their labels."""

    @property
    def own_clock(self) -> bool:
        """Whether its rows are others than the file's."""
        return self.sample_rate is not None or self.time is not None

    @property
    def clock(self) -> OwnClock | None:
        """Of its own rows; None where they are the file's."""
        return (self.sample_rate, self.time, self.gaps) if self.own_clock else None


@dataclass
class Table:
    """An imported file: columns, seconds of its rows (float64, from the first row; None = unknown), report.

    The report is the same for all formats (`file_facts` and `completed`), but for its `details`.
    """

    columns: list[Column]
    time: NDArray[np.float64] | None
    timing: Clock | None
    report: dict[str, Any] = field(default_factory=dict[str, Any])

    def series(self, channel: int, labels: int | None = None, beside: Sequence[int] = ()) -> Series:
        """Column `channel` as a Series, with the labels of column `labels`, and with the columns `beside` it.

        Raises ImportFileError when a channel holds no numbers or the column of labels has none.
        """
        known = {c.index: (c.name, c.labels) for c in self.columns if c.labels}
        source = next((c for c in self.columns if c.index == labels and c.index not in known), None)
        if source is not None and source.values is not None:
            known[source.index] = (source.name, events_of(source.name, source.values, known))
        series = self._channel(channel, labels_of(known, labels), source)
        return replace(series, beside=tuple(self._channel(index) for index in beside))

    def _channel(self, channel: int, labels: tuple[Label, ...] = (), source: Column | None = None) -> Series:
        """Column `channel` with labels of rows of the file, or of the column `source` where that has rows of its own."""
        column = next((c for c in self.columns if c.index == channel), None)
        if column is None or column.values is None:
            raise no_numbers(channel, {c.index: c.name for c in self.columns if c.values is not None})
        return series_of(
            self.report,
            column.index,
            column.values,
            name=column.name,
            unit=column.unit,
            own=column.clock,
            time=self.time,
            gaps=() if self.timing is None else self.timing.gaps,
            labels=labels,
            labelled=None if source is None else source.clock,
        )
