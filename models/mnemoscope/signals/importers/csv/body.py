"""Which lines of a text table may be rows, and which of its columns hold numbers."""

from collections import Counter
from collections.abc import Sequence

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers.csv.dialect import Dialect
from mnemoscope.signals.importers.csv.splitting import RULE, is_comment, split
from mnemoscope.signals.importers.options import retry
from mnemoscope.signals.importers.tabular.numbers import is_missing, is_truth, number_in

FIRST_ROWS = 12
"""Rows of numbers alone, one after the other, that make a table."""


def body_of(lines: Sequence[str]) -> list[str]:
    """Lines that may be rows: not blank, no comment, no rule of dashes."""
    kept = [line for line in lines if line.strip() and not is_comment(line)]
    if len(kept) < 3:  # a table whose first cells begin as comments do
        kept = [line for line in lines if line.strip()]
    return [line for line in kept if not RULE.fullmatch(line)] or kept


def first_width(body: Sequence[str], delimiter: str | None, dialect: Dialect) -> int | None:
    """Cells of the rows that a file begins with, where its first lines are a table of numbers beyond doubt."""
    for start in range(3):  # names and units may stand above them
        rows = [split(line, delimiter) for line in body[start : start + FIRST_ROWS]]
        width = len(rows[0]) if len(rows) == FIRST_ROWS else 0
        if width > 1 and all(len(row) == width and all(number_in(cell, dialect.style) for cell in row) for row in rows):
            return width
    return None


def numeric_columns(rows: list[list[str]], width: int, dialect: Dialect, absent: frozenset[str]) -> list[int]:
    """Columns in which at least nine tenths of the cells that are there are numbers; else those of on and off.

    absent: cells that were said to be missing, in lower case.
    """
    for truths in (False, True):
        found: list[int] = []
        for column in range(width):
            cells = [row[column] for row in rows if not _is_absent(row[column], absent)]
            good = sum(is_truth(cell) if truths else number_in(cell, dialect.style) is not None for cell in cells)
            if good and good >= 0.9 * len(cells) - 1:
                found.append(column)
        if found:
            return found
    return []


def _is_absent(cell: str, absent: frozenset[str]) -> bool:
    return is_missing(cell) or cell.strip().lower() in absent


def no_numbers(body: Sequence[str], rows: list[list[str]], dialect: Dialect) -> ImportFileError:
    """Why these lines are no table: words stand among the numbers, or there are none."""
    for cells in zip(*rows, strict=True):
        words = Counter(cell for cell in cells if not is_missing(cell) and number_in(cell, dialect.style) is None)
        numbers = sum(number_in(cell, dialect.style) is not None for cell in cells)
        if numbers > 2 and numbers >= 0.3 * len(cells):
            able = [word for word, count in words.items() if count > 1 or len(words) == 1]
            shown = ", ".join(repr(word[:40]) for word in able[:3] or list(words)[:3])
            return ImportFileError(
                f"numbers and words stand in one column: {numbers} of {len(cells)} cells are numbers, others read {shown}",
                where="the first rows",
                hint="Correct the cells, or import with these words as missing values.",
                retry=retry(f"Treat {' and '.join(f'“{word}”' for word in able)} as missing", missing=able)
                if 0 < len(able) <= 3 and all(len(word) < 40 and word.isprintable() for word in able)
                else None,
            )
    shown = next((line.strip() for line in body), "")[:60]
    return ImportFileError(
        f"no column holds numbers; the file reads {shown!r}" + (" and has no further line" if len(body) == 1 else ""),
        where="the first rows",
        hint="Choose a table with at least one column of numbers.",
    )


def is_row(line: str, width: int, numeric: list[int], dialect: Dialect, absent: frozenset[str]) -> bool:
    """Whether a line has `width` cells with numbers in the `numeric` columns, or what stands for a missing one."""
    if not line.strip() or RULE.fullmatch(line):
        return False
    cells = split(line, dialect.delimiter)
    if len(cells) != width or (is_comment(line) and not (width > 1 and numeric != [0])):
        return False
    numbers = [number_in(cells[i], dialect.style) is not None for i in numeric]
    if not any(numbers):
        numbers = [is_truth(cells[i]) for i in numeric]
    if is_comment(line) and not (all(numbers) and any(number_in(cells[i], dialect.style) for i in numeric)):
        return False
    return any(numbers) and all(n or _is_absent(cells[i], absent) for n, i in zip(numbers, numeric, strict=True))
