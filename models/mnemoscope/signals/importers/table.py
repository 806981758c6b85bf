"""What every reader of a format returns: columns, times and a report, from which a channel becomes a Series."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.signals.clock import Clock
from mnemoscope.signals.importers.channel_series import no_numbers, series_of
from mnemoscope.signals.importers.csv.columns import Column
from mnemoscope.signals.series import Series, labels_of


@dataclass
class Table:
    """An imported file: columns, seconds of its rows (float64, from the first row; None = unknown), report.

    The report has a part that is the same for all formats (REPORT) and `details` by format.
    """

    columns: list[Column]
    time: NDArray[np.float64] | None
    timing: Clock | None
    report: dict[str, Any] = field(default_factory=dict[str, Any])

    def series(self, channel: int, labels: int | None = None) -> Series:
        """Column `channel` as a Series, with the labels of column `labels`.

        Raises ImportFileError when the one holds no numbers or the other no labels.
        """
        column = next((c for c in self.columns if c.index == channel), None)
        if column is None or column.values is None:
            raise no_numbers(channel, {c.index: c.name for c in self.columns if c.values is not None})
        return series_of(
            self.report,
            column.index,
            column.values,
            name=column.name,
            unit=column.unit,
            sample_rate=column.sample_rate,
            time=self.time,
            gaps=() if self.timing is None else self.timing.gaps,
            labels=labels_of({c.index: (c.name, c.labels) for c in self.columns if c.labels}, labels),
        )
