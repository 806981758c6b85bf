"""One channel of a file that was read, as a Series: the same whether its numbers are in memory or lie on a server's disk."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.series import Floats, Label, Series

SOURCE = ("format", "encoding", "delimiter", "decimal", "header", "sha256")
"""What of a report goes into a recording: how the file was read, and which it was."""


def series_of(
    report: Mapping[str, Any],
    column: int,
    values: Floats,
    *,
    name: str,
    unit: str | None,
    sample_rate: float | None,
    time: NDArray[np.float64] | None,
    gaps: tuple[tuple[int, int], ...],
    labels: tuple[Label, ...],
) -> Series:
    """Column `column` of a file with this report.

    sample_rate: the column's own, None for the file's. A column with its own has other rows than the file: times, gaps
    and labels of the file's rows say nothing about it.
    """
    own = sample_rate is not None
    return Series(
        name=name,
        values=values,
        time=None if own else time,
        sample_rate=sample_rate if own else report["sample_rate"],
        unit=unit,
        gaps=() if own else gaps,
        labels=() if own else labels,
        source={key: report[key] for key in SOURCE if key in report} | {"channel": name, "column": column},
    )


def no_numbers(column: int, usable: Mapping[int, str]) -> ImportFileError:
    """The error for a column that cannot be a channel; `usable` has index and name of those that can."""
    names = ", ".join(f"{index} ({name})" for index, name in usable.items())
    return ImportFileError(f"column {column} holds no numbers", hint=f"Choose one of the columns {names}.")
