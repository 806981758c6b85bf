"""Tables with one series in every row: each row becomes a channel."""

from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.clock import clock_of
from mnemoscope.signals.counted import counted
from mnemoscope.signals.importers.completed import complete
from mnemoscope.signals.importers.csv.dialect import Dialect
from mnemoscope.signals.importers.csv.first_row import is_time
from mnemoscope.signals.importers.csv.layout import Layout
from mnemoscope.signals.importers.csv.rows import Rows
from mnemoscope.signals.importers.options import ImportOptions, retry
from mnemoscope.signals.importers.report import Alternative, Guess
from mnemoscope.signals.importers.table import Column, Table
from mnemoscope.signals.importers.tabular import dates
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
    if layout.header and _timed_names(layout, rows, dialect):
        return True
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


def _timed_names(layout: Layout, rows: list[list[str]], dialect: Dialect) -> bool:
    """Whether a wide table has dates or times of day as names, behind columns of words."""
    words = [
        all(not is_missing(row[i]) and number_in(row[i], dialect.style) is None and not is_time(row[i]) for row in rows)
        for i in range(layout.columns)
    ]
    named = len(list(takewhile(bool, words)))
    names = list(layout.names[named:])
    return 0 < named < layout.columns - MIN_WIDTH and not any(words[named:]) and bool(dates.fitting(names))


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
    titles: list[list[str]] = []
    numbers: list[int] = []
    total = 0
    for block in rows:
        for row in zip(*block, strict=True):
            total += 1
            if len(kept) < MAX_SERIES if wanted is None else total == wanted:
                found = [number_in(cell, dialect.style) for cell in row]
                kept.append(np.array([np.nan if one is None else one.value for one in found]))
                titles.append(
                    list(takewhile(lambda cell: not is_missing(cell) and number_in(cell, dialect.style) is None, row))
                )
                numbers.append(total)
                _refuse_words(row[len(titles[-1]) :], dialect, options, rows.line(total - 1))
        if total * layout.columns > max_values:
            raise ImportFileError(
                f"the file holds more than {max_values} cells",
                hint="Keep the rows you need, or cut the file into parts.",
            )
    if not kept:
        raise ImportFileError(
            f"there is no row {options.series}; the file has {total}", hint=f"Choose a row from 1 to {total}."
        )
    named = min(map(len, titles))
    classes = None if named else _classes(np.stack(kept))
    columns = [
        _column(i, " ".join(title[:named]) or f"row {number}", values[named:], classes)
        for i, (number, title, values) in enumerate(zip(numbers, titles, kept, strict=True))
    ]
    time = _times(layout, named, max(len(c.values) for c in columns if c.values is not None))
    clock = None if time is None else clock_of(time, name="the names of the columns", resolution=1.0, dates=True)
    as_columns = Alternative("a column is a channel", {"layout": "columns"})
    evidence = f"{counted(total, 'row')} of {layout.columns} values without names, smooth along the row"
    if time is not None:
        evidence = "the columns are called by times"
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
    rate = options.sample_rate or (clock.sample_rate if clock is not None else None)
    source = "as entered" if options.sample_rate else "the file has no column of times; enter a sampling rate"
    return complete(
        Table(columns, time, clock),
        report | {"resolved": report["resolved"] | {"layout": "rows", "time": []}},
        rows=count,
        sample_rate=rate,
        rate_source=clock.text if clock is not None and not options.sample_rate else source,
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


def _refuse_words(cells: Sequence[str], dialect: Dialect, options: ImportOptions, line: int) -> None:
    """Raises ImportFileError for a word among the numbers of a row."""
    words = [
        c
        for c in cells
        if not is_missing(c) and number_in(c, dialect.style) is None and c.lower() not in options.tokens
    ]
    if words:
        able = [word for word in dict.fromkeys(words) if len(word) < 40 and word.isprintable()][:3]
        raise ImportFileError(
            f"{words[0][:40]!r} is not a number ({counted(len(words), 'such cell')})",
            where=f"line {line}",
            hint=f"Correct the cell, or import with {words[0][:40]!r} as a missing value.",
            retry=retry(f"Treat {' and '.join(f'“{word}”' for word in able)} as missing", missing=able)
            if able
            else None,
        )


def _times(layout: Layout, named: int, count: int) -> NDArray[np.float64] | None:
    """Seconds of the columns behind the first `named`, where their names are dates or times of day that rise."""
    names = list(layout.names[named : named + count])
    if not layout.header or len(names) < count or not (forms := dates.fitting(names)):
        return None
    stamps, bad = dates.parse(names, forms[0])
    seconds = stamps.seconds()
    return None if bad or (np.diff(seconds) <= 0).any() else seconds


def _column(index: int, name: str, values: np.ndarray[Any, Any], classes: int | None) -> Column:
    if classes is not None:
        name += f" (class {values[classes]:g})"
        values = values[1:] if classes == 0 else values[:-1]
    end = len(values)
    while end > 2 and np.isnan(values[end - 1]):
        end -= 1
    values = values[:end]
    low, high, mean = figures(values)
    return Column(index, name, "value", None, narrowed(values), int(np.isnan(values).sum()), low, high, mean)
