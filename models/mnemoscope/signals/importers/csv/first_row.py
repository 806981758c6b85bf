"""Which line is the first row: not a fact that is written as rows are, and not the first row that has a number either."""

from collections.abc import Sequence

from mnemoscope.signals.importers.csv.body import is_row
from mnemoscope.signals.importers.csv.dialect import CLOCK, Dialect
from mnemoscope.signals.importers.csv.splitting import split
from mnemoscope.signals.importers.tabular.numbers import is_missing


def without_numbers(cells: list[str], below: list[str], numeric: list[int], absent: frozenset[str]) -> bool:
    """Whether a line is a row whose numbers are all missing: said to be so, or beside a time as the row below has one."""
    if cells and absent.issuperset(cell.strip().lower() for cell in cells):
        return True
    if len(cells) != len(below) or not all(is_missing(cells[i]) or cells[i].strip().lower() in absent for i in numeric):
        return False
    return any(is_time(cell) and is_time(other) for cell, other in zip(cells, below, strict=True))


def is_time(cell: str) -> bool:
    """Whether a cell is written like a date or a time of day."""
    return len(cell) > 4 and CLOCK.fullmatch(cell) is not None


def below_facts(
    lines: Sequence[str],
    first: int,
    width: int,
    numeric: list[int],
    dialect: Dialect,
    absent: frozenset[str],
    rows: list[list[str]],
) -> int:
    """Where the rows begin if facts stand above them that are written as rows are: a word in place of a time, or of nothing."""
    rest = [i for i in range(width) if i not in numeric]
    timed = [i for i in rest if sum(is_time(row[i]) for row in rows) >= 0.95 * len(rows)]
    empty = [i for i in rest[:1] if i == 0 and sum(not row[0] for row in rows) >= 0.95 * len(rows)]
    if len(rows) < 4 or not (timed or empty):
        return first
    unlike, between = 0, False
    for at in range(first, min(first + 60, len(lines))):
        if not is_row(lines[at], width, numeric, dialect, absent):
            between = between or bool(lines[at].strip())
            continue
        cells = split(lines[at], dialect.delimiter)
        if all(is_time(cells[i]) or is_missing(cells[i]) for i in timed) and not any(cells[i] for i in empty):
            return at if unlike > 1 and between else first
        unlike, between = unlike + 1, False
    return first
