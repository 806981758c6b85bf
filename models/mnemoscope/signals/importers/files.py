"""A channel of a user's file as a series, with the defaults that every command shares.

series, notes = read_series("ecg.csv", channel="MLII")
series = load_series("ecg.csv")      # the column that the report suggests
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mnemoscope.errors import SignalError
from mnemoscope.signals.beside import check
from mnemoscope.signals.importers.report import question_lines
from mnemoscope.signals.importers.tabular.names import named_unit
from mnemoscope.signals.series import Series

if TYPE_CHECKING:
    from mnemoscope.signals.importers.options import ImportOptions
    from mnemoscope.signals.importers.table import Table


def load_series(
    path: str | os.PathLike[str],
    *,
    channel: str | None = None,
    beside: Sequence[str | int] = (),
    labels: str | None = None,
    sample_rate: float | None = None,
    options: ImportOptions | None = None,
) -> Series:
    """Read one channel of a file of any format that is known (docs/reading.md).

        series = mnemoscope.load_series("ecg.csv", channel="MLII")
        series.values                    # [n] float32, NaN where the file has no number
        series.sample_rate               # Hz, None where nobody knows

    channel: a column by name or index, by default the one that the report suggests. beside: further columns, kept in `series.beside`.
    labels: the column whose labels are kept (text of few kinds, or states such as 0 and 1), by default the first that has any; "none"
    for none of them. sample_rate: Hz, instead of what the file says. options: how the
    file is to be read where it is not to be found out, `mnemoscope.ImportOptions(decimal=",")`.
    Raises ImportFileError (line, column, hint) for what cannot be read without guessing, SignalError for an unknown column.
    """
    return read_series(path, channel=channel, beside=beside, labels=labels, sample_rate=sample_rate, options=options)[0]


def read_series(
    path: str | os.PathLike[str],
    *,
    channel: str | None = None,
    beside: Sequence[str | int] = (),
    labels: str | None = None,
    sample_rate: float | None = None,
    options: ImportOptions | None = None,
) -> tuple[Series, list[str]]:
    """As `load_series`, with sentences about what was read, asked, assumed and left out."""
    from mnemoscope.signals.importers.options import ImportOptions
    from mnemoscope.signals.importers.protocol import read_table

    options = options or ImportOptions()
    if sample_rate is not None:
        options = replace(options, sample_rate=sample_rate)
    table = read_table(path, options)
    index = column_index(table, channel)
    series = table.series(index, labels_index(table, labels), beside_indices(table, index, beside))
    return series, [*question_lines(table.report), *table.report["notes"]]


def column_index(table: Table, channel: str | None = None) -> int:
    """Index of a column by name, else by index; by default the report's."""
    if channel is None:
        return table.report["channel"]
    for column in table.columns:
        if column.name == channel:
            return column.index
    stated = named_unit(channel, None)  # as it stands in the file: "ecg/mV" for ecg in mV
    for column in table.columns:
        if (column.name, column.unit) == stated:
            return column.index
    if channel.isdecimal() and int(channel) < len(table.columns):
        return int(channel)
    names = ", ".join(f"{column.index} ({column.name})" for column in table.columns if column.values is not None)
    raise SignalError(f"the file has no column {channel!r}; choose one of {names}")


def beside_indices(table: Table, channel: int, wanted: Sequence[str | int]) -> tuple[int, ...]:
    """Indices of columns by name, else by index. Raises SignalError for one that comes twice, is the channel itself or not there."""
    check(len(wanted))
    found: list[int] = []
    for name in wanted:
        index = column_index(table, str(name))
        if index == channel or index in found:
            what = "the channel itself" if index == channel else "asked for twice"
            raise SignalError(f"column {name} cannot be shown beside the channel: it is {what}")
        found.append(index)
    return tuple(found)


def labels_index(table: Table, wanted: str | None = None) -> int | None:
    """Index of a column of labels or of states by name, else by index; by default the first that has labels."""
    able = [column for column in table.columns if column.labels]
    if wanted == "none" or (wanted is None and not able):
        return None
    if wanted is None:
        return able[0].index
    named = [column for column in table.columns if wanted in (column.name, str(column.index))]
    for column in named:
        if column.labels or column.values is not None:  # of numbers `events_of` decides
            return column.index
    names = ", ".join(f"{column.index} ({column.name})" for column in able) or "none"
    raise SignalError(f"the file has no column of labels {wanted!r}; it has: {names}")
