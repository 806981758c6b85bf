"""Tables whose cells are known one by one already: the same columns, times, gaps and questions as of a text table."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.importers.report import Guess, LeftOut
from mnemoscope.signals.importers.table import MAX_COLUMNS, Table
from mnemoscope.signals.importers.tabular.assemble import assemble
from mnemoscope.signals.importers.tabular.cells import Cells
from mnemoscope.signals.importers.tabular.checks import Checks, OtherStyleError
from mnemoscope.signals.importers.tabular.draft import Draft, Raw
from mnemoscope.signals.importers.tabular.moments import MomentBlocks, Moments
from mnemoscope.signals.importers.tabular.numbers import Style, is_missing, number_in
from mnemoscope.signals.importers.tabular.sampled import Sampled
from mnemoscope.signals.series import Floats

_COMMA, _POINT = (re.compile(rf"\s*[-+−]?\d+{sign}\d+\s*") for sign in (",", r"\."))
BLOCK = 1 << 16
"""Cells of text that are looked at at a time."""
SAMPLE = 300
"""Cells at the beginning of a column that its role is decided by, and as many from all over it."""


@dataclass
class Given:
    """A column: numbers [n] with NaN for missing, which may be written to, or cells [n] of text, empty where missing."""

    name: str
    cells: Sequence[str] | Floats
    unit: str | None = None


def table_of(
    given: Sequence[Given],
    facts: dict[str, Any],
    options: ImportOptions,
    *,
    header: bool = True,
    stated_rate: float | None = None,
    evidence: str = "",
    notes: Sequence[str] = (),
    guesses: Sequence[Guess] = (),
    left_out: LeftOut | None = None,
) -> Table:
    """The columns, all of one length, as a table.

    header: whether their names mean something; stated_rate: Hz that the file says beside them, by the words `evidence`.
    Raises ImportFileError.
    """
    if len(given) > MAX_COLUMNS:
        raise ImportFileError(
            f"{len(given)} columns, more than {MAX_COLUMNS}", hint="Keep the columns you need, and bring those."
        )
    count = len(given[0].cells)
    if count < 2:
        raise ImportFileError(
            f"the file has {count} row{'s' * (count != 1)} of numbers; a series needs at least 2",
            hint="Choose a file with one row per sample.",
        )
    style = Style(options.decimal or _decimal(given), options.grouping)
    for again in (False, True):
        try:
            draft = _draft(given, options, style, [*notes, *options.notes()], [*guesses], header, again)
            break
        except OtherStyleError as other:
            style = other.style
    else:
        raise AssertionError("a second reading keeps its style")
    facts = facts | {"header": header, "first_rows": [list(row) for row in _first_rows(given)]}
    return assemble(draft, facts, stated_rate, evidence, left_out or LeftOut())


def _draft(
    given: Sequence[Given],
    options: ImportOptions,
    style: Style,
    notes: list[str],
    guesses: list[Guess],
    header: bool,
    again: bool,
) -> Draft:
    names, count = [column.name for column in given], len(given[0].cells)

    def column_of(wanted: str) -> int:
        if wanted in names:
            return names.index(wanted)
        if wanted.isdecimal() and int(wanted) < len(names):
            return int(wanted)
        listed = ", ".join(f"{i} ({name})" for i, name in enumerate(names[:30]))
        raise ImportFileError(f"the file has no column {wanted!r}", hint=f"Its columns are {listed}.")

    def where(row: int, column: int | None = None) -> str:
        return f"row {row + 1}" + (f", column {names[column]}" if column is not None else "")

    columns = [_sample(column.cells) for column in given]
    styles = [Style() if isinstance(column.cells, np.ndarray) else style for column in given]
    numbers = [_numbers(cells, own, options) for cells, own in zip(columns, styles, strict=True)]
    sampled = Sampled(names, [column.unit for column in given], columns, numbers, header)
    wanted = set(sampled.stamps)
    if options.time is not None:
        wanted |= {column_of(name) for name in options.time if name != "none"}
    cells: list[Cells] = []
    for i, column in enumerate(given):
        stamps = i in wanted
        found = Cells(styles[i], options.tokens, stamps=stamps, dates=stamps and numbers[i] is None)
        if not isinstance(column.cells, np.ndarray):
            if isinstance(column.cells, Moments):
                found.kept = MomentBlocks(column.cells, BLOCK)
            for start in range(0, count, BLOCK):
                found.add(column.cells[start : start + BLOCK], odd=True)
        elif stamps and i in sampled.stamps:  # dates written as numbers, such as 20200131
            found.add([_text(value) for value in column.cells.tolist()], odd=True)
        else:
            found.add(column.cells if column.cells.flags.writeable else column.cells.copy(), odd=False)
        cells.append(found)
    codes = [column.codes() for column in cells]
    values = [column.values() for column in cells]
    raw = Raw(names, [column.unit for column in given], cells, values, codes, count)
    text_columns = {column_of(name) for name in options.text_columns}
    Checks(sampled, options, where, text_columns, style, notes, guesses, again).check(raw)
    return Draft(raw, sampled, options, column_of, where, notes, guesses, stated_where="in the file")


def _decimal(given: Sequence[Given]) -> str:
    """The decimal sign of numbers that stand as text: a comma where it is one beyond doubt, and no point is."""
    cells = [cell for column in given if not isinstance(column.cells, np.ndarray) for cell in _sample(column.cells)]
    commas = [cell for cell in cells if _COMMA.fullmatch(cell)]
    sure = any(len(cell.strip().partition(",")[2]) != 3 for cell in commas)
    return "," if sure and not any(_POINT.fullmatch(cell) for cell in cells) else "."


def _sample(cells: Sequence[str] | Floats) -> tuple[str, ...]:
    """The first cells, then some all over the column, as text."""
    step = max(1, (len(cells) - SAMPLE) // SAMPLE)
    if isinstance(cells, np.ndarray):
        return tuple(map(_text, [*cells[:SAMPLE].tolist(), *cells[SAMPLE::step].tolist()]))
    return (*cells[:SAMPLE], *cells[SAMPLE::step])


def _numbers(cells: Sequence[str], style: Style, options: ImportOptions) -> NDArray[np.float64] | None:
    """The first cells as numbers, None where most are something else."""
    first = cells[:SAMPLE]
    found = [number_in(cell, style) for cell in first]
    known = sum(not is_missing(cell) and cell.strip().lower() not in options.tokens for cell in first)
    good = sum(number is not None for number in found)
    if not good or good < 0.9 * known - 1:
        return None
    return np.array([np.nan if number is None else number.value for number in found])


def _text(value: float) -> str:
    """A number as a table would have it; empty for none."""
    if value != value:
        return ""
    return str(int(value)) if abs(value) < 2**53 and value == int(value) else repr(value)


def _first_rows(given: Sequence[Given]) -> Iterator[tuple[str, ...]]:
    return zip(*(_sample(column.cells[:8]) for column in given[:64]), strict=True)
