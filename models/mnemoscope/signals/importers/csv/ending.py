"""Where the data of a text table end: below it stand totals, notes, empty rows, a second table."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.counted import counted, lines_text
from mnemoscope.signals.importers.csv.dialect import Dialect
from mnemoscope.signals.importers.csv.layout import Layout
from mnemoscope.signals.importers.csv.rows import Ragged, Rows
from mnemoscope.signals.importers.options import ImportOptions, retry
from mnemoscope.signals.importers.report import Alternative, Guess
from mnemoscope.signals.importers.tabular.cells import ABSENT, Cells, Codes
from mnemoscope.signals.importers.tabular.numbers import TRUTHS, number_in

MAX_FOOTER_LINES = 20
MAX_TABLES = 50
"""Rows that are looked at as names of a further table."""
SUMMARY = re.compile(
    r"(?:grand |sub)?(?:total|sum|mean|average|avg|min(?:imum)?|max(?:imum)?|std(?:ev|\.? ?dev\.?)?|count|median|variance|summe|gesamt"
    r"|mittelwert|mittel|anzahl|somme|moyenne|totale|media|total général|suma|average of.*|end of (?:file|data)|eof)\b.{0,20}:?",
    re.IGNORECASE,
)


@dataclass
class Ending:
    """What is looked at when all rows are read; `notes` and the rows left out grow."""

    rows: Rows
    layout: Layout
    dialect: Dialect
    options: ImportOptions
    notes: list[str]
    guesses: list[Guess] = field(default_factory=list[Guess])

    def rows_of(self, cells: list[Cells]) -> int:
        """How many rows there are without what stands below the data; raises for rows with another number of values."""
        self._leave_titles()
        count = self._first_table(cells)
        below = [row for row in self.rows.ragged if row.before == count]
        if below and below[0].before == count and self._is_footer(below):
            self._leave_below(cells, below)
            self.rows.ragged_count -= len(below)
            self.rows.ragged = [row for row in self.rows.ragged if row.before < count]
            count = self.rows.count
        self._check_ragged()
        return self._without_summary(cells, count)

    def _leave_titles(self) -> None:
        """Text between two tables is no row of another width."""
        between = {one.row for one in self.rows.breaks if 0 < one.row < self.rows.count}
        titles = [one for one in self.rows.ragged if one.before in between and not any(map(self._is_number, one.cells))]
        for one in titles:
            self.rows.left_out.add(one.line, "a title", " ".join(one.cells))
        self.rows.ragged = [one for one in self.rows.ragged if one not in titles]
        self.rows.ragged_count -= len(titles)

    def _first_table(self, cells: list[Cells]) -> int:
        """How many rows there are above the names of a second table of as many columns, which is a question."""
        names = self._names_between(cells)
        if not names:
            return self.rows.count
        row, line = names[0], self.rows.line(names[0])
        codes = [column.codes() for column in cells]
        reverse = [{code: text for text, code in column.texts.items()} for column in cells]
        total = self.rows.count - row
        listed = ", ".join(reverse[i].get(int(codes[i][row]), "") for i in range(min(len(cells), 4)))
        self.guesses.append(
            Guess(
                "table", f"the one above line {line}, {counted(row, 'row')}",
                f"line {line} has names again, and other ones; {counted(total - len(names), 'row')} stand below",
                (Alternative(f"the table from line {line} ({listed[:60]})", {"skip": line - 1}),), question=True,
            )
        )  # fmt: skip
        for at in range(row, self.rows.count):
            self.rows.left_out.add(self.rows.line(at), "of a table below")
        for i, column in enumerate(codes):  # the texts of rows that are none prove nothing of their columns
            for code, many in zip(*np.unique(column[row:][column[row:] >= 0], return_counts=True), strict=True):
                cells[i].counts[int(code)] -= int(many)
        titles = [one for one in self.rows.ragged if one.before >= row]
        for one in titles:
            self.rows.left_out.add(one.line, "of a table below", " ".join(one.cells))
        self.rows.ragged = [one for one in self.rows.ragged if one.before < row]
        self.rows.ragged_count -= len(titles)
        self.rows.count = row
        return row

    def _names_between(self, cells: list[Cells]) -> list[int]:
        """Rows that hold a different word in every column of numbers, and no number or date in the others."""
        if len(cells) < 2 or all(column.only_numbers for column in cells):
            return []
        codes = [column.codes() for column in cells]
        numeric = [i for i, column in enumerate(cells) if self._mostly_numbers(column, codes[i])]
        if not numeric:
            return []
        reverse = [{code: text for text, code in column.texts.items()} for column in cells]
        found: list[int] = []
        for row in np.flatnonzero(np.logical_and.reduce([codes[i] >= 0 for i in numeric]))[:MAX_TABLES].tolist():
            words = [reverse[i].get(int(codes[i][row]), "") for i in range(len(cells))]
            plain = all(word and not word[0].isdecimal() and not SUMMARY.fullmatch(word) for word in words)
            if plain and len(set(words)) == len(words) and 2 <= row < self.rows.count - 2:
                found.append(row)
        return found

    def _is_footer(self, below: list[Ragged]) -> bool:
        numeric = [row for row in below if all(self._is_number(cell) for cell in row.cells)]
        texts = len(below) - len(numeric)
        return len(below) <= MAX_FOOTER_LINES and (len(numeric) <= 1) and (texts > 0 or len(below) == 1)

    def _is_number(self, cell: str) -> bool:
        return number_in(cell, self.dialect.style) is not None

    def _leave_below(self, cells: list[Cells], below: list[Ragged]) -> None:
        first = below[0]
        there = first.cells[: len(first.cells) - (not first.cells[-1])]
        wrapped = (
            self.layout.samples is not None and not self.layout.header
        )  # the last row of a series that goes over all
        if (
            (self.dialect.delimiter == " " or wrapped)
            and 2 - wrapped <= len(there) < self.layout.columns
            and all(map(self._is_number, there))
        ):
            padded = [*there, *[""] * (self.layout.columns - len(there))]
            for column, cell in zip(cells, padded, strict=True):
                column.add((cell,), odd=False)
            self.rows.count += 1
            self.notes.append("the last row is short; its last values are missing")
            below = below[1:]
        for row in below:
            text = " ".join(row.cells)
            self.rows.left_out.add(
                row.line, "below the data" if not self._is_number(row.cells[0]) else "cut short", text
            )
        if below:
            self.notes.append(
                f"{counted(len(below), 'line')} below the data left out: {' '.join(below[0].cells)[:60]!r}"
            )

    def _check_ragged(self) -> None:
        """Rows with another number of values are refused unless the user asked to skip them; a second table is left out."""
        total = self.rows.ragged_count
        if not total:
            return
        first = self.rows.ragged[0]
        if first.before == self.rows.count and self.options.ragged != "skip":
            raise ImportFileError(
                f"a second table with {len(first.cells)} columns begins below the first ({total} rows)",
                where=f"line {first.line}",
                hint="Import the first one alone, or the second one with the lines above it left out.",
                retry=retry("Import the first table alone", ragged="skip"),
            )
        lines = [row.line for row in self.rows.ragged]
        if self.options.ragged != "skip":
            raise ImportFileError(
                f"{len(first.cells)} values where {self.layout.cells} were expected ({counted(total, 'such row')})",
                where=f"line {lines[0]}",
                hint="Correct the rows, or import with such rows left out.",
                retry=retry("Skip such rows", ragged="skip"),
            )
        for row in self.rows.ragged:
            self.rows.left_out.add(
                row.line, f"{len(row.cells)} values where {self.layout.cells} were expected", " ".join(row.cells)
            )
        self.rows.left_out.count += total - len(self.rows.ragged)
        self.notes.append(
            f"{counted(total, 'row')} with another number of values left out ({lines_text(lines, total)})"
        )

    def _without_summary(self, cells: list[Cells], count: int) -> int:
        """Rows without the last ones that are totals, means or text."""
        if count < 3 or not cells:
            return count
        codes = [column.codes() for column in cells]
        numeric = [i for i, column in enumerate(cells) if self._mostly_numbers(column, codes[i])]
        reverse = [{code: text for text, code in column.texts.items()} for column in cells]
        left = count
        empty = len(codes[0])
        if all(column[-1] == ABSENT for column in codes):
            empty -= int(np.argmax(np.logical_or.reduce([column[::-1] != ABSENT for column in codes])))
        for row in range(empty, count):
            self.rows.left_out.add(self.rows.line(row), "empty")
        if empty < count:
            self.notes.append(f"{counted(count - empty, 'empty row')} below the data left out")
            left = count = max(empty, 2)
        while left > max(2, count - MAX_FOOTER_LINES):
            row = left - 1
            texts = {i: reverse[i].get(int(codes[i][row]), "") for i in range(len(cells)) if codes[i][row] >= 0}
            alone = left == count and any(
                cells[i].dates and codes[i][row] == ABSENT and (codes[i][:row] != ABSENT).all()
                for i in range(len(cells))
            )
            if alone:
                left -= 1
                continue
            if not texts:
                break
            summary = any(
                SUMMARY.fullmatch(text) and (codes[i][: max(left - MAX_FOOTER_LINES, 1)] != codes[i][row]).all()
                for i, text in texts.items()
            )
            no_number = bool(numeric) and all(codes[i][row] >= 0 or codes[i][row] == ABSENT for i in numeric)
            no_number = no_number and any(i in texts for i in numeric) and not all(
                text.lower() in TRUTHS or self._often(cells[i], text) or self._said_missing(text) for i, text in texts.items() if i in numeric
            )  # fmt: skip
            stamps = [i for i in texts if cells[i].stamps and not any(c.isdecimal() for c in texts[i])]
            if not summary and not stamps and not (no_number and len(numeric) == 1 == len(cells)):
                break
            left -= 1
        if left == count:
            return count
        while left > 2 and all(column[left - 1] == ABSENT for column in codes):
            left -= 1
        for row in range(left, count):
            words = [reverse[i].get(int(codes[i][row]), "") for i in range(len(cells))]
            text = " ".join(word for word in words if word)
            self.rows.left_out.add(
                self.rows.line(row), "below the data" if not SUMMARY.match(text) else "a summary", text
            )
            for i in range(len(cells)):  # the texts of rows that are none prove nothing of their columns
                if codes[i][row] >= 0:
                    cells[i].counts[int(codes[i][row])] -= 1
        first = self.rows.left_out.lines[-1]["text"] if self.rows.left_out.lines else ""
        self.notes.append(f"{counted(count - left, 'line')} below the data left out: {first!r}")
        return left

    def _often(self, column: Cells, text: str) -> bool:
        return column.counts[column.texts[text]] > 1

    def _said_missing(self, text: str) -> bool:
        return text.lower() in self.options.tokens

    def _mostly_numbers(self, column: Cells, codes: Codes) -> bool:
        texts = int((codes >= 0).sum())
        numbers = int((codes == -1).sum())
        return numbers > 0 and numbers >= 0.9 * (numbers + texts) - 1
