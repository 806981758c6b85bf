"""One channel of a file that was read, as a Series: the same whether its numbers are in memory or lie on a server's disk."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.series import Floats, Label, Series

SOURCE = ("format", "encoding", "delimiter", "decimal", "header", "sha256")
"""What of a report goes into a recording: how the file was read, and which it was."""


OwnClock = tuple[float | None, NDArray[np.float64] | None, tuple[tuple[int, int], ...]]
"""Rate in Hz, seconds of the rows and gaps of a channel whose rows are not the file's."""


def series_of(
    report: Mapping[str, Any],
    column: int,
    values: Floats,
    *,
    name: str,
    unit: str | None,
    own: OwnClock | None,
    time: NDArray[np.float64] | None,
    gaps: tuple[tuple[int, int], ...],
    labels: tuple[Label, ...],
    labelled: OwnClock | None = None,
) -> Series:
    """Column `column` of a file with this report; `own` is its clock where its rows are not the file's.

    Labels [rows of the file, or of the column that they are of, whose clock is `labelled`] are placed on rows of the channel by their
    times.
    """
    rate: float | None = report["sample_rate"]
    if own is not None or labelled is not None:
        rows = (rate, time) if labelled is None else labelled[:2]
        labels = _moved(labels, rows, own or (rate, time, gaps), len(values))
    if own is not None:
        rate, time, gaps = own
    return Series(
        name=name,
        values=values,
        time=time,
        sample_rate=rate,
        unit=unit,
        gaps=gaps,
        labels=labels,
        source={key: report[key] for key in SOURCE if report.get(key) is not None}
        | {"channel": name, "column": column}
        | ({"options": report["options"]} if report.get("options") else {}),
    )


def _moved(
    labels: tuple[Label, ...], clock: tuple[float | None, NDArray[np.float64] | None], own: OwnClock, rows: int
) -> tuple[Label, ...]:
    """Labels of rows of one clock as labels of a channel's own rows; none where one of the two has no clock."""
    found: list[Label] = []
    for start, stop, text in labels:
        at = (_seconds(start, *clock), _seconds(stop, *clock))
        if at[0] is None or at[1] is None or (own[0] is None and own[1] is None):
            return ()
        a, b = (_row(seconds, own) for seconds in (at[0], at[1]))
        if a < rows:
            found.append(Label(a, min(max(b, a + 1), rows), text))
    return tuple(found)


def _seconds(row: int, rate: float | None, time: NDArray[np.float64] | None) -> float | None:
    """When a row begins; the row after the last is one step later."""
    if time is None:
        return None if rate is None else row / rate
    if row < len(time):
        return float(time[row])
    return float(time[-1]) + (row - len(time) + 1) * (1 / rate if rate else 0.0)


def _row(seconds: float, own: OwnClock) -> int:
    """The row of a channel that lies nearest to a time."""
    rate, time, _ = own
    if time is not None:
        after = int(np.searchsorted(time, seconds))
        return after - 1 if 0 < after < len(time) and seconds - time[after - 1] < time[after] - seconds else after
    return round(seconds * (rate or 0.0))


def no_numbers(column: int, usable: Mapping[int, str]) -> ImportFileError:
    """The error for a column that cannot be a channel; `usable` has index and name of those that can."""
    names = ", ".join(f"{index} ({name})" for index, name in usable.items())
    return ImportFileError(f"column {column} holds no numbers", hint=f"Choose one of the columns {names}.")
