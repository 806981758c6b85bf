"""Numbers line by line, as a program prints them while it measures: one or several columns, with names above them or without.

The first line with numbers settles the columns; names may also stand before the values, as on a serial plotter: Temp:20.5,Hum:40. A line that does not fit is a sample without a number: it keeps its place and is
reported with its number. Blank lines and lines that begin with # are no samples.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from mnemoscope.errors import SignalError
from mnemoscope.signals.importers.tabular.numbers import Style, number_in

MAX_LINE_BYTES = 1 << 16
MAX_REPORTED = 100
"""Lines that are listed; the others are only counted."""
MAX_NAMES_LINES = 3
"""Lines without a number that may stand above the first one with numbers; the last of them has the names."""
MISSING = frozenset({"", "nan", "na", "n/a", "null", "none", "-", "?"})
TIMES = frozenset({"time", "t", "timestamp", "seconds", "sec", "time_s", "unix", "epoch"})
NUMBERS = frozenset({"seq", "sequence", "sample", "index", "n", "no", "number"})


@dataclass(frozen=True)
class Malformed:
    """A line that is not what the lines before it were."""

    line: int
    """Counted from 1."""
    why: str
    text: str
    """Its beginning."""


@dataclass
class LineReader:
    """Bytes as they come -> samples. `channel`, `time`: columns by name, or by their number from 0; None: found out.

    `time` "none": times are not wanted. `decimal`: sign before the fraction; where it is "," columns are not parted by commas.
    """

    channel: str | None = None
    time: str | None = None
    decimal: str = "."
    malformed: list[Malformed] = field(default_factory=list[Malformed])
    """The first `MAX_REPORTED` of them."""
    malformed_count: int = 0
    lines: int = 0
    name: str | None = None
    """Of the channel, where there is one; known with the first sample."""
    columns: int = 0
    """Of a line; 0 before the first sample."""
    _rest: bytes = b""
    _names: list[str] = field(default_factory=list[str])
    _labelled: bool = False
    """Whether names stand before the values of every line."""
    _value: int = 0
    _time: int | None = None

    @property
    def timed(self) -> bool:
        """Whether the lines have times."""
        return self._time is not None

    def feed(self, data: bytes) -> tuple[list[float | None], list[float]]:
        """Whole lines out of these bytes and those before -> values (None: no number) and, where the lines have times, those.

        A line whose time cannot be read is left out where the others have one: it has no place. Raises SignalError for columns that
        are not there, and for a line without end.
        """
        *whole, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > MAX_LINE_BYTES:
            raise SignalError(
                f"line {self.lines + 1} is longer than {MAX_LINE_BYTES} bytes; are these lines of numbers?"
            )
        values: list[float | None] = []
        times: list[float] = []
        for line in whole:
            self._line(line, values, times)
        return values, times

    def end(self) -> tuple[list[float | None], list[float]]:
        """What stands behind the last line's end."""
        return self.feed(b"\n") if self._rest else ([], [])

    def _line(self, raw: bytes, values: list[float | None], times: list[float]) -> None:
        self.lines += 1
        text = raw.decode("utf-8", errors="replace").strip().lstrip("\ufeff")
        if not text or text.startswith("#"):
            return
        cells = self._labelled_cells(text) or self._cells(text)
        if not self.columns and not self._settled(cells, text):
            return
        if len(cells) != self.columns:
            self._report(f"{len(cells)} columns instead of {self.columns}", text)
            if self._time is None:
                values.append(None)
            return
        if self._time is not None:
            time = self._number(cells[self._time])
            if time is None or not math.isfinite(time):
                self._report(f"{cells[self._time]!r} is no time in seconds", text)
                return
            times.append(time)
        value = self._number(cells[self._value])
        if value is None and cells[self._value].lower() not in MISSING:
            self._report(f"{cells[self._value]!r} is no number", text)
        values.append(value)

    def _settled(self, cells: list[str], text: str) -> bool:
        """Settle the columns by the first line with a number; before it stand names."""
        if all(self._number(cell) is None for cell in cells):
            if self.lines > MAX_NAMES_LINES:
                self._report("no number in it", text)
            self._names = cells
            return False
        names = self._names if len(self._names) == len(cells) else []
        self.columns = len(cells)
        self._time = self._time_column(names)
        if self.channel is not None:
            self._value = self._column(self.channel, names)
        else:
            skipped = {self._time, *(k for k, name in enumerate(names) if name.lower() in NUMBERS | TIMES)}
            usable = [k for k, cell in enumerate(cells) if k not in skipped and self._number(cell) is not None]
            if not usable:
                raise SignalError(f"line {self.lines} has no column of values; choose one with the channel")
            self._value = usable[0]
        if self._value == self._time:
            raise SignalError(f"column {self._value} cannot be both the channel and the times")
        self.name = names[self._value] if names else None
        return True

    def _time_column(self, names: list[str]) -> int | None:
        if self.time == "none":
            return None
        if self.time is not None:
            return self._column(self.time, names)
        return next((k for k, name in enumerate(names) if name.lower() in TIMES and len(names) > 1), None)

    def _column(self, wanted: str, names: list[str]) -> int:
        if wanted in names:
            return names.index(wanted)
        if wanted.isdecimal() and int(wanted) < self.columns:
            return int(wanted)
        known = ", ".join(names) if names else f"0 … {self.columns - 1}"
        raise SignalError(f"there is no column {wanted!r}; columns: {known}")

    def _report(self, why: str, text: str) -> None:
        self.malformed_count += 1
        if len(self.malformed) < MAX_REPORTED:
            self.malformed.append(Malformed(self.lines, why, text[:80]))

    def _labelled_cells(self, text: str) -> list[str] | None:
        """Values in the order of the names of the first such line; None for a line of another kind."""
        if self.columns and not self._labelled:
            return None
        from mnemoscope.signals.importers.formats.labelled import STAMP, line_of  # a server starts without it

        found = line_of(text)
        if found is None:
            return None
        cells = ({STAMP: found.stamp} if found.stamp else {}) | found.cells
        if not self.columns:
            if all(self._number(cell) is None for cell in cells.values()):
                return None
            self._names, self._labelled = list(cells), True
        return [cells.get(name, "") for name in self._names]

    def _cells(self, text: str) -> list[str]:
        for sign in (";", "\t", "" if self.decimal == "," else ","):
            if sign and sign in text:
                return [cell.strip().strip('"') for cell in text.split(sign)]
        return text.split()

    def _number(self, cell: str) -> float | None:
        if self._labelled:
            number = number_in(cell, Style(self.decimal))  # a unit may stand behind it
            return None if number is None else number.value
        try:
            return float(cell.replace(",", ".") if self.decimal == "," else cell) if "_" not in cell else None
        except ValueError:
            return None
