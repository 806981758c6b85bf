"""Whether rows stand in one table or in several of the same columns, one below the other, and which of them are read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mnemoscope.signals.counted import counted
from mnemoscope.signals.importers.report import Alternative, Guess, LeftOut
from mnemoscope.signals.importers.tabular.draft import Break, Draft, Parts

MAX_TABLES = 50
"""Parts between blank lines; more of them are one table with air between its rows."""
MIN_ROWS = 2
"""Rows of a table."""


def one_table(
    draft: Draft, parts: Parts, seconds: NDArray[np.float64] | None, left_out: LeftOut
) -> NDArray[np.float64] | None:
    """The rows of the table that is read, where several stand below each other, and their times; the user is asked.

    seconds [rows]: their times, None where there are none. Tables whose time goes on are one; where it begins anew only the first is read.
    """
    breaks = _tables(parts.breaks, draft.raw.count)
    if not any(one.sign == "names" for one in breaks) and seconds is not None:
        breaks = _tables(_anew(seconds, parts), draft.raw.count) or breaks
    asked = draft.options.tables
    goes_on = None if seconds is None else _goes_on(seconds, [one.row for one in breaks])
    named = [one for one in breaks if one.sign == "names"]
    if not named:
        blank = [one for one in breaks if one.sign == "blank"]
        apart = [one for one in blank if one.blank_rows != 1]  # one blank line in a column of numbers is a missing one
        breaks = breaks if goes_on is False else apart if goes_on is None else []
        if len(breaks) > MAX_TABLES:
            breaks = []
    if not breaks:
        return seconds
    first = asked == "first" or (asked is None and goes_on is False)
    _ask(draft, breaks, parts.names_line, first=first, goes_on=goes_on)
    draft.resolved["tables"] = "first" if first else "join"
    if not first:
        if asked == "join":
            return _without_blanks(draft, breaks, seconds)
        return seconds
    stop = breaks[0].row - breaks[0].blank_rows
    for row in range(breaks[0].row, draft.raw.count):
        left_out.add(parts.line(row), "of a table below")
    draft.raw = draft.raw.taken(np.arange(stop))
    return None if seconds is None else seconds[:stop]


def _tables(breaks: Sequence[Break], rows: int) -> list[Break]:
    """Breaks that have a table above them and one below."""
    kept: list[Break] = []
    before = 0
    for one in breaks:
        if one.row - one.blank_rows - before >= MIN_ROWS and rows - one.row >= MIN_ROWS:
            kept.append(one)
            before = one.row
    return kept


def _goes_on(seconds: NDArray[np.float64], rows: Sequence[int]) -> bool:
    """Whether time runs over these rows in the direction in which it runs elsewhere."""
    steps = np.diff(seconds)
    at = np.array(rows, int) - 1
    inner = np.delete(steps, at)
    forward = int((inner > 0).sum()) >= int((inner < 0).sum())
    return not bool(((steps[at] < 0) if forward else (steps[at] > 0)).any())


def _anew(seconds: NDArray[np.float64], parts: Parts) -> list[Break]:
    """Where time goes back to where it began, or beyond, and runs over the same times again; none where that is everywhere."""
    known = np.flatnonzero(np.isfinite(seconds))
    steps = np.diff(seconds[known])
    if (steps < 0).sum() > (steps > 0).sum():
        seconds, steps = -seconds, -steps
    rows = known[np.flatnonzero(steps < 0) + 1].tolist()
    if not 0 < len(rows) <= MAX_TABLES:
        return []
    marks = {one.row: one for one in parts.breaks}
    found: list[Break] = []
    begin = int(known[0])
    for row, end in zip(rows, [*rows[1:], int(known[-1]) + 1], strict=True):
        if not seconds[row] <= seconds[begin] <= np.nanmax(seconds[row:end]):
            return []
        found.append(marks.get(row) or Break(row, parts.line(row), "time"))
        begin = row
    return found


def _ask(draft: Draft, breaks: Sequence[Break], names_line: int | None, *, first: bool, goes_on: bool | None) -> None:
    one = breaks[0]
    above = one.row - one.blank_rows
    there = {
        "names": f"line {one.line} has the names again",
        "blank": f"blank lines stand above line {one.line}",
        "comment": f"a comment stands above line {one.line}",
        "time": f"line {one.line} goes back to where the times begin",
    }[one.sign]
    if len(breaks) > 1:
        there += f", and so in {counted(len(breaks) - 1, 'further place')}"
    time = "" if goes_on is None else "; time goes on there" if goes_on else "; time begins anew there"
    time = "" if one.sign == "time" else time
    joined = Alternative("one table: the rows of all parts", {"tables": "join"})
    alone = Alternative(f"the first part alone, {counted(above, 'row')}", {"tables": "first"})
    end = breaks[1].row if len(breaks) > 1 else draft.raw.count
    options: dict[str, object] = {"skip": one.line - 1, "tables": "first"}
    if one.sign != "names" and names_line is not None:
        options["names_line"] = names_line
    second = Alternative(f"the second part alone, {counted(end - one.row, 'row')}", options)
    chosen = f"the first part, {counted(above, 'row')}" if first else "one table"
    if not first and one.blank_rows:
        chosen = "one table, whose blank lines are missing values"
    draft.guesses.append(
        Guess("table", chosen, f"{there}{time}", (joined if first or one.blank_rows else alone, *((alone,) if one.blank_rows else ()), second),
              question=draft.options.tables is None)
    )  # fmt: skip


def _without_blanks(
    draft: Draft, breaks: Sequence[Break], seconds: NDArray[np.float64] | None
) -> NDArray[np.float64] | None:
    """All rows but those that are the blank lines between two tables."""
    kept = np.ones(draft.raw.count, bool)
    for one in breaks:
        kept[one.row - one.blank_rows : one.row] = False
    if kept.all():
        return seconds
    draft.raw = draft.raw.taken(np.flatnonzero(kept))
    return None if seconds is None else seconds[kept]
