"""Tables with one series in every row: each row becomes a channel."""

from pathlib import Path
from typing import Any

import numpy as np

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.counted import counted
from mnemoscope.signals.importers.completed import complete
from mnemoscope.signals.importers.csv.dialect import Dialect
from mnemoscope.signals.importers.csv.layout import Layout
from mnemoscope.signals.importers.csv.rows import Rows
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.importers.report import Alternative, Guess
from mnemoscope.signals.importers.table import Column, Table
from mnemoscope.signals.importers.tabular.columns import figures, narrowed
from mnemoscope.signals.importers.tabular.numbers import is_missing, number_in

MIN_WIDTH = 20
MAX_SERIES = 100
"""Rows that become channels; another one is named by `series`."""
SMOOTHER = 0.5
"""How much less neighbours in a row differ than neighbours in a column, for rows to be series."""


def is_meant(layout: Layout, rows: list[list[str]], dialect: Dialect, options: ImportOptions) -> bool:
    """Whether rows are series: as asked, else no names, many columns, and neighbours in a row more alike than in a column."""
    if options.layout is not None:
        return options.layout == "rows"
    if layout.header or layout.columns < MIN_WIDTH or len(rows) < 2:
        return False
    numbers = [[number_in(cell, dialect.style) for cell in row] for row in rows[:50]]
    if any(
        number is None and not is_missing(cell)
        for row, cells in zip(numbers, rows, strict=False)
        for number, cell in zip(row, cells, strict=True)
    ):
        return False
    values = np.array([[np.nan if number is None else number.value for number in row] for row in numbers])
    along, down = (
        np.nanmean(np.abs(np.diff(values[:, 1:-1], axis=1))),
        np.nanmean(np.abs(np.diff(values[:, 1:-1], axis=0))),
    )
    return bool(along < SMOOTHER * down)


def read(
    path: Path,
    encoding: str,
    dialect: Dialect,
    layout: Layout,
    options: ImportOptions,
    max_values: int,
    report: dict[str, Any],
) -> Table:
    """The table, a channel for each row."""
    rows = Rows(path, encoding, dialect.delimiter, layout, asked=options.encoding is not None)
    wanted = _number(options.series)
    kept: list[np.ndarray[Any, Any]] = []
    numbers: list[int] = []
    total = 0
    for block in rows:
        for row in zip(*block, strict=True):
            total += 1
            if len(kept) < MAX_SERIES if wanted is None else total == wanted:
                found = [number_in(cell, dialect.style) for cell in row]
                kept.append(np.array([np.nan if one is None else one.value for one in found]))
                numbers.append(total)
        if total * layout.columns > max_values:
            raise ImportFileError(
                f"the file holds more than {max_values} cells",
                hint="Keep the rows you need, or cut the file into parts.",
            )
    if not kept:
        raise ImportFileError(
            f"there is no row {options.series}; the file has {total}", hint=f"Choose a row from 1 to {total}."
        )
    classes = _classes(np.stack(kept))
    columns = [
        _column(i, number, values, classes) for i, (number, values) in enumerate(zip(numbers, kept, strict=True))
    ]
    as_columns = Alternative("a column is a channel", {"layout": "columns"})
    evidence = f"{counted(total, 'row')} of {layout.columns} values without names, smooth along the row"
    guesses = [Guess("layout", "one series per row", evidence, (as_columns,), question=options.layout is None)]
    notes = [
        *layout.notes,
        f"{counted(total, 'row')} read as {total} series of {len(columns[0].values if columns[0].values is not None else [])} values",
    ]
    if classes is not None:
        notes.append(f"the {'first' if classes == 0 else 'last'} value of a row is its class")
    if wanted is None and total > MAX_SERIES:
        notes.append(f"the first {MAX_SERIES} of {total} rows are channels; say which row for another")
    if rows.ragged_count:
        for row in rows.ragged:
            rows.left_out.add(row.line, "another number of values", "")
    count = max(len(c.values) for c in columns if c.values is not None)
    rate = options.sample_rate
    return complete(
        Table(columns, None, None),
        report | {"resolved": report["resolved"] | {"layout": "rows", "time": []}},
        rows=count,
        sample_rate=rate,
        rate_source="as entered" if rate else "the file has no column of times; enter a sampling rate",
        guesses=guesses,
        notes=notes,
        left_out=rows.left_out,
    )


def _number(series: str | None) -> int | None:
    if series is None:
        return None
    digits = series.lower().removeprefix("row").strip()
    if not digits.isdecimal() or int(digits) < 1:
        raise ImportFileError(
            f"a series is named by the number of its row, got {series!r}", hint="Say 1 for the first row."
        )
    return int(digits)


def _classes(values: np.ndarray[Any, Any]) -> int | None:
    """Which value of every row is a class: 0 the first, -1 the last, None where none is."""
    for at, beside in ((-1, -2), (0, 1)):
        column = values[:, at]
        known = column[np.isfinite(column)]
        if (
            1 < len(known) == len(column)
            and (known == np.round(known)).all()
            and known.min() >= 0
            and known.max() <= 50
        ):
            inner = values[:, beside]
            if len(np.unique(known)) <= max(2, len(known) // 2) or not (inner == np.round(inner)).all():
                return at
    return None


def _column(index: int, number: int, values: np.ndarray[Any, Any], classes: int | None) -> Column:
    name = f"row {number}"
    if classes is not None:
        name += f" (class {values[classes]:g})"
        values = values[1:] if classes == 0 else values[:-1]
    end = len(values)
    while end > 2 and np.isnan(values[end - 1]):
        end -= 1
    values = values[:end]
    low, high, mean = figures(values)
    return Column(index, name, "value", None, narrowed(values), int(np.isnan(values).sum()), low, high, mean)
