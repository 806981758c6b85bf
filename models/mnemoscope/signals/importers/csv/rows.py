"""The rows of a table as a stream of blocks of cells: every line becomes a row or is counted as left out.

Read by the standard library on the thread of the caller: nothing outlives the pass, and every row knows its line.
"""

from __future__ import annotations

import bisect
import codecs
import csv
import re
import warnings
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers import progress
from mnemoscope.signals.importers.csv.layout import Layout
from mnemoscope.signals.importers.csv.splitting import COMMENT, RULE, is_comment, split
from mnemoscope.signals.importers.encodings import FILL, undecodable
from mnemoscope.signals.importers.report import LeftOut
from mnemoscope.signals.importers.tabular.draft import SIGNS, Break, Sign
from mnemoscope.signals.importers.tabular.numbers import bare, is_missing

BLOCK = 1 << 20
MAX_LINE = 4 << 20
MAX_BREAKS = 1000
NAMES_AGAIN = "the names again"
MAX_QUOTED_LINES = 100
"""Lines that one cell in quotes may go over."""

_PLAIN = np.zeros(256, bool)
_PLAIN[[ord(sign) for sign in "0123456789+-.eE\n"]] = True
_ODD = re.compile(r"(?m)^[ \t]*(?:$|#|%|//|!)")
"""A line that may be no row: blank, or written as a comment."""


class Ragged(NamedTuple):
    """A row with another number of cells than the table's."""

    line: int
    before: int
    """Rows of the table above it."""
    cells: tuple[str, ...]


class Rows:
    """Iterate over the rows in blocks: a tuple of columns, each a sequence of cells; then ask what was left out."""

    def __init__(self, path: Path, encoding: str, delimiter: str | None, layout: Layout, *, asked: bool) -> None:
        self.path, self.encoding, self.delimiter, self.layout, self._asked = path, encoding, delimiter, layout, asked
        self.left_out = LeftOut()
        self.ragged: list[Ragged] = []
        self.ragged_count = 0
        self.breaks: list[Break] = []
        """Where a further table may begin."""
        self.blank_as_missing = 0
        self.count = 0
        self.double_spaced = False
        self.decimal: str | None = None
        """Decimal sign of a table that may be read as numbers at once, where a block holds nothing else; None: as cells."""
        self.odd = False
        """Whether the block holds a sign that float() takes for part of a number."""
        self._starts: list[int] = [0]
        self._lines: list[int] = [layout.skip + 1]
        """Row _starts[i] stands on line _lines[i]; those after it on the lines after it."""

    def line(self, row: int) -> int:
        """The line of the file (from 1) on which a row (from 0) stands."""
        at = bisect.bisect_right(self._starts, row) - 1
        return self._lines[at] + row - self._starts[at]

    def __iter__(self) -> Iterator[tuple[Sequence[str] | NDArray[np.float64], ...]]:
        number = 1
        skip = self.layout.skip
        for lines in self._blocks():
            if skip >= len(lines):
                skip -= len(lines)
                number += len(lines)
                continue
            lines, number, skip = lines[skip:], number + skip, 0
            numbers = self._numbers(lines)
            if numbers is not None:
                self._mark(self.count, number)
                number += len(lines)
                self.count += len(lines)
                self.odd = False
                yield tuple(numbers[: self.layout.columns])
                continue
            rows = self._plain(lines, number)
            rows = self._careful(lines, number) if rows is None else rows
            number += len(lines)
            if rows:
                self.odd = any("_" in line for line in lines)
                self.count += len(rows)
                yield tuple(islice(zip(*rows, strict=True), self.layout.columns))

    def _numbers(self, lines: list[str]) -> NDArray[np.float64] | None:
        """The columns of a block that holds nothing but numbers, all at once; None for any other."""
        delimiter, cells = self.delimiter, self.layout.cells
        if self.decimal is None or not lines:
            return None
        text = "\n".join(lines)
        if not text.isascii():
            return None
        if self.decimal == ",":
            if "." in text or delimiter == ",":
                return None
            text = text.replace(",", ".")
        letters = np.frombuffer(f"{text}\n".encode(), np.uint8)
        ends = letters == 10
        between = np.zeros(len(letters), bool) if delimiter is None else letters == ord(delimiter)
        signs = ends | between
        if not (_PLAIN[letters] | between).all():
            return None
        inner = between
        if delimiter == " ":  # any number of them stands between two cells
            inner = signs & ~np.concatenate(([True], signs[:-1]))
        elif signs[0] or (signs[1:] & signs[:-1]).any():
            return None
        if (np.diff(np.cumsum(inner)[ends], prepend=0) != cells - (delimiter != " ")).any():
            return None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # what is no number ends the reading with a warning
                sign = delimiter or " "
                values = np.fromstring(text.replace("\n", sign), np.float64, sep=sign)
        except (ValueError, DeprecationWarning):
            return None
        if len(values) != cells * len(lines) or not np.isfinite(values).all():
            return None
        return np.ascontiguousarray(values.reshape(len(lines), cells).T)

    def _plain(self, lines: list[str], number: int) -> list[list[str]] | None:
        """The rows of a block in which every line is one, None where that is not so."""
        text = "\n".join(lines)
        if '"' in text or "'" in text or _ODD.search(text) or any(line in text for line in self.layout.header_lines):
            return None
        delimiter, cells = self.delimiter, self.layout.cells
        if delimiter is None:
            rows = [[line] for line in lines]
        elif delimiter == " ":
            rows = [line.split() for line in lines]
        else:
            rows = [line.split(delimiter) for line in lines]
        if any(len(row) != cells for row in rows) or (RULE.search(text) and any(map(RULE.fullmatch, lines))):
            return None
        self._mark(self.count, number)
        return rows

    def _mark(self, row: int, line: int) -> None:
        """Row `row` stands on line `line`."""
        if self._lines[-1] + row - self._starts[-1] != line:
            if self._starts[-1] == row:
                self._lines[-1] = line
            else:
                self._starts.append(row)
                self._lines.append(line)

    def _careful(self, lines: list[str], number: int) -> list[list[str]]:
        """The rows of a block line by line."""
        kept: list[list[str]] = []
        i, cells = 0, self.layout.cells
        single = cells == 1
        if single and not self.double_spaced and self.count == 0:
            blank = sum(not line.strip() for line in lines)
            self.double_spaced = blank > 0.4 * len(lines)
        while i < len(lines):
            line, at = lines[i], number + i
            i += 1
            if not line.strip():
                if single and not self.double_spaced and self._goes_on(lines, i):
                    self.blank_as_missing += 1
                    self._mark(self.count + len(kept), at)
                    kept.append([""])
                    self._break(self.count + len(kept), at, "blank", blank=True)
                elif self._goes_on(lines, i) and not self.double_spaced:
                    self.left_out.add(at, "blank")
                    self._break(self.count + len(kept), at, "blank")
                continue
            if line.count('"') % 2 and self.delimiter not in (None, " "):
                joined, more = self._quoted(lines, i - 1)
                if more:
                    line, i = joined, i + more
            row = split(line, self.delimiter)
            if len(row) == cells:
                why = self._no_row(line, row, single)
                if why is None:
                    self._mark(self.count + len(kept), at)
                    kept.append(row)
                else:
                    self._leave(self.count + len(kept), at, why, line)
            elif is_comment(line) or RULE.fullmatch(line):
                self._leave(self.count + len(kept), at, "a comment" if is_comment(line) else "a rule", line)
            elif line.strip() in self.layout.header_lines:
                self._leave(self.count + len(kept), at, NAMES_AGAIN, line)
            elif (
                len(row) == self.layout.columns and cells == self.layout.columns + 1
            ):  # the last row may lack its delimiter
                self._mark(self.count + len(kept), at)
                kept.append([*row, ""])
            elif len(row) > cells and not any(cell.strip() for cell in row[cells:]):
                self._mark(self.count + len(kept), at)
                kept.append(row[:cells])
            else:
                self.ragged_count += 1
                if len(self.ragged) < 1000 or self.ragged_count % 50 == 0:
                    self.ragged.append(Ragged(at, self.count + len(kept), tuple(cell[:200] for cell in row[:64])))
        return kept

    def _leave(self, row: int, line: int, why: str, text: str) -> None:
        """Line `line`, above row `row`, is no row."""
        self.left_out.add(line, why, text.strip())
        self._break(row, line, "names" if why == NAMES_AGAIN else "comment")

    def _break(self, row: int, line: int, sign: Sign, *, blank: bool = False) -> None:
        """A further table may begin with row `row`, above which line `line` stands; of several such lines the names count most."""
        begin, blank_rows = line if sign == "names" else line + 1, int(blank)
        if self.breaks and self.breaks[-1].row == row - blank_rows:
            last = self.breaks.pop()
            blank_rows += last.blank_rows
            sign = SIGNS[max(SIGNS.index(last.sign), SIGNS.index(sign))]
            begin = last.line if last.sign == "names" else begin
        if len(self.breaks) < MAX_BREAKS:
            self.breaks.append(Break(row, begin, sign, blank_rows))

    def _goes_on(self, lines: list[str], i: int) -> bool:
        """Whether rows come after line i of this block; a file's last blank lines are no rows."""
        return any(line.strip() for line in lines[i : i + 1000])

    def _quoted(self, lines: list[str], i: int) -> tuple[str, int]:
        """A line whose cell in quotes goes on over the next lines, and how many; 0 where it does not end."""
        parts = [lines[i]]
        for more, line in enumerate(lines[i + 1 : i + 1 + MAX_QUOTED_LINES], 1):
            parts.append(line)
            if line.count('"') % 2:
                joined = " ".join(parts)
                try:
                    row = next(csv.reader([joined], delimiter=self.delimiter or ","))
                except csv.Error:
                    return lines[i], 0
                return (joined, more) if len(row) == self.layout.cells else (lines[i], 0)
        return lines[i], 0

    def _no_row(self, line: str, row: list[str], single: bool) -> str | None:
        """Why a line with the right number of cells is no row; None where it is one."""
        text = line.strip()
        if text in self.layout.header_lines:
            return NAMES_AGAIN
        if not text.startswith(COMMENT) and not RULE.fullmatch(text):
            return None
        if single:
            if is_missing(text):
                return None
            return "a comment" if text.startswith(COMMENT) and re.match(r"(?:#|%|//|!)+\s", text) else (
                "a rule" if RULE.fullmatch(text) and not text.startswith(COMMENT) else None
            )  # fmt: skip
        if RULE.fullmatch(text) and not any(c.isdecimal() for c in text):
            return "a rule"
        if is_missing(row[0]) or any(re.match(r"[+-]?[.,]?\d", bare(cell)) for cell in row[1:]):
            return None
        return "a comment"

    def _blocks(self) -> Iterator[list[str]]:
        """Whole lines of about a megabyte at a time."""
        encoding = "utf-8-sig" if self.encoding == "utf-8" else self.encoding
        decoder = codecs.getincrementaldecoder(encoding)("strict" if self._asked else "replace")
        rest = ""
        done = 0
        with self.path.open("rb") as file:
            while True:
                data = file.read(BLOCK)
                progress.report(self.count, done)
                try:
                    text = rest + decoder.decode(data, final=not data)
                except UnicodeDecodeError as error:
                    raise undecodable(self.encoding, done + error.start) from error
                done += len(data)
                held = ""
                if data and text.endswith("\r"):
                    text, held = text[:-1], "\r"
                if "\r" in text:
                    text = text.replace("\r\n", "\n").replace("\r", "\n")
                if not data:
                    text = text.rstrip(FILL)
                    if text:
                        lines = text.split("\n")
                        yield lines[:-1] if lines[-1] == "" else lines
                    return
                head, newline, tail = text.rpartition("\n")
                rest = (tail if newline else text) + held
                if len(rest) > MAX_LINE:
                    raise ImportFileError("a line is longer than 4 MB", hint="Write one row of the table per line.")
                if newline:
                    yield head.split("\n")
